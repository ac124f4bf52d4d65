"""The judge must be able to fail: python3 tests/e2e/judge_test.py [RUN]

Takes runs made by hand and, where RUN (a directory the demo has left, such as build/demo) is given, that one too; judges
a copy of it (the laws hold), then deletes or changes exactly one thing in the copy, again and again: each line of the
journal, each money row of the ledger, each note in the box, each card, meter, paper and result screen. Each time the judge
must name a broken law, and the law that guards that thing. The last line is `N passed, N failed`."""

import contextlib
import hashlib
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import judge_fixture  # noqa: E402

PROGRAM = judge_fixture.SOURCE / "packaging" / "judge"
# Ledger tables with money in them: what is changed, and which laws may notice.
TABLES = {
    "transfers": (("kind", "fen", "debit", "credit", "ref"), {"M1"}),
    "book_accounts": (("debit", "credit", "name"), {"M1"}),
    "notes": (("value", "state", "session"), {"M1", "M2"}),
    "top_ups": (("amount", "number", "volume", "total", "cost", "change", "state", "account", "card_number", "session"),
                {"M1", "M3", "M7"}),
    "sessions": (("account", "ended"), {"M1", "M2", "M7"}),
    "documents": (("state", "replaces", "number", "body"), {"M8"}),
    "facts": (("hash", "wall_ms", "body"), {"CHAIN"}),
    "outcomes": (("id", "answer"), {"M3"}),
    "seals": (("attempt", "top_up"), {"M3"}),
    "intentions": (("request", "top_up"), {"M3"}),
    "quotes": (("body",), {"M3", "M7"}),
    "year_volumes": (("litres",), {"M7"}),
    "terminals": (("last_contiguous", "last_hash"), {"CHAIN"})}
# Records that money hangs on, with what tells of them when a forger has chained both copies anew.
FORGED = {"NoteStacking": {"M2"}, "NoteStacked": {"M1", "M2", "M7"}, "NoteReturned": {"M2"}, "NoteInDoubt": {"M2"},
          "NoteFound": {"M1", "M2"}, "AuthoriseIntended": {"M3"}, "TopUpAuthorised": {"M3"}, "WriteVerified": {"M3", "M7"},
          "TopUpVoided": {"M3", "M7"}, "DocumentIntended": {"M8"}, "DocumentPrinted": {"M8"}, "DocumentVoided": {"M8"},
          "SessionOpened": {"M7"}, "SessionEnded": {"M7"}}


def load_judge():
    loader = importlib.machinery.SourceFileLoader("judge_program", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("judge_program", loader))
    loader.exec_module(module)
    return module


JUDGE = load_judge()


def broken_laws(root):
    """The laws that are broken there; {"UNREADABLE"} when the run cannot even be opened."""
    try:
        verdicts = JUDGE.judge_run(root)
    except (JUDGE.Unreadable, ValueError, KeyError, sqlite3.Error):
        return {"UNREADABLE"}
    return {verdict.law for verdict in verdicts if not verdict.holds}


class Score:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, good, what):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f"FAIL {what}", flush=True)


class Copy:
    """A copy of a run in which one thing at a time is wrong."""

    def __init__(self, source, folder):
        self.root = pathlib.Path(folder) / "run"
        self.root.mkdir()
        for name in ("kiosk", "ledger", "cabinet", "receipts", "assets/strings"):
            shutil.copytree(source / name, self.root / name, ignore=shutil.ignore_patterns("*.sock", "pki"))
        for name in ("kiosk.toml", "cabinet.toml", "ui-trace.jsonl"):
            if (source / name).exists():
                shutil.copy(source / name, self.root / name)
        self.journal, self.ledger = self.root / "kiosk" / "journal.db", self.root / "ledger" / "ledger.db"
        for path in (self.journal, self.ledger):
            with contextlib.closing(sqlite3.connect(path)) as database:
                database.execute("PRAGMA journal_mode = DELETE")
                triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
                for (name,) in triggers:  # they refuse what a thief would do with a hex editor
                    database.execute(f"DROP TRIGGER {name}")
                database.commit()

    @contextlib.contextmanager
    def kept(self, *paths):
        """These files are afterwards what they were."""
        before = {path: path.read_bytes() for path in paths}
        try:
            yield
        finally:
            for path, content in before.items():
                path.write_bytes(content)

    def query(self, path, sql, *values):
        with contextlib.closing(sqlite3.connect(path)) as database:
            return database.execute(sql, values).fetchall()

    def execute(self, path, sql, *values):
        with contextlib.closing(sqlite3.connect(path)) as database:
            done = database.execute(sql, values).rowcount
            database.commit()
        return done


