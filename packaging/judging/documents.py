"""M8: document numbers without gap or double, each printed once or voided, paper and register alike.
M7, one truth: paper, screen, journal, register and book say the same numbers."""

import datetime
import json
import re

from . import book as books
from .endings import judge_endings
from .evidence import NIL
from .paper import SAYS, Printed
from .signature import signed_by_one_of
from .verdict import Verdict

INTENDED, PRINTED, VOIDED = range(3)  # documents.state at the ledger


class Register:
    """The documents as the journal tells them."""

    def __init__(self, run):
        self.documents, self.state, self.twice = {}, {}, []
        self.delivered = set()
        confirmed = run.ledger.confirmed(run.terminal)
        for record in run.journal.of("DocumentIntended", "DocumentPrinted", "DocumentVoided"):
            if record.kind == "DocumentIntended":
                document = record["document"]
                self._put(document["number"], INTENDED)
                self.documents[document["number"]] = document
            else:
                self._put(record["number"], PRINTED if record.kind == "DocumentPrinted" else VOIDED)
            if record.seq <= confirmed:
                self.delivered.add((record.kind, record.body.get("number") or record["document"]["number"]))

    def _put(self, number, state):
        good = number not in self.state if state == INTENDED else self.state.get(number) == INTENDED
        if not good:
            self.twice.append(f"document {number} is {('issued', 'printed', 'voided')[state]} again, or without a beginning")
        self.state[number] = state

    def with_state(self, state):
        return sorted(number for number, its in self.state.items() if its == state)


def judge_documents(run):
    verdict = Verdict("M8", "documents")
    register = Register(run)
    papers = [(paper, Printed(paper)) for paper in run.papers]
    numbers = sorted(register.documents)
    whole = [printed for _, printed in papers if printed.whole]
    spoiled = sum(1 for printed in whole if register.state.get(printed.number) == VOIDED)
    verdict.numbers = {"issued": len(numbers), "printed": len(register.with_state(PRINTED)),
                       "voided": len(register.with_state(VOIDED)), "whole papers": len(whole),
                       "pieces of paper": len(papers), "rests": 0, "whole and void": spoiled}
    verdict.broken += register.twice
    verdict.equal("document numbers", journal=numbers, without_gap=list(range(1, len(numbers) + 1)))
    for number in register.with_state(INTENDED):
        verdict.require(number == numbers[-1], f"document {number} is neither printed nor voided")
        verdict.open.append(f"document {number} is being printed")
    _papers_are_registered(verdict, run, register, papers)
    _replacements(verdict, register)
    _register_agrees(verdict, run, register)
    return verdict


def _papers_are_registered(verdict, run, register, papers):
    pieces = [paper.piece for paper, _ in papers]
    verdict.equal("pieces of paper", there=pieces, put_out=list(range(1, run.pieces_said() + 1)))
    originals, before = {}, None
    for paper, printed in papers:
        rest, head = printed.is_rest_of(before), before
        before = (paper, printed)
        verdict.require(paper.pictured, f"paper {paper.name} has no picture")
        verdict.require(printed.heads <= 1, f"paper {paper.name} carries {printed.heads} document numbers")
        if rest:
            verdict.numbers["rests"] += 1
            verdict.require(register.state.get(head[1].number) == VOIDED,
                            f"papers {head[0].name} and {paper.name} are document {head[1].number}, which is not void")
        elif printed.number is None:
            verdict.require(not paper.cut, f"paper {paper.name} was cut off and carries no document number")
        if printed.number is None:
            continue
        verdict.require(printed.number in register.documents,
                        f"paper {paper.name}: document {printed.number} is not in the journal")
        verdict.equal(f"paper {paper.name}, terminal", paper=printed.terminal, journal=run.terminal)
        if printed.whole and not printed.copy:
            originals.setdefault(printed.number, []).append(paper.name)
            state = register.state.get(printed.number)
            replaced = any(d["replaces"] == printed.number for d in register.documents.values())
            verdict.require(state == PRINTED or (state == VOIDED and replaced),
                            f"paper {paper.name} is whole, and document {printed.number} is neither printed nor replaced")
    for number, names in originals.items():
        verdict.require(len(names) == 1, f"document {number} was printed {len(names)} times: {', '.join(names)}")
    for number in register.with_state(PRINTED):
        verdict.require(number in originals, f"document {number} is said to be printed, and there is no whole paper of it")


