"""The write-ahead law at the system calls: strace looks at the kiosk while a customer tops up, and the journal's fdatasync
must have come back before the frame that accepts a note, and before the command that writes the card, leave the process."""

import os
import re
import time

import cases
import customers
import evidence
from cases import require
from stage import Failed, PlainStage, wait_until

CALLS = "fdatasync,fsync,pwrite64,write,writev,read,sendto,sendmsg"
LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
STARTED = re.compile(r"^(\w+)\(\d+<(.*?)>(?:, )?(.*)$")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
BYTES = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
WRITES_CARD = bytes.fromhex("04d695")  # UPDATE BINARY of the purchase file, with MAC
STX, POLL, NOTE = 0x7F, 0x07, 0xEF


def spelt(text):
    """strace -xx also spells paths in hexadecimal."""
    if "\\x" not in text:
        return text
    return bytes.fromhex(text.replace("\\x", "")).decode(errors="replace")


class Call:
    """When a system call began and when it came back, by the line of the log; what went in or out."""

    def __init__(self, number, moment, name, path, rest):
        self.begun, self.moment, self.name, self.path, self.rest = number, moment, name, spelt(path), rest
        self.ended = None if "<unfinished" in rest else number

    def data(self):
        return b"".join(bytes.fromhex(part.replace("\\x", "")) for part in BYTES.findall(self.rest))

    def good(self):
        return self.ended is not None and re.search(r"= \d+", self.rest.rsplit(")", 1)[-1])


def read_log(path):
    calls, open_calls = [], {}
    with open(path, encoding="utf-8", errors="replace") as log:
        for number, line in enumerate(log):
            found = LINE.match(line.rstrip())
            if not found:
                continue
            thread, moment, what = found.group(1), float(found.group(2)), found.group(3)
            resumed, started = RESUMED.match(what), STARTED.match(what)
            if resumed and thread in open_calls:
                call = open_calls.pop(thread)
                call.ended, call.rest = number, call.rest + resumed.group(2)
            elif started:
                call = Call(number, moment, *started.groups())
                calls.append(call)
                if call.ended is None:
                    open_calls[thread] = call
    return calls


class Log:
    def __init__(self, path, device):
        self.calls = read_log(path)
        self.syncs = [c for c in self.calls if c.name in ("fdatasync", "fsync") and "journal.db" in c.path]
        self.pages = [c for c in self.calls if c.name == "pwrite64" and "journal.db" in c.path]
        self.device = device

    def written(self, words, after=-1):
        """The first page of the journal with these words in it."""
        return next((c for c in self.pages if c.begun > after and words in c.data()), None)

    def durable(self, words, after=-1):
        """The line at which the sync behind that page came back."""
        page = self.written(words, after)
        require(page, f"{words} is in no page that was written")
        sync = next((c for c in self.syncs if c.begun > page.begun), None)
        require(sync and sync.good(), f"nothing was synced behind {words}")
        return sync.ended

    def frames(self):
        """(line, command) of the frames sent to the acceptor; a command is the first byte of a frame's data."""
        for call in self.calls:
            if call.name in ("write", "writev") and call.path == self.device:
                data = call.data()
                if len(data) > 3 and data[0] == STX:
                    yield call.begun, data[3]

    def escrows(self):
        """Lines at which a note in escrow was told: event EF with a channel."""
        heard = b""
        for call in self.calls:
            if not call.path == self.device:
                continue
            if call.name in ("write", "writev"):
                heard = b""
            elif call.name == "read" and call.ended is not None:
                heard += call.data()
                if any(a == NOTE and 0 < b < 0x10 for a, b in zip(heard[3:], heard[4:])):
                    heard = b""
                    yield call.ended


def notes_wait(log, notes):
    """From the escrow event until the intention is durable no POLL leaves; then one does."""
    escrows, told = list(log.escrows()), []
    for note in notes:
        durable = log.durable(note.encode())
        page = log.written(note.encode())
        escrow = max((line for line in escrows if line < page.begun), default=None)
        require(escrow is not None, f"no escrow was told before note {note}")
        early = [line for line, command in log.frames() if command == POLL and escrow < line < durable]
        require(not early, f"a POLL left at line {early[:1]}, the sync of note {note} came back at {durable}")
        accept = next((line for line, command in log.frames() if command == POLL and line > durable), None)
        require(accept, f"no POLL accepted note {note}")
        told.append(f"escrow {escrow} < synced {durable} < POLL {accept}")
    return "; ".join(told)


def card_waits(log):
    durable = log.durable(b"WriteIntended")
    sent = [c.begun for c in log.calls if c.name in ("sendto", "sendmsg", "write", "writev") and WRITES_CARD in c.data()
            and "journal" not in c.path]
    require(sent, "no UPDATE BINARY was seen to leave")
    require(durable < sent[0], f"UPDATE BINARY left at line {sent[0]}, the sync came back at {durable}")
    return f"synced {durable} < UPDATE BINARY {sent[0]}"


def would_be_seen(log, notes):
    """Had the sync come back after the accepting POLL, the check would fail."""
    page = log.written(notes[0].encode())
    sync = next(c for c in log.syncs if c.begun > page.begun)
    kept, sync.ended = sync.ended, log.calls[-1].begun
    try:
        notes_wait(log, notes[:1])
    except Failed as failed:
        return f"seen: {failed}"
    finally:
        sync.ended = kept
    raise Failed("a late sync goes unseen")


def few_syncs(log, confirmed_at):
    verified = log.written(b"WriteVerified")
    require(verified, "the write was never verified")
    count = sum(1 for c in log.syncs if c.moment > confirmed_at and c.begun < verified.begun)
    require(1 <= count <= 3, f"{count} syncs of the journal between confirm and verification")
    return f"{count} syncs of the journal between confirm and verification"


def no_extra_pages(log):
    """Every page of the write-ahead log is behind a sync when the process rests."""
    last_page, last_sync = log.pages[-1].begun, log.syncs[-1].begun
    require(last_page < last_sync, "the last page was not synced")
    return f"{len(log.pages)} pages, {len(log.syncs)} syncs"


def work(options):
    counted = cases.Cases("write ahead")
    with PlainStage(options.dir / "stage", options.build) as stage:
        trace = stage.root / "strace.log"
        stage.kiosk_wrapper = ["strace", "-f", "-ttt", "-y", "-xx", "-s", "4200", "-e", f"trace={CALLS}", "-e", "signal=none",
                               "-o", str(trace)]
        stage.prepare()
        stage.start()
        stage.wait_screen("home", "attract", seconds=120)
        customers.to_cash(stage, "wang", "strace")
        customers.feed(stage, 100, 50)
        stage.tap("cash.finish")
        stage.wait_screen("confirm")
        confirmed_at = time.time()
        stage.tap("confirm.pay")
        customers.leave(stage, "strace", 90)
        wait_until("the slip to be recorded", lambda: not evidence.open_matters(stage), 30)
        notes = [body["note"] for _, kind, body in evidence.journal(stage) if kind == "NoteStacking"]
        device = os.path.realpath(stage.root / "validator")
        stage.stop()
        log = Log(trace, device)
        counted.run("the notes wait for the journal", notes_wait, log, notes)
        counted.run("a late sync would be seen", would_be_seen, log, notes)
        counted.run("the card waits for the journal", card_waits, log)
        counted.run("few syncs", few_syncs, log, confirmed_at)
        counted.run("nothing unsynced", no_extra_pages, log)
    return counted.end()


if __name__ == "__main__":
    os.umask(0o077)
    cases.main(work)