class Trial:
    def __init__(self, copy, score):
        self.copy, self.score, self.terminal = copy, score, None
        self.terminal = copy.query(copy.journal, "SELECT value FROM meta WHERE key = 'terminal'")[0][0]

    def expect(self, what, laws=frozenset()):
        broken = broken_laws(self.copy.root)
        good = bool(broken) and (not laws or bool(laws & broken))
        self.score.check(good, f"{what}: judged {sorted(broken) or 'in order'}, expected {sorted(laws) or 'a broken law'}")

    def run(self):
        broken = broken_laws(self.copy.root)
        self.score.check(not broken, f"the copy as it is: {sorted(broken)}")
        if broken:
            return
        self.journal_rows()
        self.forged_records()
        self.ledger_rows()
        self.box()
        self.cards()
        self.papers()
        self.screens()

    def confirmed(self):
        sql = "SELECT last_contiguous FROM terminals WHERE terminal = ?"
        return self.copy.query(self.copy.ledger, sql, self.terminal)[0][0]

    # --- the journal --------------------------------------------------------------------------------------------------

    def journal_rows(self):
        copy = self.copy
        rows = copy.query(copy.journal, "SELECT seq, kind, body FROM records")
        for seq, kind, body in rows:
            # A tail that the ledger has not seen is missed by the chain, not by the laws.
            laws = {"CHAIN"} if seq < len(rows) or self.confirmed() == len(rows) else set()
            with copy.kept(copy.journal):
                copy.execute(copy.journal, "DELETE FROM records WHERE seq = ?", seq)
                self.expect(f"journal record {seq} ({kind}) deleted", laws)
            with copy.kept(copy.journal):
                changed = re.sub(r":(\d+)", lambda m: f":{int(m.group(1)) + 1}", body, count=1)
                copy.execute(copy.journal, "UPDATE records SET body = ?, wall_ms = wall_ms + ? WHERE seq = ?", changed,
                             int(changed == body), seq)
                self.expect(f"journal record {seq} ({kind}) changed", {"CHAIN"})

    def forged_records(self):
        """Somebody deletes a record from journal and ledger alike and chains both anew."""
        copy = self.copy
        records = copy.query(copy.journal, "SELECT seq, kind FROM records")
        for seq, kind in records:
            if kind in FORGED:
                with copy.kept(copy.journal, copy.ledger):
                    self._forge(seq)
                    self.expect(f"record {seq} ({kind}) forged away", FORGED[kind])

    def _forge(self, gone):
        copy, previous, number, delivered = self.copy, bytes(32), 0, self.confirmed()
        last = (0, bytes(32))
        rows = copy.query(copy.journal, "SELECT seq, wall_ms, kind, body FROM records ORDER BY seq")
        copy.execute(copy.journal, "DELETE FROM records")
        with contextlib.closing(sqlite3.connect(copy.journal)) as journal, contextlib.closing(
                sqlite3.connect(copy.ledger)) as ledger:
            others = ledger.execute("SELECT * FROM facts WHERE terminal <> ?", (self.terminal,)).fetchall()
            ledger.execute("DELETE FROM facts")
            for seq, wall_ms, kind, body in rows:
                if seq == gone:
                    continue
                number += 1
                head = previous + struct.pack(">Qq", number, wall_ms)
                previous = hashlib.sha256(head + kind.encode() + b"\0" + body.encode()).digest()
                row = (number, wall_ms, kind, body, previous)
                journal.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?)", row)
                if seq <= delivered:
                    last = (number, previous)
                    ledger.execute("INSERT INTO facts (terminal, number, wall_ms, kind, body, hash, parked, received_ms) "
                                   "VALUES (?, ?, ?, ?, ?, ?, '', 0)", (self.terminal, *row))
            for other in others:
                ledger.execute("INSERT INTO facts (terminal, number, wall_ms, kind, body, hash, parked, received_ms) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", other[1:])
            ledger.execute("UPDATE terminals SET last_contiguous = ?, last_hash = ? WHERE terminal = ?",
                           (*last, self.terminal))
            journal.commit()
            ledger.commit()

    # --- the ledger ---------------------------------------------------------------------------------------------------

    def ledger_rows(self):
        for table, (columns, laws) in TABLES.items():
            names = [row[1] for row in self.copy.query(self.copy.ledger, f"PRAGMA table_info({table})")]
            keys = [row[1] for row in self.copy.query(self.copy.ledger, f"PRAGMA table_info({table})") if row[5]]
            for row in self.copy.query(self.copy.ledger, f"SELECT * FROM {table}"):
                self._row(table, dict(zip(names, row)), keys, columns, laws)
        in_cabinet = [self._number(path) for path in sorted((self.copy.root / "cabinet").glob("card-*.eeprom"))]
        for number in in_cabinet:
            columns = ("purchase_number", "base_number")
            sql = f"SELECT {', '.join(columns)} FROM cards WHERE card_number = ?"
            for row in self.copy.query(self.copy.ledger, sql, number):
                whole = {"card_number": number, **dict(zip(columns, row))}
                self._row("cards", whole, ["card_number"], columns, {"M3"}, self._sold(number))

    @staticmethod
    def _number(eeprom):
        return eeprom.read_bytes()[56:64].hex()

    def _sold(self, number):
        return bool(self.copy.query(self.copy.ledger, "SELECT 1 FROM top_ups WHERE card_number = ?", number))

    def _row(self, table, row, keys, columns, laws, delete=True):
        copy, where = self.copy, " AND ".join(f"{key} = ?" for key in keys)
        values, name = [row[key] for key in keys], f"{table} {[_short(row[key]) for key in keys]}"
        empty = table == "year_volumes" and row["litres"] == 0  # nothing bought: as good as no row
        if delete and not empty:
            with copy.kept(copy.ledger):
                copy.execute(copy.ledger, f"DELETE FROM {table} WHERE {where}", *values)
                self.expect(f"{name} deleted", laws)
        for column in columns:
            changed = self._changed(table, column, row[column])
            name_of_one_attempt = table == "outcomes" and column == "id" and row["kind"] != 0
            if changed is None or name_of_one_attempt:
                continue
            with copy.kept(copy.ledger):
                try:
                    copy.execute(copy.ledger, f"UPDATE {table} SET {column} = ? WHERE {where}", changed, *values)
                except sqlite3.IntegrityError:
                    continue  # the schema itself refuses this lie
                self.expect(f"{name}: {column} changed", laws)

    def _changed(self, table, column, value):
        """Something else of the same type; nothing where no other value would be a lie about money."""
        if isinstance(value, bytes):
            return bytes([value[0] ^ 1]) + value[1:] if value else None
        if isinstance(value, int):
            return 1 - value if column == "ended" else value + 1
        if column in ("body", "request"):
            changed = re.sub(r'("(?:tendered|amount|cost|price_per_m3)":)(\d+)', _one_more, value, count=1)
            return changed if changed != value else None if table == "quotes" else value + " "
        if column == "answer":
            changed = re.sub(r'("cost":)([1-9]\d*)', _one_more, value, count=1)
            return changed if changed != value else None
        return value[:-1] + ("1" if value[-1:] != "1" else "2") if value else None

    # --- things -------------------------------------------------------------------------------------------------------

    def box(self):
        path = self.copy.root / "cabinet" / "validator.json"
        truth = json.loads(path.read_text())
        for place in ("stacker", "collected"):
            for index, note in enumerate(truth[place]):
                for what in ("gone", "of another value", "there twice"):
                    changed = json.loads(json.dumps(truth))
                    if what == "gone":
                        del changed[place][index]
                    elif what == "of another value":
                        changed[place][index]["value"] = 20 if note["value"] != 20 else 50
                    else:
                        changed[place].append(note)
                    with self.copy.kept(path):
                        path.write_text(json.dumps(changed))
                        self.expect(f"note {note['id']} of the {place} {what}", {"M1", "M2"})

    def cards(self):
        for path in sorted((self.copy.root / "cabinet").glob("card-*.eeprom")):
            memory = path.read_bytes()
            if memory[66] == 0:
                continue  # a blank card
            newest = max((8, 32), key=lambda at: struct.unpack(">I", memory[at:at + 4])[0])
            for offset, what in ((4, "purchase number"), (8, "volume"), (12, "total")):
                with self.copy.kept(path):
                    path.write_bytes(_with_field(memory, newest, offset))
                    self.expect(f"{path.name}: {what} changed", {"M3"})
            with self.copy.kept(path):
                path.unlink()
                self.expect(f"{path.name} gone", {"M3"})
        for path in sorted((self.copy.root / "cabinet").glob("meter-*.json")):
            meter = json.loads(path.read_text())
            with self.copy.kept(path):
                path.write_text(json.dumps(dict(meter, remaining=meter["remaining"] + 10)))
                self.expect(f"{path.name}: remaining changed", {"M3"})

    def papers(self):
        folder = self.copy.root / "receipts"
        for path in sorted(folder.glob("*.txt")):
            picture, words = path.with_suffix(".png"), path.read_text(encoding="utf-8")
            with self.copy.kept(path, picture):
                path.unlink()
                picture.unlink()
                self.expect(f"paper {path.stem} gone", {"M8"})
            if path.stem.endswith("-part") or not re.search(r"^No\.", words, re.MULTILINE):
                continue
            with self.copy.kept(path):
                path.rename(folder / "000099.txt")
                shutil.copy(folder / "000099.txt", path)
                self.expect(f"paper {path.stem} there twice", {"M8"})
                (folder / "000099.txt").unlink()
            for line in [line for line in words.splitlines() if not re.search("95158|热线|hotline|service line", line)]:
                at = [m.start() for m in re.finditer(r"[1-9]", line)]
                if not at:
                    continue
                lie = line[:at[-1]] + str(int(line[at[-1]]) % 9 + 1) + line[at[-1] + 1:]
                with self.copy.kept(path):
                    path.write_text(words.replace(line, lie, 1), encoding="utf-8")
                    self.expect(f"paper {path.stem}: {line[:40]!r} changed", {"M7", "M8"})

    def screens(self):
        path = self.copy.root / "ui-trace.jsonl"
        if not path.exists():
            return
        lines = path.read_text(encoding="utf-8").splitlines()
        for index, line in enumerate(lines):
            page = json.loads(line)
            if page["screen"] != "result" or page.get("overlay"):
                continue
            for at, text in enumerate(page["texts"]):
                found = re.fullmatch(r"¥?\d+(\.\d\d)?( 元)?", text)
                if not found or " " not in text and "¥" not in text and "." not in text:
                    continue
                lie = json.loads(line)
                lie["texts"][at] = re.sub(r"\d", lambda m: str(int(m.group()) % 9 + 1), text, count=1)
                with self.copy.kept(path):
                    changed = lines[:index] + [json.dumps(lie)] + lines[index + 1:]
                    path.write_text("\n".join(changed) + "\n", encoding="utf-8")
                    self.expect(f"screen {index + 1}: {text!r} changed", {"M7"})


