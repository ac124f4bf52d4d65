"""The ledger's book, added up again from its transfers, and what every row beside it demands of them."""

from collections import Counter

# By number: the name, and which kinds of account it joins (debit, credit).
KINDS = (
    ("NoteStacked", "cash", "tender"), ("NoteFound", "cash", "suspense"), ("NoteDoubted", "doubted-cash", "doubt"),
    ("DoubtEnded", "doubt", "doubted-cash"), ("TopUpReserved", "tender", "pending"), ("CostPosted", "pending", "revenue"),
    ("ChangePosted", "pending", "wallet"), ("VoidedToTender", "pending", "tender"),
    ("VoidedToWallet", "pending", "wallet"), ("SessionCredited", "tender", "wallet"),
    ("SessionSuspended", "tender", "suspense"), ("NoteCredited", "tender", "wallet"),
    ("NoteSuspended", "tender", "suspense"), ("WrittenAfterVoid", "receivable", "revenue"))
DEBIT_SIDE = ("cash", "receivable", "doubted-cash")
STACKED, RETURNED, IN_DOUBT, FOUND = range(4)          # notes.state
PENDING, WRITTEN, VOIDED, ABANDONED, REFUSED = range(5)  # top_ups.state


def kind_of(account):
    return account.split(":", 1)[0]


class Book:
    def __init__(self, ledger):
        self.balances, self.by_kind, self.malformed = Counter(), Counter(), []
        self.made = {}
        self._add_up(ledger)

    def _add_up(self, ledger):
        totals = {}
        for row in ledger.transfers:
            debit, credit, fen = row["debit_name"], row["credit_name"], row["fen"]
            number = row["kind"]
            if not 0 <= number < len(KINDS) or (kind_of(debit), kind_of(credit)) != KINDS[number][1:] or fen <= 0:
                self.malformed.append(f"transfer {row['seq']} of kind {number} from {credit} to {debit}, {fen} fen")
                continue
            self.made[(KINDS[number][0], row["ref"])] = (debit, credit, fen)
            for account, side in ((debit, 0), (credit, 1)):
                totals.setdefault(account, [0, 0])[side] += fen
        for account, (debits, credits) in totals.items():
            sign = 1 if kind_of(account) in DEBIT_SIDE else -1
            self.balances[account] = sign * (debits - credits)
            self.by_kind[kind_of(account)] += self.balances[account]
        kept = {row["name"]: [row["debit"], row["credit"]] for row in ledger.book_accounts}
        for account in sorted(kept.keys() | totals.keys()):
            if kept.get(account, [0, 0]) != totals.get(account, [0, 0]):
                self.malformed.append(f"account {account} is kept as {kept.get(account)}, its transfers add up to "
                                      f"{totals.get(account)}")
        numbers = sorted(row["seq"] for row in ledger.transfers)
        if numbers != list(range(1, len(numbers) + 1)):
            self.malformed.append("transfers are missing: their numbers have gaps")
        negative = [name for name, fen in self.balances.items() if fen < 0]
        self.malformed += [f"account {name} is overdrawn" for name in negative]

    def fen(self, kind, ref):
        return self.made.get((kind, ref), (None, None, 0))[2]


class Demands:
    """Which transfers the ledger's notes, top-ups and sessions demand: these, and no others."""

    def __init__(self, ledger, book):
        self.ledger, self.book = ledger, book
        self.broken, self.seen = [], set()
        for note in ledger.notes:
            self._note(note)
        for top_up in ledger.top_ups:
            self._top_up(top_up)
        for session in ledger.sessions:
            self._session(session)
        known = {session["session"] for session in ledger.sessions}
        for note in ledger.notes:
            if note["state"] == STACKED and note["session"] not in known:
                self.broken.append(f"note {note['note']} belongs to a session the ledger does not have")
        for kind, ref in sorted(book.made.keys() - self.seen):
            self.broken.append(f"{kind} {ref}: nothing in the ledger demands this transfer")

    def _expect(self, kind, ref, debit, credit, fen):
        self.seen.add((kind, ref))
        made = self.book.made.get((kind, ref))
        if made != (debit, credit, fen):
            self.broken.append(f"{kind} {ref}: {fen} fen from {credit} to {debit} expected, the book has {made}")

    def _note(self, note):
        ref, value, terminal = note["note"], note["value"], note["terminal"]
        if note["state"] == STACKED:
            self._expect("NoteStacked", ref, f"cash:{terminal}", f"tender:{note['session']}", value)
        if note["state"] == FOUND and value > 0:
            self._expect("NoteFound", ref, f"cash:{terminal}", f"suspense:{terminal}", value)
        if note["state"] == IN_DOUBT or ("NoteDoubted", ref) in self.book.made:
            self._expect("NoteDoubted", ref, f"doubted-cash:{terminal}", f"doubt:{terminal}", value)
            if note["state"] != IN_DOUBT:
                self._expect("DoubtEnded", ref, f"doubt:{terminal}", f"doubted-cash:{terminal}", value)

    def _top_up(self, top_up):
        if top_up["state"] in (ABANDONED, REFUSED):
            return
        ref, account = top_up["top_up"], top_up["account"]
        pending, tender, amount = f"pending:{ref}", f"tender:{top_up['session']}", top_up["amount"]
        self._expect("TopUpReserved", ref, tender, pending, amount)
        voided = next((kind for kind in ("VoidedToTender", "VoidedToWallet") if (kind, ref) in self.book.made), None)
        if top_up["state"] == VOIDED or voided:
            back = f"wallet:{account}" if voided == "VoidedToWallet" else tender
            self._expect(voided or "VoidedToTender", ref, pending, back, amount)
            if top_up["state"] == WRITTEN:
                self._expect("WrittenAfterVoid", ref, f"receivable:{account}", "revenue:gas", top_up["cost"])
        elif top_up["state"] == WRITTEN:
            self._expect("CostPosted", ref, pending, "revenue:gas", top_up["cost"])
            if top_up["change"] > 0:
                self._expect("ChangePosted", ref, pending, f"wallet:{account}", top_up["change"])
        if top_up["cost"] + top_up["change"] != amount:
            self.broken.append(f"top-up {ref}: cost {top_up['cost']} and change {top_up['change']} are not {amount}")

    def _session(self, session):
        """What was put in and not spent has gone to the session's account, or to suspense when it has none."""
        ref, account = session["session"], session["account"]
        notes = [n for n in self.ledger.notes if n["session"] == ref and n["state"] == STACKED]
        own = [t["top_up"] for t in self.ledger.top_ups if t["session"] == ref]
        left = sum(note["value"] for note in notes)
        left += sum(self.book.fen("VoidedToTender", top_up) - self.book.fen("TopUpReserved", top_up) for top_up in own)
        to, kinds = (f"wallet:{account}", ("SessionCredited", "NoteCredited"))
        if not account:
            to, kinds = (f"suspense:{session['terminal']}", ("SessionSuspended", "NoteSuspended"))
        for note in notes:
            if (kinds[1], note["note"]) in self.book.made:  # it came to light after the session had ended
                self._expect(kinds[1], note["note"], f"tender:{ref}", to, note["value"])
                left -= note["value"]
        if session["ended"] and left != 0:
            self._expect(kinds[0], ref, f"tender:{ref}", to, left)