def _replacements(verdict, register):
    for number, document in register.documents.items():
        replaced = document["replaces"]
        if replaced == 0:
            continue
        verdict.require(replaced < number and register.state.get(replaced) == VOIDED,
                        f"document {number} replaces {replaced}, which is not void")
        before = dict(register.documents.get(replaced, {}), number=number, replaces=replaced)
        verdict.require(before == document, f"document {number} does not say what the replaced {replaced} said")


def _register_agrees(verdict, run, register):
    rows = {row["number"]: row for row in run.ledger.documents if row["terminal"] == run.terminal}
    for number in sorted(rows.keys() - register.documents.keys()):
        verdict.broken.append(f"document {number} is in the ledger's register and not in the journal")
    for number, document in register.documents.items():
        row = rows.get(number)
        if row is None:
            verdict.require(("DocumentIntended", number) not in register.delivered,
                            f"document {number} is not in the ledger's register")
            continue
        told = any((kind, number) in register.delivered for kind in ("DocumentPrinted", "DocumentVoided"))
        verdict.equal(f"document {number}, state", journal=register.state[number] if told else INTENDED, ledger=row["state"])
        verdict.require(json.loads(row["body"]).get("document") == document and row["replaces"] == document["replaces"],
                        f"document {number} differs between journal and register")


def judge_truth(run):
    verdict = Verdict("M7", "one truth")
    register = Register(run)
    verdict.numbers = {"papers": 0, "QR codes": 0, "sessions": 0, "result screens": 0}
    before = None
    for paper in run.papers:
        printed = Printed(paper)
        if printed.is_rest_of(before) and before[1].number in register.documents:
            _amounts_say(verdict, f"paper {paper.name}", printed, register.documents[before[1].number], ())
        before = (paper, printed)
        if printed.whole and printed.number in register.documents:
            verdict.numbers["papers"] += 1
            _paper_says(verdict, run, paper, printed, register.documents[printed.number])
    for number, document in register.documents.items():
        _book_says(verdict, run, number, document)
    _sessions(verdict, run)
    _screens(verdict, run, register)
    _years(verdict, run)
    return verdict


def _amounts_say(verdict, name, printed, document, demanded):
    """What is said is true, and what is demanded is said."""
    verdict.require(not printed.twice, f"{name} says two things about {', '.join(printed.twice)}")
    for field in ("tendered", "cost", "credited", "volume", "purchase_number", "notes_in_doubt"):
        said = printed.values.get(field, 0)
        if field in demanded or said:
            meant = document[field] // 10 if field == "volume" else document[field]
            verdict.equal(f"{name}, {field}", paper=said, journal=meant)


