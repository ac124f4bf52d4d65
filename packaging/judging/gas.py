"""M3: card = ledger. No gas without money, no money without gas. Counted from the start of the run, so that a card that
never agreed with the ledger (the demo has such people) is judged by what was done to it."""

import json
import struct

from . import book as books
from .verdict import Verdict, yuan

LITRES_PER_UNIT = 10


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


class CardContent:
    """EF 15 and EF 16 of the card's memory: the copy with good CRC, in its own place, with the highest sequence."""

    def __init__(self, memory):
        self.good = len(memory) == 192 and memory.startswith(b"PLCARD1\0")
        copies = [self._copy(memory[8 + place:32 + place], place) for place in (0, 24)]
        copies = [copy for copy in copies if copy]
        self.sequence, self.number, self.volume, self.total = max(copies, default=(0, 0, 0, 0))
        self.valid = self.good and bool(copies)
        identity = memory[56:88]
        self.card_number = identity[:8].hex() if crc16(identity[:30]) == int.from_bytes(identity[30:32], "big") else None

    @staticmethod
    def _copy(data, place):
        sequence, number, volume, total = struct.unpack(">4I", data[:16])
        if crc16(data[:22]) != int.from_bytes(data[22:24], "big") or (sequence % 2) * 24 != place:
            return None
        return sequence, number, volume * LITRES_PER_UNIT, total * LITRES_PER_UNIT


def cost_of(litres, tiers):
    """Exact price by the steps of a quote, rounded down to the fen."""
    exact = 0
    for index, tier in enumerate(tiers):
        here = litres if index + 1 == len(tiers) else min(litres, tier["remaining"])
        exact += here * tier["price_per_m3"]
        litres -= here
    return exact // 1000


def judge_cards(run):
    verdict = Verdict("M3", "card = ledger")
    posted, loaded, cards, explained = 0, 0, 0, 0
    meters = {meter["name"]: meter for meter in run.cabinet.get("meter", [])}
    at_ledger = {row["card_number"]: row for row in run.ledger.cards}
    seen = set()
    for card in run.cabinet.get("card", []):
        number = card.get("card_number")
        content = CardContent(run.eeprom(card["name"]))
        if card.get("kind") == "blank":
            verdict.require(not content.valid, f"blank card {card['name']} has a purchase on it")
            continue
        seen.add(number)
        cards += 1
        account = CardAccount(run, card, number, content, meters.get(card.get("meter")))
        sold = account.judge(verdict, at_ledger.get(number))
        posted, loaded, explained = posted + sold, loaded + account.litres, explained + account.open_written
    for top_up in run.ledger.top_ups:
        if top_up["state"] in (books.PENDING, books.WRITTEN):
            verdict.require(top_up["card_number"] in seen, f"top-up {top_up['top_up']} is for a card that is not here")
    verdict.numbers = {"cards": cards, "posted litres": posted, "litres on cards and in meters": loaded,
                       "explained by open top-ups": explained}
    verdict.equal("litres since the start", posted=posted + explained, physical=loaded)
    _money_for_gas(verdict, run)
    _journal_agrees(verdict, run)
    _answers_kept(verdict, run)
    return verdict


