"""M1, to the fen: what is in the box is what the journal and the book say, and all of it belongs to somebody.
M2, once: every note has its own id and is credited exactly once."""

from collections import Counter

from . import book as books
from .notes import FOUND, OPEN, RETURNED, STACKED, Notes
from .verdict import Verdict, yuan


def explained(physical, certain, doubtful, unknown):
    """The notes of the box that nothing explains, and the recorded ones that are not in it. A doubtful note may be in
    the box or not; a found note of unknown value stands for any one."""
    surplus, missing = Counter(physical), Counter(certain)
    surplus.subtract(certain)
    missing.subtract(physical)
    surplus, missing = +surplus, +missing
    surplus -= Counter(doubtful)
    left = sorted(surplus.elements())
    return left[unknown:], sorted(missing.elements())


def judge_conservation(run):
    verdict = Verdict("M1", "conservation")
    notes, book = Notes(run.journal.records), run.book
    box = run.box()
    certain = [note.value for note in notes.with_fate(STACKED, FOUND)]
    doubtful = [note for note in notes.with_fate(OPEN)]
    unknown = sum(1 for note in notes.with_fate(FOUND) if note.value == 0)
    surplus, missing = explained(box, [value for value in certain if value], [n.value for n in doubtful], unknown)
    cash = book.balances[f"cash:{run.terminal}"]
    late = sum(n.value for n in notes.with_fate(STACKED, FOUND) if n.seq > run.ledger.confirmed(run.terminal)
               and not _booked(book, n))
    verdict.numbers = {"box": yuan(sum(box)), "journal": yuan(sum(certain)), "book": yuan(cash),
                       "in doubt": yuan(sum(n.value for n in doubtful)), "not delivered": yuan(late)}
    verdict.require(not surplus, f"in the box and in no record: {', '.join(yuan(v) for v in surplus)}")
    verdict.require(not missing, f"recorded as stacked and not in the box: {', '.join(yuan(v) for v in missing)}")
    verdict.equal("cash", journal=sum(certain) - late, book=cash)
    verdict.open += [f"note {n.note} of {yuan(n.value)}: nobody knows whether it is in the box" for n in doubtful]
    _book_holds(verdict, run, book)
    return verdict


def _booked(book, note):
    return any((kind, note.note) in book.made for kind in ("NoteStacked", "NoteFound"))


def _book_holds(verdict, run, book):
    verdict.broken += book.malformed
    verdict.broken += books.Demands(run.ledger, book).broken
    total = book.by_kind
    held = {"revenue": "gas", "wallet": "wallets", "pending": "pending", "tender": "open sessions", "suspense": "suspense"}
    for kind, name in held.items():
        verdict.numbers[name] = yuan(total[kind])
    verdict.equal("stacked and credited, in fen", stacked=total["cash"] + total["receivable"],
                  credited=sum(total[kind] for kind in held))
    verdict.equal("doubted, in fen", cash=total["doubted-cash"], owed=total["doubt"])
    states = {row["top_up"]: row["state"] for row in run.ledger.top_ups}
    ended = {row["session"]: row["ended"] for row in run.ledger.sessions}
    for account, fen in book.balances.items():
        kind, owner = account.split(":", 1)
        if fen and kind == "tender":
            verdict.require(ended.get(owner) == 0, f"session {owner} has ended or is not there, and holds {yuan(fen)}")
        if fen and kind == "pending":
            verdict.require(states.get(owner) == books.PENDING, f"top-up {owner} is not open, and holds {yuan(fen)}")


def judge_once(run):
    verdict = Verdict("M2", "every note once")
    notes, book = Notes(run.journal.records), run.book
    verdict.broken += notes.contradictions
    kept, returned = notes.with_fate(STACKED, FOUND), notes.with_fate(RETURNED)
    rows = {row["note"]: row for row in run.ledger.notes if row["terminal"] == run.terminal}
    doubtful = notes.with_fate(OPEN)
    verdict.numbers = {"in the box": len(run.box()), "stacked": len(kept), "returned": len(returned),
                       "in doubt": len(doubtful), "at the ledger": sum(1 for r in rows.values() if r["state"] in (0, 3))}
    verdict.require(len(kept) <= len(run.box()) <= len(kept) + len(doubtful),
                    f"{len(run.box())} notes in the box, {len(kept)} recorded and {len(doubtful)} in doubt")
    confirmed = run.ledger.confirmed(run.terminal)
    for note in notes.all.values():
        _same_at_ledger(verdict, note, rows.get(note.note), note.seq <= confirmed)
    for note in rows.keys() - notes.all.keys():
        verdict.broken.append(f"note {note} stands at the ledger and not in the journal")
    for note in returned:
        verdict.require(not _booked(book, note), f"note {note.note} was returned and is credited")
    _owners(verdict, run, rows)
    return verdict


def _same_at_ledger(verdict, note, row, delivered):
    if row is None:
        known = note.fate == OPEN and not note.doubted  # under way: the ledger has no row for an intention
        verdict.require(known or not delivered, f"note {note.note} of {yuan(note.value)} is not at the ledger")
        return
    states = {STACKED: books.STACKED, RETURNED: books.RETURNED, OPEN: books.IN_DOUBT, FOUND: books.FOUND}
    if delivered:
        verdict.equal(f"note {note.note}, state", journal=states[note.fate], ledger=row["state"])
    verdict.equal(f"note {note.note}, fen", journal=note.value, ledger=row["value"])
    verdict.equal(f"note {note.note}, session", journal=note.session, ledger=row["session"])
    verdict.require(note.doubted or row["state"] != books.IN_DOUBT, f"note {note.note} is doubted at the ledger alone")


def _owners(verdict, run, rows):
    """A stacked note's session has the account that the journal names; without one its money is in suspense. Who was asked
    about and not sold to is known to the ledger alone: a session without notes, and nobody in the journal."""
    confirmed = run.ledger.confirmed(run.terminal)
    named = {r["session"]: r["account"] for r in run.journal.of("CustomerIdentified") if r.seq <= confirmed}
    sessions = {row["session"]: row for row in run.ledger.sessions}
    accounts = {row["account"] for row in run.ledger.accounts}
    holding = {row["session"] for row in rows.values() if row["state"] == books.STACKED}
    for session in holding:
        verdict.require(session in sessions, f"the ledger has no session {session}, and notes of it")
    for session, row in sessions.items():
        name = named.get(session, "")
        if row["terminal"] == run.terminal and (name or (row["ended"] and session in holding)):
            verdict.equal(f"session {session}, account", journal=name if name in accounts else "", ledger=row["account"])