def _paper_says(verdict, run, paper, printed, document):
    name = f"paper {paper.name} (document {printed.number})"
    verdict.equal(f"{name}, kind", paper=printed.kind, journal=document["kind"])
    verdict.equal(f"{name}, replaces", paper=printed.replaces, journal=document["replaces"])
    _amounts_say(verdict, name, printed, document, SAYS.get(document["kind"], ()))
    for field in ("account", "card_number"):
        verdict.equal(f"{name}, {field}", paper=printed.values.get(field, ""), journal=document[field][-4:])
    clock = datetime.timezone(datetime.timedelta(hours=8))
    moment = datetime.datetime.fromtimestamp(document["wall_ms"] // 1000, clock).strftime("%Y-%m-%d %H:%M:%S")
    verdict.equal(f"{name}, moment", paper=printed.values.get("moment"), journal=moment)
    verdict.equal(f"{name}, terminal", paper=printed.values.get("terminal"), journal=run.terminal)
    if not printed.code:
        verdict.require(not run.qr_expected(), f"{name} has no QR code")
        return
    verdict.numbers["QR codes"] += 1
    for field in ("number", "kind", "wall_ms", "tendered", "cost", "credited", "volume", "top_up"):
        verdict.equal(f"{name}, {field} in the QR code", paper=getattr(printed.code, field), journal=document[field])
    verdict.require(signed_by_one_of(run.certificates(), printed.code.signed, printed.code.signature),
                    f"{name}: its QR code is not signed by this terminal")
    verdict.require(printed.code.canonical, f"{name}: its QR code is spelt in another way than it was signed")


def _book_says(verdict, run, number, document):
    """The document against the book's transfers of its session and top-up."""
    ended = [r for r in run.journal.of("SessionEnded") if r["session"] == document["session"]]
    if not ended or ended[0].seq > run.ledger.confirmed(run.terminal):
        return
    book, session = run.book, document["session"]
    notes = [row["note"] for row in run.ledger.notes if row["session"] == session]
    late = sum(book.fen(kind, note) for note in notes for kind in ("NoteCredited", "NoteSuspended"))
    tendered = sum(book.fen("NoteStacked", note) for note in notes) - late
    verdict.equal(f"document {number}, tendered", journal=document["tendered"], book=tendered)
    row = next((t for t in run.ledger.top_ups if t["top_up"] == document["top_up"]), None)
    paid = row is not None and row["state"] in (books.PENDING, books.WRITTEN)
    if document["kind"] in ("TopUpReceipt", "PendingSlip") or (document["kind"] == "ClaimSlip" and paid):
        if not verdict.require(row, f"document {number}: the ledger has no top-up {document['top_up']}"):
            return
        for field in ("cost", "volume", "account", "card_number"):
            verdict.equal(f"document {number}, {field}", journal=document[field], ledger=row[field])
        if document["kind"] != "ClaimSlip":
            verdict.equal(f"document {number}, purchase", journal=document["purchase_number"], ledger=row["number"])
    if document["kind"] == "TopUpReceipt" and row["state"] == books.WRITTEN:
        posted = book.fen("CostPosted", row["top_up"]) + book.fen("WrittenAfterVoid", row["top_up"])
        verdict.equal(f"document {number}, cost posted", journal=document["cost"], book=posted)
    verdict.require(document["kind"] != "TopUpReceipt" or row["state"] == books.WRITTEN,
                    f"document {number} is a receipt, and its top-up is not posted")
    credited = book.fen("SessionCredited", session) + book.fen("SessionSuspended", session)
    if document["kind"] == "TopUpReceipt" and row["session"] == session:
        credited += book.fen("ChangePosted", row["top_up"])
    if document["kind"] != "ClaimSlip":
        verdict.equal(f"document {number}, credited", journal=document["credited"], book=credited)
    else:
        verdict.require(document["credited"] <= credited, f"document {number} promises more credit than was booked")


def _sessions(verdict, run):
    """Every session the journal opened is at the ledger, ended alike, and its amounts add up."""
    confirmed = run.ledger.confirmed(run.terminal)
    rows = {row["session"]: row for row in run.ledger.sessions}
    quotes = {row["quote"]: row for row in run.ledger.quotes}
    ended = {record["session"]: record for record in run.journal.of("SessionEnded")}
    for record in run.journal.of("SessionOpened"):
        verdict.numbers["sessions"] += 1
        row, end = rows.get(record["session"]), ended.get(record["session"])
        if record.seq > confirmed or not verdict.require(row, f"session {record['session']} is not at the ledger"):
            continue
        over = end is not None and end.seq <= confirmed
        verdict.equal(f"session {record['session']}, ended", journal=over, ledger=bool(row["ended"]))
    opened = {record["session"] for record in run.journal.of("SessionOpened")}
    for session in ended.keys() | {row["session"] for row in run.ledger.sessions if row["terminal"] == run.terminal}:
        verdict.require(session in opened, f"session {session} was never opened in the journal")
    judge_endings(verdict, run.journal)
    for record in run.journal.of("CustomerIdentified"):
        quote = record["quote"]
        if quote["id"] != NIL and record.seq <= confirmed:
            kept = quotes.get(quote["id"])
            verdict.require(kept and json.loads(kept["body"]) == quote, f"quote {quote['id']} is not kept as it was shown")


def _screens(verdict, run, register):
    """The result page's rows against the end of the session whose document number it shows."""
    if run.trace is None:
        verdict.open.append("no trace of the screens was kept")
        return
    ends = {record["session"]: record.body for record in run.journal.of("SessionEnded")}
    fields = ("tendered", "delivered", "credited", "pending", "in_doubt")
    labels, shown_numbers = run.labels(), set()
    for index, page in enumerate(run.trace, 1):
        if page["screen"] != "result" or page.get("overlay"):
            continue
        verdict.numbers["result screens"] += 1
        shown = _rows_of(page, labels[page["language"]], fields)
        found = [re.fullmatch(rf"{re.escape(run.terminal)}-(\d{{6,}})", text) for text in page["texts"]]
        numbers = [int(m.group(1)) for m in found if m]
        document = register.documents.get(numbers[0]) if numbers else None
        if numbers and not verdict.require(document, f"screen {index}: document {numbers[0]} is not in the journal"):
            continue
        shown_numbers.update(numbers)
        ended = [ends[document["session"]]] if document and document["session"] in ends else list(ends.values())
        meant = [{name: end[name] for name in fields if end[name]} for end in ended]
        verdict.require(shown in meant, f"screen {index} shows {shown}, not {meant if document else 'the end of any session'}")
        if document and ended[0]["ending"] == "Delivered" and document["volume"]:
            volume = f"{document['volume'] // 1000}.{document['volume'] % 1000 // 10:02d}"
            verdict.require(volume in page["texts"], f"screen {index} does not show {volume} m3 of document {numbers[0]}")
    for number in _seen_by_customers(run, register) - shown_numbers:
        verdict.broken.append(f"document {number} was printed for a customer whom no result screen told of it")


def _rows_of(page, words, fields):
    shown = {}
    texts = page["texts"]
    for name in fields:
        for label, value in zip(texts, texts[1:]):
            found = re.fullmatch(r"¥?(\d+)(?:\.(\d\d))?(?: 元)?", value) if label == words[name] else None
            if found:
                shown[name] = int(found.group(1)) * 100 + int(found.group(2) or 0)
    return shown


def _seen_by_customers(run, register):
    """Documents of sessions that began and were printed in one life of the program."""
    life, opened, seen, lives = 0, {}, set(), {}
    for record in run.journal.records:
        if record.kind == "TerminalStarted":
            life += 1
        elif record.kind == "SessionOpened":
            opened[record["session"]] = life
        elif record.kind == "DocumentIntended":
            lives[record["document"]["number"]] = opened.get(record["document"]["session"]) == life
        elif record.kind == "DocumentPrinted" and lives.get(record["number"]):
            if opened.get(register.documents[record["number"]]["session"]) == life:
                seen.add(record["number"])
    return seen


def _years(verdict, run):
    """The yearly volumes, by which the price steps go, are what was bought."""
    bought = {}
    for row in run.ledger.accounts:
        if row["base_litres"]:
            bought[(row["account"], row["base_year"])] = row["base_litres"]
    for row in run.ledger.top_ups:
        if row["state"] in (books.PENDING, books.WRITTEN):
            key = (row["account"], int(row["business_date"][:4]))
            bought[key] = bought.get(key, 0) + row["volume"]
    kept = {(row["account"], row["year"]): row["litres"] for row in run.ledger.year_volumes if row["litres"]}
    for key in sorted(kept.keys() | bought.keys()):
        verdict.equal(f"account {key[0]}, litres in {key[1]}", kept=kept.get(key, 0), bought=bought.get(key, 0))
