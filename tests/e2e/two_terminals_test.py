"""Two terminals of one ledger and one card: pulled during the write at the first, put into the second, which finishes what
was paid at the first."""

import os
import shutil

import cases
import customers
import evidence
from cases import require
from settle import Customer, card_out
from stage import PlainStage


def carry(card, here, there):
    """The card goes from one cabinet into the customer's hand at the other one. A cabinet reads its cards when it starts."""
    cabinet = there.processes["cabinet"]
    cabinet.stop()
    there.wait_screen("out_of_service", seconds=30)
    for name in (f"card-{card}.eeprom", f"meter-m-{card}.json"):
        shutil.copy(here.root / "cabinet" / name, there.root / "cabinet" / name)
    cabinet.start()
    there.wait_screen("home", "attract", seconds=60)


def pull_during_write(stage, card, point):
    customers.to_cash(stage, card, "two")
    customers.feed(stage, 100)
    stage.tap("cash.finish")
    stage.wait_screen("confirm")
    stage.cabinet(f"at {point} do card remove")
    stage.tap("confirm.pay")
    stage.wait_screen("card_out", seconds=60)


def give_up(stage, card):
    """She does not bring it back: a slip says that the top-up is pending."""
    stage.tap("common.cancel")
    return Customer(stage, card, stays_away=True).settle(pending_may_stay=True)


def finish_elsewhere(stage, card):
    stage.cabinet(f"card insert {card}")
    stage.wait_screen("result", seconds=60)
    return Customer(stage, card).settle()


def endings(stage, begun):
    return [body["ending"] for _, kind, body in evidence.journal(stage, begun) if kind == "SessionEnded"]


def finished_at_second(first, second, card, point, leaves_first):
    begun = evidence.last_seq(first), evidence.last_seq(second)
    number = first.cabinet(f"card show {card}")["purchase_number"]
    pull_during_write(first, card, point)
    if leaves_first:
        give_up(first, card)
    carry(card, first, second)
    finish_elsewhere(second, card)
    if not leaves_first:
        give_up(first, card)
    shown = second.cabinet(f"card show {card}")
    require(shown["purchase_number"] == number + 1, f"the card has purchase {shown['purchase_number']}, not {number + 1}")
    require(not evidence.pending(second), f"still pending: {evidence.pending(second)}")
    carry(card, second, first)
    for stage in (first, second):
        evidence.wait_delivered(stage)
        good, words = evidence.judged(stage)
        require(good, f"{stage.terminal}: {words}")
    ends = endings(first, begun[0]), endings(second, begun[1])
    require(ends[0] == ["PendingOnCard"] and ends[1] == ["Delivered"], f"the sessions ended with {ends}")
    return f"{first.terminal} {', '.join(ends[0])}; {second.terminal} {', '.join(ends[1])}"


def buys_again(first, second, card):
    """Loaded into the meter, the card buys at the second terminal as if nothing had been."""
    first.cabinet(f"meter load m-{card}")
    carry(card, first, second)
    customers.clean_top_up(second, card)
    carry(card, second, first)
    return f"purchase {first.cabinet(f'card show {card}')['purchase_number']}"


def work(options):
    counted = cases.Cases("two terminals")
    with PlainStage(options.dir / "T0042", options.build) as first:
        first.prepare()
        first.start()
        with PlainStage(options.dir / "T0043", options.build, terminal="T0043", town=first) as second:
            second.prepare()
            second.start()
            for stage in (first, second):
                stage.wait_screen("home", "attract", seconds=90)
            counted.run("torn, given up, finished at the other", finished_at_second, first, second, "wang", "card.torn-update",
                        True)
            counted.run("torn, finished at the other while the first waits", finished_at_second, first, second, "li",
                        "card.torn-update", False)
            counted.run("written unseen, found at the other", finished_at_second, first, second, "zhou",
                        "card.after-update", True)
            counted.run("the card buys at the other", buys_again, first, second, "wang")
            for stage in (first, second):
                evidence.wait_delivered(stage)
                card_out(stage)
                counted.say(f"{stage.terminal}: the independent judge", *evidence.judged(stage))
            counted.say("the ledger's audit", *evidence.audited(first))
    return counted.end()


if __name__ == "__main__":
    os.umask(0o077)
    cases.main(work)
