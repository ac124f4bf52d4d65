"""How a run made by hand is put on disk: the journal, the ledger and the cabinet's state as their formats are described."""

import base64
import hashlib
import json
import pathlib
import re
import sqlite3
import struct
import sys
import uuid

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "packaging"))

from judging import signature  # noqa: E402
from judging.gas import crc16  # noqa: E402

TERMINAL, WALL = "T0042", 1_790_000_000_000
SECRET, NONCE = 0x1234567890ABCDEF1234567890ABCDEF, 0xFEDCBA0987654321
WORDS = {"tendered": "您放入", "delivered": "气费", "credited": "存入账户", "pending": "待写入卡", "in_doubt": "待核对的纸币"}


def blob(text):
    return uuid.UUID(text).bytes


def sign(message):
    """ECDSA with a fixed nonce: good enough for a key that guards nothing."""
    r = signature._times(NONCE, signature.G)[0] % signature.N
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    s = pow(NONCE, -1, signature.N) * (digest + r * SECRET) % signature.N
    parts = b"".join(b"\x02" + bytes([len(v)]) + v for v in ((n.to_bytes(33, "big").lstrip(b"\0") for n in (r, s)))
                     for v in [(b"\0" + v) if v[0] & 0x80 else v])
    return b"\x30" + bytes([len(parts)]) + parts


def certificate():
    x, y = signature._times(SECRET, signature.G)
    der = b"\x30" + signature.KEY_MARK + x.to_bytes(32, "big") + y.to_bytes(32, "big")
    return f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(der).decode()}\n-----END CERTIFICATE-----\n"