class CardAccount:
    """One card, its meter, and what the ledger sold to it."""

    def __init__(self, run, card, number, content, meter):
        self.run, self.card, self.number, self.content = run, card, number, content
        self.litres, self.open_written, self.taken = 0, 0, False
        tops = [row for row in run.ledger.top_ups if row["card_number"] == number]
        self.written = sorted((t for t in tops if t["state"] == books.WRITTEN), key=lambda t: t["number"])
        self.pending = [t for t in tops if t["state"] == books.PENDING]
        self.known = bool(tops)
        self._count(meter)

    def _count(self, meter):
        """Litres since the start: taken by the meter, and on the card where the meter has not taken them yet."""
        on_card, before = self.content.volume, self.card.get("volume", 0)
        if meter:
            now = self.run.meter(meter["name"])
            self.taken = now["purchase_number"] >= self.content.number
            if self.taken:
                on_card = 0  # where it still stands, the meter was cut before it could clear the card
            if meter.get("purchase_number", 0) >= self.card.get("purchase_number", 0):
                before = 0
            taken = (now["remaining"] + now["used"]) - (meter.get("remaining", 0) + meter.get("used", 0))
            self.litres = taken + on_card - before
        else:
            self.litres = on_card - before

    def judge(self, verdict, row):
        name, content = self.card["name"], self.content
        verdict.require(content.valid, f"card {name}: no valid copy of its purchases")
        verdict.require(content.card_number == self.number, f"card {name}: is numbered {content.card_number}")
        moved = content.number - self.card.get("purchase_number", 0)
        grown = content.total - self.card.get("total", 0)
        sold = sum(top_up["volume"] for top_up in self.written)
        if row is None:
            verdict.require(not self.known, f"card {name} has top-ups, and the ledger does not know it")
            row = {"base_number": 0, "purchase_number": 0, "account": None}
        base, now = row["base_number"], row["purchase_number"]
        verdict.require([t["number"] for t in self.written] == list(range(base + 1, now + 1)),
                        f"card {name}: the ledger stands at {now} from {base}, its posted purchases are "
                        f"{[t['number'] for t in self.written]}")
        verdict.require(all(t["account"] == row["account"] for t in self.written + self.pending),
                        f"card {name}: sold to another account than the card's")
        if moved == now - base + 1 and len(self.pending) == 1 and self.pending[0]["number"] == now + 1:
            self.open_written = self.pending[0]["volume"]
            verdict.open.append(f"card {name}: purchase {content.number} is on the card and its outcome is not posted yet")
        else:
            verdict.equal(f"card {name}, purchases since the start", card=moved, ledger=now - base)
        verdict.require(len(self.pending) <= 1 and all(t["number"] == now + 1 for t in self.pending),
                        f"card {name}: open top-ups {[t['number'] for t in self.pending]} after {now}")
        if self.taken:
            left = {0, self.card.get("volume", 0) if moved == 0 else 0} | {t["volume"] for t in self.written[-1:]}
            verdict.require(content.volume in left, f"card {name}: {content.volume} litres stand on it after loading")
        verdict.equal(f"card {name}, litres since the start", physical=self.litres, posted=sold + self.open_written)
        verdict.equal(f"card {name}, total on the card since the start", card=grown, posted=sold + self.open_written)
        return sold


def _money_for_gas(verdict, run):
    """Every purchase was paid at the price of the quote that was shown, and every price is in the revenue once."""
    quotes = {row["quote"]: row for row in run.ledger.quotes}
    asked = {r["request"]["top_up"]: r["request"] for r in run.journal.of("AuthoriseIntended")}
    tops = {row["top_up"]: row for row in run.ledger.top_ups}
    book = run.book
    sold = sum(row["cost"] for row in tops.values() if row["state"] == books.WRITTEN)
    verdict.numbers["sold"] = yuan(sold)
    verdict.equal("gas sold, in fen", top_ups=sold, revenue=book.balances["revenue:gas"])
    verdict.require(book.by_kind["receivable"] == 0, f"{yuan(book.by_kind['receivable'])} of gas went out without money")
    for ref, row in tops.items():
        if row["state"] in (books.ABANDONED, books.REFUSED) or ref not in asked:
            continue
        quote = quotes.get(asked[ref]["quote"])
        if verdict.require(quote, f"top-up {ref}: its quote is missing"):
            tiers = json.loads(quote["body"])["tiers"]
            verdict.equal(f"top-up {ref}, price in fen", quote=cost_of(row["volume"], tiers), booked=row["cost"])


def _record_of(row):
    return {"purchase_number": row["number"], "volume": row["volume"], "total": row["total"], "cost": row["cost"],
            "change": row["change"]}


def _journal_agrees(verdict, run):
    tops = {row["top_up"]: row for row in run.ledger.top_ups}
    confirmed = run.ledger.confirmed(run.terminal)
    for record in run.journal.of("TopUpAuthorised"):
        row = tops.get(record["top_up"])
        if not verdict.require(row, f"top-up {record['top_up']} was authorised and is not at the ledger"):
            continue
        verdict.equal(f"top-up {record['top_up']}", journal=record["record"], ledger=_record_of(row))
    for record in run.journal.of("AuthoriseIntended"):
        request, row = record["request"], tops.get(record["request"]["top_up"])
        if row and row["state"] in (books.PENDING, books.WRITTEN, books.VOIDED):
            for name in ("session", "account", "amount"):
                verdict.equal(f"top-up {request['top_up']}, {name}", journal=request[name], ledger=row[name])
            verdict.equal(f"top-up {request['top_up']}, card", journal=request["card"]["card_number"],
                          ledger=row["card_number"])
    for kind, states in (("WriteVerified", (books.WRITTEN,)), ("TopUpVoided", (books.VOIDED, books.WRITTEN)),
                         ("TopUpAbandoned", (books.ABANDONED, books.REFUSED, books.VOIDED))):
        for record in run.journal.of(kind):
            state = tops.get(record["top_up"], {}).get("state")
            verdict.require(state in states or record.seq > confirmed,
                            f"top-up {record['top_up']}: {kind} in the journal, state {state} at the ledger")
    _in_order(verdict, run, tops)
    seen = {record["top_up"] for record in run.journal.of("WriteVerified")}
    for ref, row in tops.items():
        if row["state"] == books.WRITTEN and row["terminal"] == run.terminal and len(run.ledger.terminals) == 1:
            verdict.require(ref in seen, f"top-up {ref} is posted, and no record says that the card was read back")


