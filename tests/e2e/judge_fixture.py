"""A run's directory made by hand, for testing packaging/judge without a demo: one terminal, a few visits with every kind
of ending, the journal and the ledger that belong to them, papers, cards, meters, the box and the trace of the screens.
Written from the formats' descriptions; only the ledger's schema is taken from its source text."""

import base64
import json
import pathlib
import uuid

from judge_fixture_store import SOURCE, TERMINAL, WALL, WORDS, Stored, blob, crc16, sign
from judging.gas import cost_of

__all__ = ["SOURCE", "crc16", "make_run", "make_run_without_uplink"]
NIL = "00000000-0000-0000-0000-000000000000"
TIERS = [{"price_per_m3": 350, "remaining": 15000}, {"price_per_m3": 420, "remaining": 0}]
TITLES = {"TopUpReceipt": "燃气充值凭条", "CreditSlip": "入账凭条", "PendingSlip": "充值待写卡凭条", "ClaimSlip": "待处理凭证"}
LABELS = {"TopUpReceipt": ("购气金额", "余额入账户", "购气量"), "PendingSlip": ("已付气费", "余额入账户", "待写气量"),
          "CreditSlip": ("-", "存入账户", "-"), "ClaimSlip": ("待确认气费", "余额入账户", "待确认气量")}
KINDS = ("NoteStacked", "NoteFound", "NoteDoubted", "DoubtEnded", "TopUpReserved", "CostPosted", "ChangePosted",
         "VoidedToTender", "VoidedToWallet", "SessionCredited")


def decimal(fen):
    return f"{fen // 100}.{fen % 100:02d}"


class Person:
    def __init__(self, index, name, on_card, at_ledger):
        self.name, self.number, self.account = name, f"61010000{index * 10 + 7:08}", f"6101{index:08}"
        self.start, self.base = on_card, at_ledger
        self.purchase, self.volume, self.total = on_card, 0, 120000
        self.loaded, self.remaining = on_card, 12000


