"""Kills each program at every named point of the path, restarts it and lets the customer come to her end. Prints what the
journal ended with at each death: money was under way at every one of them, or the case has failed."""

import os
import signal

import cases
import customers
import evidence
from cases import require
from settle import Customer, card_out
from stage import PlainStage, wait_until

PROGRAMS = ("kiosk", "cabinet", "ledger")
CARDS = ("wang", "li", "zhou", "chen")

# point: what the journal must hold of this visit when the kiosk dies there (M4), and what it cannot hold yet.
POINTS = {
    "validator.escrow": ("NoteStacked 10000", "NoteStacked 5000"),
    "validator.before-stack": ("NoteStacking 5000", "NoteStacked 5000"),
    "validator.stacking": ("NoteStacking 5000", "NoteStacked 5000"),
    "validator.stacked-unreported": ("NoteStacking 5000", "NoteStacked 5000"),
    "validator.credit-sent": ("NoteStacking 5000", "AuthoriseIntended"),
    "card.before-challenge": ("NoteStacked 10000", "TopUpAuthorised"),
    "card.after-challenge": ("NoteStacked 10000", "TopUpAuthorised"),
    "card.before-update": ("WriteIntended", "WriteVerified"),
    "card.torn-update": ("WriteIntended", "WriteVerified"),
    "card.after-update": ("WriteIntended", "WriteVerified"),
    "card.after-update-answer": ("WriteIntended", "WriteVerified"),
    "card.before-readback": ("WriteIntended", "WriteVerified"),
    "printer.byte-1": ("DocumentIntended", "DocumentPrinted"),
    "printer.byte-400": ("DocumentIntended", "DocumentPrinted"),
    "printer.before-cut": ("DocumentIntended", "DocumentPrinted"),
    "printer.after-cut": ("DocumentIntended", ""),
}


def named(record):
    _, kind, body = record
    return f"{kind} {body['value']}" if kind.startswith("Note") else kind


def arm(stage, program, point):
    victim = "cabinet" if program == "cabinet" else stage.processes[program].pid
    stage.cabinet(f"at {point} do kill {victim}")


def play_to_death(stage, program, point, card, begun):
    """Up to where the point is reached: 100 yuan are in the box, 50 more or the card or the paper are under way."""
    customers.to_cash(stage, card, "kill")
    customers.feed(stage, 100)
    # Its credit may still be on the way, and would be taken for the second note's.
    wait_until("the first note to be credited", lambda: "NoteStacked" in [
        kind for _, kind, _ in evidence.journal(stage, begun)])
    process = stage.processes[program]
    if point.startswith("validator."):
        arm(stage, program, point)
        wait_until("the slot to take the note", lambda: not process.running() or
                   (stage.cabinet_may_die("note insert 50") or {}).get("ok"))
    else:
        stage.tap("cash.finish")
        stage.wait_screen("confirm")
        arm(stage, program, point)
        stage.tap("confirm.pay")
    wait_until(f"the {program} to be killed at {point}", lambda: not process.running(), 60)
    require(process.process.returncode == -signal.SIGKILL, f"the {program} ended with {process.process.returncode}")


def tail_at_death(stage, program, point, begun):
    """The visit's records, judged: something irreversible was under way, and at the kiosk's death exactly this far."""
    records = [named(record) for record in evidence.journal(stage, begun)]
    told = " ".join(records[-3:])
    require(any(record.split()[0] not in evidence.IDLE for record in records), f"an idle journal at death: {told}")
    must, never = POINTS[point]
    require(must in records, f"{must} is not in the journal at death: {told}")
    if program == "kiosk" and never:
        require(never not in records, f"{never} is in the journal already: {told}")
    return told


def visit(stage, program, point, card, table):
    stage.wait_screen("home", "attract", seconds=90)
    begun = evidence.last_seq(stage)
    play_to_death(stage, program, point, card, begun)
    table[point] = tail_at_death(stage, program, point, begun)
    if program == "kiosk":
        stage.start_kiosk()
    else:
        stage.processes[program].start()
    customer = Customer(stage, card).settle()
    evidence.wait_delivered(stage)
    good, words = evidence.judged(stage)
    require(good, words)
    ends = [body["ending"] for _, kind, body in evidence.journal(stage, begun) if kind == "SessionEnded"]
    card_out(stage)
    stage.cabinet(f"meter load m-{card}")  # a card with gas on it cannot buy (G1)
    return f"{table[point]} -> {', '.join(ends)}" + (f", {customer.visits} more visits" if customer.visits else "")


def matrix(counted, options, program, tables):
    table = tables[program] = {}
    points = [point for point in POINTS if not options.only or options.only in point]
    with PlainStage(options.dir / program, options.build) as stage:
        stage.prepare()
        stage.start()
        for index, point in enumerate(points):
            card = CARDS[index % len(CARDS)]
            if not counted.run(f"{program} killed at {point}", visit, stage, program, point, card, table):
                revive(stage, card)
        evidence.wait_delivered(stage)
        stage.processes["kiosk"].stop()
        counted.say(f"{program}: the independent judge", *evidence.judged(stage))
        counted.say(f"{program}: the ledger's audit", *evidence.audited(stage))


def revive(stage, card):
    """After a failed case, so that the ones behind it are still told."""
    for name in PROGRAMS:
        if not stage.processes[name].running():
            stage.start_kiosk() if name == "kiosk" else stage.processes[name].start()
    cases.Cases("revive").run(card, lambda: Customer(stage, card).settle(60).pages)
    card_out(stage)
    stage.cabinet(f"meter load m-{card}", check=False)


def work(options):
    counted, tables = cases.Cases("kill"), {}
    for program in options.program.split(","):
        counted.run(f"{program} stage", matrix, counted, options, program, tables)
    print("\nthe journal's end at death")
    for program, table in tables.items():
        for point, told in table.items():
            print(f"{program:8} {point:30} {told}")
    return counted.end()


if __name__ == "__main__":
    os.umask(0o077)
    cases.main(work, program={"default": ",".join(PROGRAMS)})
