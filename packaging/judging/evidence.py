"""What a run has left behind, read from the outside: the boxes, cards and papers of the virtual cabinet, the terminal's
journal and the ledger's book. Formats are taken from their descriptions (kiosk/journal/FORMAT.md, the ledger's schema,
devices/gas_card/LAYOUT.md, devices/virtual/CONTROL.md); no code of the product is used. Nothing is written to the run:
databases are copied first, with their write-ahead logs."""

import json
import pathlib
import re
import shutil
import sqlite3
import tempfile
import tomllib
import uuid

from .book import Book

NIL = "00000000-0000-0000-0000-000000000000"


class Unreadable(Exception):
    """Evidence that is missing or is not what its description says."""


def rows_of(database, sql):
    """Rows as dictionaries; 16 byte blobs are ids."""
    cursor = database.execute(sql)
    names = [column[0] for column in cursor.description]
    return [{name: plain(value) for name, value in zip(names, row)} for row in cursor]


def plain(value):
    if isinstance(value, bytes) and len(value) == 16:
        return str(uuid.UUID(bytes=value))
    return value


class Copies:
    """Copies of databases in a folder that goes away with this object."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="judge-")

    def open(self, path):
        if not path.exists():
            raise Unreadable(f"{path} is missing")
        target = pathlib.Path(self._folder.name) / path.name
        for ending in ("", "-wal"):
            source = path.with_name(path.name + ending)
            if source.exists():
                shutil.copy(source, target.with_name(target.name + ending))
        database = sqlite3.connect(target)
        if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise Unreadable(f"{path} is damaged")
        return database

    def close(self):
        self._folder.cleanup()


class Record:
    """One line of the journal."""

    def __init__(self, row):
        self.seq, self.wall_ms, self.kind = row["seq"], row["wall_ms"], row["kind"]
        self.text, self.hash = row["body"], row["hash"]
        self.body = json.loads(self.text)

    def __getitem__(self, name):
        return self.body[name]


class Journal:
    def __init__(self, database):
        meta = {row["key"]: row["value"] for row in rows_of(database, "SELECT key, value FROM meta")}
        if meta.get("format") != "1" or not meta.get("terminal"):
            raise Unreadable("journal.db: no format 1, or no terminal named in it")
        self.terminal = meta["terminal"]
        self.records = [Record(row) for row in rows_of(database, "SELECT * FROM records ORDER BY seq")]

    def of(self, *kinds):
        return [record for record in self.records if record.kind in kinds]

    @property
    def last(self):
        return self.records[-1].seq if self.records else 0


class Ledger:
    TABLES = ("terminals", "accounts", "year_volumes", "cards", "sessions", "quotes", "notes", "top_ups", "intentions",
              "certificates", "documents", "alerts", "book_accounts", "transfers", "outcomes", "seals", "facts", "strays")

    def __init__(self, database):
        for table in self.TABLES:
            setattr(self, table, rows_of(database, f"SELECT * FROM {table}"))
        self.account_names = {row["id"]: row["name"] for row in self.book_accounts}
        for transfer in self.transfers:
            transfer["debit_name"] = self.account_names.get(transfer["debit"], "?")
            transfer["credit_name"] = self.account_names.get(transfer["credit"], "?")

    def confirmed(self, terminal):
        """The last journal line it has said to have."""
        return next((row["last_contiguous"] for row in self.terminals if row["terminal"] == terminal), 0)


class Paper:
    """A piece of paper that came out of the printer."""

    def __init__(self, path, words=None):
        self.path, self.name = path, path.stem
        self.cut = not path.stem.endswith("-part")
        self.piece = int(path.stem.split("-")[0])
        self.text = path.read_text(encoding="utf-8") if words is None else words
        self.lines = [line.strip() for line in self.text.splitlines()]
        self.pictured = path.with_suffix(".png").exists()


class Run:
    """Everything in a run's directory. `book` is the ledger's, added up once for all judges."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.copies = Copies()
        self.journal = Journal(self.copies.open(self.root / "kiosk" / "journal.db"))
        self.ledger = Ledger(self.copies.open(self.root / "ledger" / "ledger.db"))
        self.terminal = self.journal.terminal
        self.book = Book(self.ledger)
        self.cabinet = self._toml("cabinet.toml")
        self.validator = self._json(self.root / "cabinet" / "validator.json")
        self.papers = self._papers()
        self.trace = self._trace()

    def close(self):
        self.copies.close()

    def _toml(self, name):
        try:
            return tomllib.loads((self.root / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Unreadable(f"{name}: {error}") from None

    @staticmethod
    def _json(path):
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Unreadable(f"{path}: {error}") from None

    def certificates(self):
        return [row["certificate_pem"] for row in self.ledger.certificates if row["terminal"] == self.terminal]

    def box(self):
        """The notes that are physically in the box or were taken out of it, in fen."""
        return [note["value"] * 100 for note in self.validator["stacker"] + self.validator["collected"]]

    def eeprom(self, card):
        path = self.root / "cabinet" / f"card-{card}.eeprom"
        try:
            return path.read_bytes()
        except OSError as error:
            raise Unreadable(f"{path}: {error}") from None

    def meter(self, name):
        return self._json(self.root / "cabinet" / f"meter-{name}.json")

    def pieces_said(self):
        """How many pieces of paper the printer says it has put out."""
        path = self.root / "cabinet" / "printer-next"
        return int(path.read_text()) - 1 if path.exists() else 0

    def qr_expected(self):
        return bool(self._toml("kiosk.toml").get("ledger", {}).get("public_url"))

    def labels(self):
        """What the result page calls its amounts, by language."""
        found = {}
        for path in sorted((self.root / "assets" / "strings").glob("*.toml")):
            lines = path.read_text(encoding="utf-8")  # one `key = "words"` a line; a key may also begin another one
            found[path.stem] = dict(re.findall(r'^result\.(\w+) = "(.*)"$', lines, re.MULTILINE))
        if not found:
            raise Unreadable("assets/strings: no words there to read the trace by")
        return found

    def _papers(self):
        folder = self.root / "receipts"
        found = [path for path in folder.glob("*.txt") if re.fullmatch(r"\d{6}(-part)?", path.stem)]
        return sorted((Paper(path) for path in found), key=lambda paper: paper.piece)

    def _trace(self):
        path = self.root / "ui-trace.jsonl"
        if not path.exists():
            return None
        lines = path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]