def card_memory(number, purchase, volume, total):
    def copy(sequence):
        data = struct.pack(">5I2x", sequence, purchase, volume // 10, total // 10, 0x20260101)
        return data + crc16(data).to_bytes(2, "big")

    identity = bytes.fromhex(number) + bytes.fromhex("0610 01 01") + bytes(18)
    identity += crc16(identity).to_bytes(2, "big")
    return b"PLCARD1\0" + copy(2 * purchase) + copy(2 * purchase + 1) + identity + bytes(24 + 80)


class Stored:
    """What is common to all runs made by hand; the visits are in judge_fixture.py."""

    def save(self):
        rows = self._save_journal()
        self._save_ledger(rows[:self.delivered])
        self._save_cabinet()
        (self.root / "kiosk.toml").write_text('[ledger]\npublic_url = "https://127.0.0.1"\n')
        words = "".join(f'result.{name} = "{label}"\n' for name, label in WORDS.items())
        (self.root / "assets" / "strings" / "zh.toml").write_text(words, encoding="utf-8")
        (self.root / "ui-trace.jsonl").write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.trace), encoding="utf-8")

    def _save_journal(self):
        database = sqlite3.connect(self.root / "kiosk" / "journal.db")
        database.executescript(
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT; CREATE TABLE records (seq INTEGER PRIMARY "
            "KEY, wall_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL) STRICT;")
        database.executemany("INSERT INTO meta VALUES (?, ?)", (("format", "1"), ("terminal", TERMINAL)))
        previous, rows = bytes(32), []
        for seq, (kind, body) in enumerate(self.records, 1):
            head = previous + struct.pack(">Qq", seq, WALL + seq)
            previous = hashlib.sha256(head + kind.encode() + b"\0" + body.encode()).digest()
            rows.append((seq, WALL + seq, kind, body, previous))
        database.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)
        database.commit()
        database.close()
        return rows

    def _save_ledger(self, facts):
        database = sqlite3.connect(self.root / "ledger" / "ledger.db")
        schema = (SOURCE / "ledger" / "store" / "schema.cpp").read_text(encoding="utf-8")
        for part in re.findall(r'R"sql\((.*?)\)sql"', schema, re.DOTALL):
            database.executescript(part)
        put = database.execute
        put("INSERT INTO terminals (terminal, place, last_contiguous, last_hash) VALUES (?, '', ?, ?)",
            (TERMINAL, len(facts), facts[-1][4]))
        put("INSERT INTO certificates VALUES ('1', ?, ?, 0, 0)", (TERMINAL, certificate()))
        put("INSERT INTO tariffs VALUES ('residential', 300000)")
        for p in [p for p in self.people.values() if p.base is not None]:
            now = p.base + sum(1 for top in self.rows["top_ups"] if top["person"] is p and top["state"] == 1)
            put("INSERT INTO accounts VALUES (?, ?, '', 0, 'residential', 1, 0, 0, 0, '', 2026, 0)", (p.account, p.name))
            put("INSERT INTO cards VALUES (?, ?, ?, ?, 0, 0, '')", (p.number, p.account, p.base, now))
        for table in ("sessions", "quotes", "notes", "intentions"):
            for row in self.rows[table]:
                put(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        for top in self.rows["top_ups"]:
            self._save_top_up(put, top)
        for row in self.rows["outcomes"]:
            put("INSERT INTO outcomes (kind, id, content, answer, terminal, wall_ms) VALUES (?, ?, ?, ?, ?, ?)", row)
        for number, (document, state, known) in self.documents.items():
            if not known:
                continue
            body = json.dumps({"document": document}, ensure_ascii=False, separators=(",", ":"))
            put("INSERT INTO documents VALUES (?, ?, ?, ?, '', ?)", (TERMINAL, number, document["replaces"], state, body))
        for fact in facts:
            put("INSERT INTO facts (terminal, number, wall_ms, kind, body, hash, parked, received_ms) "
                "VALUES (?, ?, ?, ?, ?, ?, '', 0)", (TERMINAL, *fact))
        self._save_transfers(put)
        database.commit()
        database.close()

    @staticmethod
    def _save_top_up(put, top):
        person = top["person"]
        put("INSERT INTO top_ups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '2026-11-24', ?, zeroblob(16), 0)",
            (blob(top["id"]), TERMINAL, blob(top["session"]), person.account, person.number, top["state"], top["amount"],
             top["number"], top["volume"], top["total"], top["cost"], top["change"], top["attempts"]))
        for attempt in range(1, top["attempts"] + 1):
            put("INSERT INTO seals (top_up, attempt, challenge, card_sequence, command, terminal, wall_ms) "
                "VALUES (?, ?, x'00', 0, x'00', ?, 0)", (blob(top["id"]), attempt, TERMINAL))
        volume = top["volume"] if top["state"] in (0, 1) else 0
        put("INSERT INTO year_volumes VALUES (?, 2026, ?) ON CONFLICT DO UPDATE SET litres = litres + excluded.litres",
            (person.account, volume))

    def _save_transfers(self, put):
        names = {}
        for _, _, debit, credit, fen in self.transfers:
            for name, side in ((debit, 0), (credit, 1)):
                names.setdefault(name, [len(names) + 1, [0, 0]])[1][side] += fen
        for name, (number, (debit, credit)) in names.items():
            put("INSERT INTO book_accounts VALUES (?, ?, ?, ?)", (number, name, debit, credit))
        for kind, ref, debit, credit, fen in self.transfers:
            put("INSERT INTO transfers (kind, ref, debit, credit, fen, terminal, wall_ms) VALUES (?, ?, ?, ?, ?, ?, 0)",
                (kind, ref, names[debit][0], names[credit][0], fen, TERMINAL))

    def _save_cabinet(self):
        cabinet, config = self.root / "cabinet", []
        for p in self.people.values():
            both = f'card_number = "{p.number}"\npurchase_number = {p.start}\n'
            config.append(f'[[card]]\nname = "{p.name}"\n{both}volume = 0\ntotal = 120000\nkind = "user"\nmeter = "m-{p.name}"\n'
                          f'[[meter]]\nname = "m-{p.name}"\nnumber = "1"\n{both}remaining = 12000\nused = 108000\n')
            (cabinet / f"card-{p.name}.eeprom").write_bytes(card_memory(p.number, p.purchase, p.volume, p.total))
            meter = {"number": "1", "card_number": p.number, "purchase_number": p.loaded, "remaining": p.remaining}
            (cabinet / f"meter-m-{p.name}.json").write_text(json.dumps(meter | {"used": 108000}))
        (self.root / "cabinet.toml").write_text("\n".join(config))
        notes = [{"id": index, "value": fen // 100, "channel": 1} for index, fen in enumerate(self.box, 1)]
        (cabinet / "validator.json").write_text(json.dumps({"stacker": notes[1:], "collected": notes[:1]}))
        (cabinet / "printer-next").write_text(str(self.pieces + 1))