def _one_more(found):
    return found.group(1) + str(int(found.group(2)) + 1)


def _short(value):
    return value.hex()[-6:] if isinstance(value, bytes) else value


def _with_field(memory, copy, offset):
    """A purchase copy whose field is one unit more, with a good CRC."""
    data = bytearray(memory)
    value = struct.unpack(">I", data[copy + offset:copy + offset + 4])[0]
    data[copy + offset:copy + offset + 4] = struct.pack(">I", value + 1)
    data[copy + 22:copy + 24] = judge_fixture.crc16(bytes(data[copy:copy + 22])).to_bytes(2, "big")
    return bytes(data)


def try_run(source, score):
    with tempfile.TemporaryDirectory(prefix="judge-test-") as folder:
        Trial(Copy(source, folder), score).run()


def program_itself(root, score):
    """As people call it: a line for each law, the verdict last, the exit code."""
    good = subprocess.run([PROGRAM, root], capture_output=True, text=True)
    last = (good.stdout.splitlines() or [""])[-1]
    score.check(good.returncode == 0 and last.startswith("the laws hold"), f"judge {root}: {good.stdout[-300:]}")
    as_json = subprocess.run([PROGRAM, root, "--json"], capture_output=True, text=True)
    score.check(as_json.returncode == 0 and json.loads(as_json.stdout)["ok"], "judge --json")
    with tempfile.TemporaryDirectory() as empty:
        nothing = subprocess.run([PROGRAM, empty], capture_output=True, text=True)
        score.check(nothing.returncode == 2, "a directory that is no run")


def main():
    score = Score()
    with tempfile.TemporaryDirectory(prefix="judge-fixture-") as folder:
        for make in (judge_fixture.make_run_without_uplink, judge_fixture.make_run):
            root = pathlib.Path(folder) / make.__name__
            make(root)
            program_itself(root, score)
            try_run(root, score)
    for directory in sys.argv[1:]:
        try_run(pathlib.Path(directory), score)
    print(f"{score.passed} passed, {score.failed} failed")
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