class Fixture(Stored):
    def __init__(self, root):
        self.root = pathlib.Path(root)
        for folder in ("kiosk", "ledger", "cabinet", "receipts", "assets/strings"):
            (self.root / folder).mkdir(parents=True)
        self.people = {name: Person(index, name, card, base) for index, (name, card, base) in enumerate(
            (("wang", 3, 3), ("li", 7, 7), ("chen", 9, 9), ("zhou", 2, 2), ("tian", 5, 4), ("stranger", 3, None)), 1)}
        self.ids, self.records, self.box, self.trace, self.pieces, self.documents = 0, [], [], [], 0, {}
        self.transfers, self.rows = [], {name: [] for name in (
            "notes", "top_ups", "sessions", "quotes", "intentions", "outcomes")}
        self.delivered = None  # how many records the ledger has; all of them while the uplink is there

    def id(self):
        self.ids += 1
        return str(uuid.UUID(int=(0x0198F3A27C117 << 76) | (2 << 62) | self.ids))

    def record(self, record_kind, **body):
        self.records.append((record_kind, json.dumps(body, ensure_ascii=False, separators=(",", ":"))))

    @property
    def online(self):
        return self.delivered is None

    def uplink_gone(self):
        """Nothing that happens from here on reaches the ledger."""
        self.delivered = len(self.records)

    def at_ledger(self, table, *row):
        if self.online:
            self.rows[table].append(row)

    def transfer(self, kind, ref, debit, credit, fen):
        if fen and self.online:
            self.transfers.append((KINDS.index(kind), blob(ref), debit, credit, fen))

    # --- a visit ------------------------------------------------------------------------------------------------------

    def arrive(self, person):
        visit = {"person": person, "session": self.id(), "notes": [], "tendered": 0, "in_doubt": 0, "left": 0,
                 "known": self.online}
        visit["quote"] = {"id": self.id(), "business_date": "2026-11-24", "tiers": TIERS, "scale": 10, "maximum": 100000}
        self.record("SessionOpened", session=visit["session"])
        self.record("CustomerIdentified", session=visit["session"], account=person.account, masked_name="王*",
                    card=self.card(person), quote=visit["quote"])
        self.at_ledger("quotes", blob(visit["quote"]["id"]), blob(visit["session"]), person.account,
                       json.dumps(visit["quote"], separators=(",", ":")))
        return visit

    def card(self, person):
        return {"card_number": person.number, "purchase_number": person.purchase, "volume": person.volume}

    def feed(self, visit, fen, fate="NoteStacked"):
        note, session = self.id(), visit["session"]
        self.record("NoteStacking", session=session, note=note, value=fen, stacked_before=len(self.box))
        more = {} if fate == "NoteInDoubt" else {"evidence": "CreditEvent"}
        self.record(fate, session=session, note=note, value=fen, **more)
        state = {"NoteStacked": 0, "NoteReturned": 1, "NoteInDoubt": 2}[fate]
        self.at_ledger("notes", blob(note), TERMINAL, blob(session), fen, state, "", "", WALL)
        if fate == "NoteStacked":
            self.box.append(fen)
            visit["notes"].append({"note": note, "value": fen})
            visit["tendered"] += fen
            visit["left"] += fen
            self.transfer("NoteStacked", note, f"cash:{TERMINAL}", f"tender:{session}", fen)
        elif fate == "NoteInDoubt":
            visit["in_doubt"] += fen
            self.transfer("NoteDoubted", note, f"doubted-cash:{TERMINAL}", f"doubt:{TERMINAL}", fen)

    def found(self, fen):
        note = self.id()
        self.record("NoteFound", note=note, value=fen, account="", evidence="counter")
        self.at_ledger("notes", blob(note), TERMINAL, bytes(16), fen, 3, "", "counter", WALL)
        self.box.append(fen)
        self.transfer("NoteFound", note, f"cash:{TERMINAL}", f"suspense:{TERMINAL}", fen)

    def authorise(self, visit):
        person, amount = visit["person"], visit["tendered"]
        volume = max(v for v in range(0, 200000, 10) if cost_of(v, TIERS) <= amount)
        cost = cost_of(volume, TIERS)
        top = {"id": self.id(), "session": visit["session"], "amount": amount, "cost": cost, "change": amount - cost,
               "volume": volume, "number": person.purchase + 1, "total": person.total + volume, "person": person,
               "state": 0, "attempts": 1}
        request = {"top_up": top["id"], "session": visit["session"], "quote": visit["quote"]["id"],
                   "account": person.account, "card": self.card(person), "notes": visit["notes"], "amount": amount,
                   "volume": volume, "cost": cost, "change": amount - cost, "challenge": "00112233"}
        record = {"purchase_number": top["number"], "volume": volume, "total": top["total"], "cost": cost,
                  "change": amount - cost}
        self.record("AuthoriseIntended", request=request)
        self.record("TopUpAuthorised", session=visit["session"], top_up=top["id"], record=record)
        self.at_ledger("intentions", blob(top["id"]), json.dumps(request, separators=(",", ":")))
        answer = json.dumps({"refusal": "None", "record": record})
        self.at_ledger("outcomes", 0, blob(top["id"]), b"c", answer, TERMINAL, WALL)
        self.rows["top_ups"].append(top)
        self.transfer("TopUpReserved", top["id"], f"tender:{visit['session']}", f"pending:{top['id']}", amount)
        visit["left"] -= amount
        visit["top_up"] = top
        return top

    def write(self, visit, top):
        person = top["person"]
        self.record("WriteIntended", session=visit["session"], top_up=top["id"], attempt=top["attempts"],
                    purchase_number=top["number"])
        person.purchase, person.volume, person.total = top["number"], top["volume"], top["total"]
        self.record("WriteVerified", session=visit["session"], top_up=top["id"], card=self.card(person))
        self.transfer("CostPosted", top["id"], f"pending:{top['id']}", "revenue:gas", top["cost"])
        self.transfer("ChangePosted", top["id"], f"pending:{top['id']}", f"wallet:{person.account}", top["change"])
        top["state"] = 1 if self.online else 0

    def void(self, visit, top):
        self.record("WriteIntended", session=visit["session"], top_up=top["id"], attempt=1, purchase_number=top["number"])
        self.record("WriteDisproved", session=visit["session"], top_up=top["id"], attempt=1, card=self.card(top["person"]))
        self.record("TopUpVoided", session=visit["session"], top_up=top["id"])
        self.transfer("VoidedToTender", top["id"], f"pending:{top['id']}", f"tender:{top['session']}", top["amount"])
        top["state"] = 2
        visit["left"] += top["amount"]

    def end(self, visit, ending, top=None, spoil=False):
        person, tendered = visit["person"], visit["tendered"]
        own = top is not None and top["session"] == visit["session"]
        delivered = top["cost"] if own and ending == "Delivered" else 0
        pending = top["amount"] if own and ending == "PendingOnCard" else 0
        end = {"session": visit["session"], "ending": ending, "account": person.account, "tendered": tendered,
               "delivered": delivered, "credited": tendered - delivered - pending, "pending": pending,
               "in_doubt": visit["in_doubt"]}
        kinds = {"Delivered": "TopUpReceipt", "Credited": "CreditSlip", "PendingOnCard": "PendingSlip",
                 "HandedToStaff": "ClaimSlip"}
        if ending in kinds:
            document = {"number": len(self.documents) + 1, "replaces": 0, "kind": kinds[ending],
                        "session": visit["session"], "top_up": top["id"] if top else NIL, "wall_ms": WALL,
                        "account": person.account, "masked_name": "王*", "card_number": person.number,
                        "tendered": tendered, "cost": top["cost"] if top else 0, "credited": end["credited"],
                        "volume": top["volume"] if top else 0, "purchase_number": top["number"] if top else 0,
                        "notes_in_doubt": 1 if visit["in_doubt"] else 0}
            self.issue(document)
        self.record("SessionEnded", **end)
        if ending in kinds:
            self.screen(document, end)
            self.settle(document, end, spoil)
        if visit["known"]:
            self.rows["sessions"].append((blob(visit["session"]), TERMINAL, person.account, int(self.online), WALL))
        wallet = f"wallet:{person.account}"
        self.transfer("SessionCredited", visit["session"], f"tender:{visit['session']}", wallet, visit["left"])

    # --- paper and screen ---------------------------------------------------------------------------------------------

    def issue(self, document):
        self.record("DocumentIntended", document=document)
        self.documents[document["number"]] = [document, 0, self.online]

    def settle(self, document, end, spoil):
        self.paper(document, cut=not spoil)
        if not spoil:
            self.record("DocumentPrinted", number=document["number"])
            self.documents[document["number"]][1] = 1
            return
        again = dict(document, number=document["number"] + 1, replaces=document["number"])
        self.issue(again)
        self.record("DocumentVoided", number=document["number"], reason="not printed whole")
        self.documents[document["number"]][1] = 2
        self.screen(again, end)
        self.settle(again, end, False)

    def paper(self, document, cut):
        cost, credited, volume = LABELS[document["kind"]]
        lines = ["管道燃气 · 自助服务", TITLES[document["kind"]], f"No. {TERMINAL}-{document['number']:06}"]
        lines += [f"补打，替代 {TERMINAL}-{document['replaces']:06}"] if document["replaces"] else []
        lines += ["日期        2026-09-21 22:13:20", f"终端     {TERMINAL}", f"户号尾号     {document['account'][-4:]}",
                  f"卡号尾号     {document['card_number'][-4:]}", f"投入现金    {decimal(document['tendered'])} 元"]
        if cut:
            if document["volume"]:
                lines += [f"{cost}   {decimal(document['cost'])} 元", volume, f"{decimal(document['volume'] // 10)} 立方米",
                          f"购气序号  {document['purchase_number']}"]
            lines += [f"{credited}  {decimal(document['credited'])} 元"] if document["credited"] else []
            lines += ["另有待核对纸币  1 张"] if document["notes_in_doubt"] else []
            lines += [f"[QR {self.code(document)}]", "谢谢您，再见！"]
        self.pieces += 1
        name = self.root / "receipts" / f"{self.pieces:06}{'' if cut else '-part'}"
        name.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        name.with_suffix(".png").write_bytes(b"\x89PNG\r\n")

    def code(self, document):
        data = bytes([1, len(TERMINAL)]) + TERMINAL.encode() + bytes([list(TITLES).index(document["kind"])])
        for name in ("number", "wall_ms", "tendered", "cost", "credited", "volume"):
            value = document[name]
            while value > 0x7F:
                data, value = data + bytes([value & 0x7F | 0x80]), value >> 7
            data += bytes([value])
        payload = base64.urlsafe_b64encode(data + blob(document["top_up"])).decode().rstrip("=")
        return f"https://127.0.0.1/r?d={payload}." + base64.urlsafe_b64encode(sign(payload.encode())).decode().rstrip("=")

    def screen(self, document, end):
        texts = ["充值成功", decimal(document["volume"] // 10), "立方米"] if end["ending"] == "Delivered" else ["已登记"]
        for name, label in WORDS.items():
            if end[name]:
                fen = end[name]
                texts += [label, f"{fen // 100 if fen % 100 == 0 else decimal(fen)} 元"]
        texts += ["凭条号", f"{TERMINAL}-{document['number']:06}"]
        self.trace.append({"screen": "result", "overlay": "", "language": "zh", "texts": texts, "targets": []})


def load_into_meter(person):
    person.remaining += person.volume
    person.loaded, person.volume = person.purchase, 0


def make_run_without_uplink(root):
    """The uplink goes while a card is being written, and another customer's money is credited afterwards."""
    run = Fixture(root)
    run.record("TerminalStarted", version="0.1")
    visit = run.arrive(run.people["wang"])
    run.feed(visit, 10000)
    top_up = run.authorise(visit)
    run.uplink_gone()
    run.write(visit, top_up)
    run.end(visit, "Delivered", top_up)
    visit = run.arrive(run.people["li"])
    run.feed(visit, 2000)
    run.end(visit, "Credited")
    run.save()
    return run


def make_run(root):
    run = Fixture(root)
    people = run.people
    run.record("TerminalStarted", version="0.1")
    run.record("AcceptorConnected", serial="1", stacked=0)
    visit = run.arrive(people["wang"])  # a clean top-up, loaded into the meter at home
    run.feed(visit, 10000)
    run.feed(visit, 5000)
    run.write(visit, run.authorise(visit))
    run.end(visit, "Delivered", visit["top_up"])
    load_into_meter(people["wang"])
    visit = run.arrive(people["li"])  # a note given back
    run.feed(visit, 2000, "NoteReturned")
    run.end(visit, "NothingTendered")
    visit = run.arrive(people["chen"])  # the paper ends: replaced
    run.feed(visit, 5000)
    run.write(visit, run.authorise(visit))
    run.end(visit, "Delivered", visit["top_up"], spoil=True)
    run.found(1000)
    visit = run.arrive(people["zhou"])  # card pulled: pending, resolved in the next session
    run.feed(visit, 10000)
    open_top_up = run.authorise(visit)
    run.end(visit, "PendingOnCard", open_top_up)
    visit = run.arrive(people["zhou"])
    open_top_up["attempts"] = 2
    run.record("TopUpAuthorised", session=visit["session"], top_up=open_top_up["id"], record={
        "purchase_number": open_top_up["number"], "volume": open_top_up["volume"], "total": open_top_up["total"],
        "cost": open_top_up["cost"], "change": open_top_up["change"]})
    run.write(visit, open_top_up)
    run.end(visit, "Delivered", open_top_up)
    visit = run.arrive(people["li"])  # not written: voided and credited
    run.feed(visit, 2000)
    run.void(visit, run.authorise(visit))
    run.end(visit, "Credited")
    visit = run.arrive(people["li"])  # a note nobody can place
    run.feed(visit, 500, "NoteInDoubt")
    run.end(visit, "HandedToStaff")
    run.save()
    return run
