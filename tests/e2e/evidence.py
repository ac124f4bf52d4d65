"""What programs have on disk, read while they run or after they were killed; nothing is written to it."""

import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile

from stage import SOURCE, Failed, wait_until

IDLE = {"TerminalStarted", "AcceptorConnected", "SessionOpened", "CustomerIdentified", "Incident"}
PENDING = 0  # top_ups.state


def query(path, sql, *values):
    """On a copy: a dead program's write-ahead log stays as it died."""
    for _ in range(5):
        with tempfile.TemporaryDirectory(prefix="evidence-") as folder:
            target = pathlib.Path(folder) / path.name
            for ending in ("", "-wal"):
                source = path.with_name(path.name + ending)
                if source.exists():
                    shutil.copy(source, target.with_name(target.name + ending))
            try:
                database = sqlite3.connect(target)
                try:
                    return database.execute(sql, values).fetchall()
                finally:
                    database.close()
            except sqlite3.DatabaseError as error:  # copied in the middle of a checkpoint
                problem = error
    raise Failed(f"{path}: {problem}")


def journal(stage, after=0):
    """(seq, kind, body) of the records after `after`."""
    rows = query(stage.root / "kiosk" / "journal.db", "SELECT seq, kind, body FROM records WHERE seq > ? ORDER BY seq", after)
    return [(seq, kind, json.loads(body)) for seq, kind, body in rows]


def last_seq(stage):
    return query(stage.root / "kiosk" / "journal.db", "SELECT coalesce(max(seq), 0) FROM records")[0][0]


def confirmed(stage):
    rows = query(stage.ledger_folder / "ledger.db", "SELECT last_contiguous FROM terminals WHERE terminal = ?", stage.terminal)
    return rows[0][0] if rows else 0


def open_matters(stage):
    """Sessions without an end, notes without an outcome and documents without one, from the journal."""
    found = set()
    for _, kind, body in journal(stage):
        if kind == "SessionOpened":
            found.add(f"session {body['session']}")
        elif kind == "SessionEnded":
            found.discard(f"session {body['session']}")
        elif kind == "NoteStacking":
            found.add(f"note {body['note']}")
        elif kind in ("NoteStacked", "NoteReturned", "NoteInDoubt"):
            found.discard(f"note {body['note']}")
        elif kind == "DocumentIntended":
            found.add(f"document {body['document']['number']}")
        elif kind in ("DocumentPrinted", "DocumentVoided"):
            found.discard(f"document {body['number']}")
    return sorted(found)


def pending(stage, card_number=None):
    """Top-ups that are paid and not known to be on their card."""
    rows = query(stage.ledger_folder / "ledger.db", "SELECT card_number, number FROM top_ups WHERE state = ?", PENDING)
    return [row for row in rows if card_number in (None, row[0])]


def delivered(stage):
    return confirmed(stage) == last_seq(stage)


def wait_delivered(stage, seconds=60):
    wait_until("the ledger to have every record", lambda: delivered(stage), seconds)


def judged(stage):
    """The independent judge's words; it may meet a run in the middle of a checkpoint, so it is asked twice."""
    for _ in range(2):
        done = subprocess.run([str(SOURCE / "packaging" / "judge"), str(stage.root)], capture_output=True, text=True)
        if done.returncode == 0:
            break
    lines = (done.stdout + done.stderr).strip().splitlines()
    return done.returncode == 0, lines[-1] if lines else "no word"


def audited(stage):
    done = stage.ledger("audit", check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return done.returncode == 0, lines[-1] if lines else "no word"
