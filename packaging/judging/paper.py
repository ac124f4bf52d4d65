"""What stands on a printed paper, read from its words and from its QR code."""

import base64
import re

from .evidence import Unreadable

MONEY, CUBIC, COUNT = r"(-?\d+\.\d\d) ?(?:元|yuan)", r"(\d+\.\d\d) ?(?:立方米|m3)", r"(\d+)(?: ?张)?"
TAIL, MOMENT, WORD = r"(\d{1,4})", r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", r"(\S+)"
KINDS = {"燃气充值凭条": "TopUpReceipt", "GAS TOP-UP RECEIPT": "TopUpReceipt", "入账凭条": "CreditSlip",
         "ACCOUNT CREDIT SLIP": "CreditSlip", "充值待写卡凭条": "PendingSlip", "PENDING TOP-UP SLIP": "PendingSlip",
         "待处理凭证": "ClaimSlip", "CLAIM SLIP": "ClaimSlip"}
# What a label means, and what may stand behind it.
LABELS = {
    "tendered": (("投入现金", "Cash inserted"), MONEY),
    "cost": (("购气金额", "已付气费", "待确认气费", "Paid for gas", "Gas cost to be confirmed"), MONEY),
    "credited": (("余额入账户", "存入账户", "To your account", "To account"), MONEY),
    "volume": (("购气量", "待写气量", "待确认气量", "Gas", "To write", "Gas to be confirmed"), CUBIC),
    "purchase_number": (("购气序号", "Purchase number"), COUNT),
    "notes_in_doubt": (("另有待核对纸币", "Notes still to be checked"), COUNT),
    "account": (("户号尾号", "Account ends in"), TAIL),
    "card_number": (("卡号尾号", "Card ends in"), TAIL),
    "moment": (("日期", "Date"), MOMENT),
    "terminal": (("终端", "Terminal"), WORD)}
# What each kind of document must say when it is not zero.
SAYS = {
    "TopUpReceipt": ("tendered", "cost", "credited", "volume", "purchase_number"),
    "PendingSlip": ("tendered", "cost", "credited", "volume", "purchase_number"),
    "CreditSlip": ("tendered", "credited"),
    "ClaimSlip": ("tendered", "cost", "credited", "volume", "notes_in_doubt")}
FAREWELL = ("谢谢您，再见！", "Thank you. Goodbye!")


def fen(text):
    return int(text.replace(".", ""))


class Printed:
    """The numbers on a paper; `number` is None on a piece without one."""

    def __init__(self, paper):
        self.values, self.twice = {}, []
        self.kind = next((KINDS[line] for line in paper.lines if line in KINDS), None)
        heads = [m for m in (re.fullmatch(r"No\. ?(\S+)-(\d{6,})", line) for line in paper.lines) if m]
        self.terminal = heads[0].group(1) if heads else None
        self.number = int(heads[0].group(2)) if len(heads) == 1 else None
        self.heads = len(heads)
        replaced = re.search(r"^(?:补打，替代|Replaces) ?\S+-(\d{6,})$", "\n".join(paper.lines), re.MULTILINE)
        self.replaces = int(replaced.group(1)) if replaced else 0
        self.copy = any(line in ("副 本", "副本", "COPY") for line in paper.lines)
        self.whole = paper.cut and self.number is not None and any(line in FAREWELL for line in paper.lines)
        for index, line in enumerate(paper.lines):
            self._read(line, paper.lines[index + 1] if index + 1 < len(paper.lines) else "")
        self.code = self._code(paper)

    def _read(self, line, following):
        for name, (labels, form) in LABELS.items():
            for label in labels:
                text = following if line == label else line[len(label):] if line.startswith(label + " ") else ""
                found = re.fullmatch(form, text.strip())
                if found:
                    self._put(name, found.group(1))

    def _put(self, name, text):
        value = text
        if name in ("tendered", "cost", "credited"):
            value = fen(text)
        elif name == "volume":
            value = fen(text)  # hundredths of a cubic metre: tens of litres
        elif name in ("purchase_number", "notes_in_doubt"):
            value = int(text)
        if name in self.values and self.values[name] != value:
            self.twice.append(name)
        self.values[name] = value

    def is_rest_of(self, before):
        """The rest of a document whose head is on the piece before: the roll ended, and the printer went on on a new one."""
        return (before is not None and not before[0].cut and before[1].number is not None and self.heads == 0
                and (self.code is None or self.code.number == before[1].number))

    @staticmethod
    def _code(paper):
        found = re.search(r"/r\?d=([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", paper.text.replace("\n", ""))
        return Code(found.group(1), found.group(2)) if found else None


class Code:
    """The payload of a receipt's QR code, as ledger/wire/receipt_code.h describes it."""

    def __init__(self, payload, signature):
        self.signed, self.signature = payload.encode(), self._bytes(signature)
        data = self._bytes(payload)
        spelt = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (data, self.signature)]
        self.canonical = spelt == [payload, signature]
        length = data[1]
        self.version, self.terminal = data[0], data[2:2 + length].decode()
        self.kind = ("TopUpReceipt", "CreditSlip", "PendingSlip", "ClaimSlip")[data[2 + length]]
        rest = data[3 + length:]
        values = []
        for _ in range(6):
            value, rest = self._number(rest)
            values.append(value)
        self.number, self.wall_ms, self.tendered, self.cost, self.credited, self.volume = values
        text = rest.hex()
        self.top_up = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    @staticmethod
    def _bytes(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    @staticmethod
    def _number(data):
        value = 0
        for index, byte in enumerate(data):
            value |= (byte & 0x7F) << 7 * index
            if not byte & 0x80:
                return value, data[index + 1:]
        raise Unreadable("a QR code ends in the middle of a number")
