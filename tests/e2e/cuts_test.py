"""Cuts and bad answers at the worst moments, without killing anybody: line, power, card, reader, paper, and a ledger that
stands still, refuses or talks nonsense. Each ends with the terminal at home, nothing open, and the money laws holding."""

import os
import signal

import cases
import customers
import evidence
from cases import require
from settle import Customer, card_out
from stage import PlainStage, wait_until

CARDS = ("wang", "li", "zhou", "chen")
NOTE_POINTS = ("validator.escrow", "validator.before-stack", "validator.stacking", "validator.stacked-unreported",
               "validator.credit-sent")
WRITE_POINTS = ("card.before-challenge", "card.before-update", "card.torn-update", "card.after-update",
                "card.after-update-answer", "card.before-readback")
PAPER_POINTS = ("printer.byte-1", "printer.byte-400", "printer.before-cut")
ANSWERS = ("401", "403", "409", "500", "garbage", "rubbish", "drop", "silence")


def hundred_in(stage, card):
    customers.to_cash(stage, card, "cut")
    customers.feed(stage, 100)


def to_confirm(stage, card):
    hundred_in(stage, card)
    stage.tap("cash.finish")
    stage.wait_screen("confirm")


def reached(stage, point, before):
    wait_until(f"{point} to be reached", lambda: count(stage, point) > before, 60)


def count(stage, point):
    return stage.cabinet(f"wait {point} 0")["count"]


def note_cut(stage, card, point, cut, mend):
    """The second note is on its way when the line or the power goes."""
    hundred_in(stage, card)
    before = count(stage, point)
    stage.cabinet(f"at {point} do {cut}")
    stage.note(50)
    reached(stage, point, before)
    wait_until("the terminal to notice", lambda: stage.screen()["screen"] != "cash", 30)
    stage.cabinet(mend)


def card_cut(stage, card, point, cut, mend):
    to_confirm(stage, card)
    before = count(stage, point)
    stage.cabinet(f"at {point} do {cut}")
    stage.tap("confirm.pay")
    reached(stage, point, before)
    if mend == "reader plug":
        stage.wait_screen("card_out", "out_of_service", "result", "confirm", seconds=60)
        stage.cabinet(mend)


def paper_cut(stage, card, point, cut, mend):
    to_confirm(stage, card)
    before = count(stage, point)
    stage.cabinet(f"at {point} do {cut}")
    stage.tap("confirm.pay")
    reached(stage, point, before)
    stage.wait_screen("result", seconds=60)
    stage.cabinet(mend)


def ledger_stands(stage, card, seconds):
    """SIGSTOP when the card's challenge is there, before authorise can be asked."""
    to_confirm(stage, card)
    ledger = stage.processes["ledger"]
    stage.cabinet(f"at card.after-challenge do stop {ledger.pid}")
    stage.tap("confirm.pay")
    stage.wait_screen("working")
    try:
        if seconds > 20:  # longer than the customer is kept
            stage.wait_screen("result", "card_out", seconds=90)
        else:
            wait_until("authorise to be under way", lambda: any(
                kind == "AuthoriseIntended" for _, kind, _ in evidence.journal(stage, stage.begun)), 30)
    finally:
        ledger.process.send_signal(signal.SIGCONT)


def bad_answers(stage, card, what, after):
    """One bad answer to authorise and seal (asked because the first write is torn) and two to facts."""
    to_confirm(stage, card)
    for number, path in ((1, "/v1/authorise"), (1, "/v1/seal"), (2, "/v1/facts")):
        stage.ledger_fault(f"answer {what} {number} {path}{after}")
    stage.cabinet("at card.torn-update do card remove")
    stage.tap("confirm.pay")
    stage.wait_screen("card_out", "result", "out_of_service", seconds=90)