def _in_order(verdict, run, tops):
    """Nothing is sent to a card before the ledger has authorised it, and nothing is authorised that was not asked for."""
    asked, granted = set(), set()
    for record in run.journal.records:
        if record.kind == "AuthoriseIntended":
            asked.add(record["request"]["top_up"])
        elif record.kind == "TopUpAuthorised":
            granted.add((record["session"], record["top_up"]))
        elif record.kind in ("WriteIntended", "WriteVerified", "WriteDisproved", "TopUpVoided"):
            verdict.require((record["session"], record["top_up"]) in granted,
                            f"{record.kind} (record {record.seq}) of a top-up that this session was not granted")
        elif record.kind == "DocumentIntended" and record["document"]["purchase_number"]:
            document = record["document"]
            verdict.require((document["session"], document["top_up"]) in granted,
                            f"document {document['number']} is about a top-up that its session was not granted")
    for ref, row in tops.items():
        verdict.require(ref in asked or row["terminal"] != run.terminal or row["state"] in (books.ABANDONED, books.REFUSED),
                        f"top-up {ref} was never asked for in the journal")


def _seals_answered(verdict, run):
    """Each command that was handed out for a later attempt is a sealed one, of the record that was fixed first."""
    tops = {row["top_up"]: row for row in run.ledger.top_ups}
    sealed = {(row["attempt"], row["command"].hex()): row["top_up"] for row in run.ledger.seals}
    for outcome in (row for row in run.ledger.outcomes if row["kind"] == 1):
        answer = json.loads(outcome["answer"])
        if answer["refusal"] != "None":
            continue
        top_up = tops.get(sealed.get((answer["seal"]["attempt"], answer["seal"]["command"])))
        if verdict.require(top_up, f"answer {outcome['seq']} hands out a command that was never sealed"):
            verdict.equal(f"answer {outcome['seq']}, record", answered=answer["record"], booked=_record_of(top_up))


def _answers_kept(verdict, run):
    """What was answered first, and every sealed attempt, is still there (M5)."""
    rebuilt = any(alert["code"] == "Rebuilt" for alert in run.ledger.alerts)
    answered = {row["id"]: json.loads(row["answer"]) for row in run.ledger.outcomes if row["kind"] == 0}
    asked = {row["top_up"]: json.loads(row["request"]) for row in run.ledger.intentions}
    for row in run.ledger.top_ups:
        if row["state"] in (books.ABANDONED, books.REFUSED):
            continue
        answer = answered.get(row["top_up"], {}).get("record")
        verdict.equal(f"top-up {row['top_up']}, record", answered_first=answer, booked=_record_of(row))
        attempts = sorted(s["attempt"] for s in run.ledger.seals if s["top_up"] == row["top_up"])
        verdict.require(rebuilt or attempts == list(range(1, row["highest_attempt"] + 1)),
                        f"top-up {row['top_up']}: sealed attempts {attempts} of {row['highest_attempt']}")
    _seals_answered(verdict, run)
    for record in run.journal.of("AuthoriseIntended"):
        verdict.require(asked.get(record["request"]["top_up"]) == record["request"]
                        or record.seq > run.ledger.confirmed(run.terminal),
                        f"top-up {record['request']['top_up']}: its intention is not at the ledger, or another")
    for name in ("outcomes", "seals"):
        numbers = sorted(row["seq"] for row in getattr(run.ledger, name))
        verdict.require(numbers == list(range(1, len(numbers) + 1)), f"{name} are missing: their numbers have gaps")