def bad_void(stage, card, what, after):
    """Three writes that never reach the card; the void's answer is bad once."""
    to_confirm(stage, card)
    stage.ledger_fault(f"answer {what} 1 /v1/void{after}")
    stage.cabinet("at card.before-update do card remove")
    stage.tap("confirm.pay")
    for _ in range(2):
        stage.wait_screen("card_out", seconds=60)
        before = count(stage, "card.before-update")
        stage.cabinet("at card.before-update do card remove")
        stage.cabinet(f"card insert {card}")
        reached(stage, "card.before-update", before)
    stage.wait_screen("card_out", seconds=60)


def kept(stage, before):
    """M10: what was in the journal is in it."""
    rows = evidence.query(stage.root / "kiosk" / "journal.db", "SELECT seq, hash FROM records ORDER BY seq")
    require(rows[:len(before)] == before, "records of the journal are gone or changed")
    return rows


def visit(stage, card, cut, *values):
    stage.wait_screen("home", "attract", seconds=90)
    stage.begun = evidence.last_seq(stage)
    before = kept(stage, [])
    cut(stage, card, *values)
    customer = Customer(stage, card).settle()
    stage.ledger_fault("clear")
    evidence.wait_delivered(stage, 90)
    kept(stage, before)
    good, words = evidence.judged(stage)
    require(good, words)
    card_out(stage)
    stage.cabinet(f"meter load m-{card}")
    records = evidence.journal(stage, stage.begun)
    ends = [body["ending"] for _, kind, body in records if kind == "SessionEnded"]
    return f"{', '.join(ends)}; pages {' '.join(customer.pages)}"


def note_cuts():
    for point in NOTE_POINTS:
        yield f"line cut at {point}", note_cut, point, "validator line cut", "validator line plug"
        yield f"acceptor without power at {point}", note_cut, point, "validator power off", "validator power on"


def device_cuts():
    for point in WRITE_POINTS:
        yield f"card pulled at {point}", card_cut, point, "card remove", ""
        yield f"reader unplugged at {point}", card_cut, point, "reader unplug", "reader plug"
    for point in PAPER_POINTS:
        yield f"printer without power at {point}", paper_cut, point, "printer power off", "printer power on"
    yield "paper out", paper_cut, "printer.byte-400", "printer paper out", "printer paper ok"
    yield "cutter jam", paper_cut, "printer.before-cut", "printer cutter jam", "printer cutter ok"
    yield "ledger stands for a moment during authorise", ledger_stands, 5
    yield "ledger stands for longer than the customer", ledger_stands, 60


def all_answers():
    for after in ("", " after"):
        for what in ANSWERS:
            yield f"answer {what}{after}", bad_answers, what, after
    for what, after in (("500", " after"), ("409", ""), ("silence", ""), ("garbage", " after")):
        yield f"void answered {what}{after}", bad_void, what, after


def play(counted, options, name, cuts):
    chosen = [cut for cut in cuts if not options.only or options.only in cut[0]]
    with PlainStage(options.dir / name, options.build) as stage:
        stage.prepare()
        stage.start()
        for index, (title, cut, *values) in enumerate(chosen):
            card = CARDS[index % len(CARDS)]
            if not counted.run(title, visit, stage, card, cut, *values):
                revive(counted, stage, card)
        evidence.wait_delivered(stage)
        stage.processes["kiosk"].stop()
        counted.say(f"{name}: the independent judge", *evidence.judged(stage))
        counted.say(f"{name}: the ledger's audit", *evidence.audited(stage))


def revive(counted, stage, card):
    stage.ledger_fault("clear")
    for line in ("validator line plug", "validator power on", "reader plug", "printer power on", "printer paper ok",
                 "printer cutter ok"):
        stage.cabinet(line, check=False)
    cases.Cases("revive").run(card, lambda: Customer(stage, card).settle(60).pages)
    card_out(stage)
    stage.cabinet(f"meter load m-{card}", check=False)


SETS = {"notes": note_cuts, "devices": device_cuts, "answers": all_answers}


def work(options):
    counted = cases.Cases("cut")
    for name in options.set.split(","):
        counted.run(f"{name} stage", play, counted, options, name, list(SETS[name]()))
    return counted.end()


if __name__ == "__main__":
    os.umask(0o077)
    cases.main(work, set={"default": ",".join(SETS)})
