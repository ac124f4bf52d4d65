"""Real programs, many customers, and at random named points of every visit something is killed, cut, pulled or answered
wrongly. Several terminals at once, each with its own cabinet, ledger and screen; every visit ends with nothing open and
the independent judge saying that the laws hold. The same seed plans the same mishaps."""

import concurrent.futures
import os
import random
import time

import cases
import evidence
from cuts_test import ANSWERS, NOTE_POINTS, PAPER_POINTS, WRITE_POINTS
from kill_matrix_test import PROGRAMS
from settle import TOUCHES, Customer, card_in, card_out
from stage import Failed, PlainStage, wait_until

CARDS = ("wang", "li", "zhou", "chen")
BUYS = TOUCHES | {
    "home": ("home.top_up",),
    "account": ("account.continue",),
    "amount": ("amount.quick.15000",),
    "confirm": ("confirm.pay",),
    "cash": (),
    "result": (),
}
MENDS = ("validator line plug", "validator power on", "validator unjam", "reader plug", "printer power on", "printer paper ok",
         "printer cover close", "printer cutter ok")


def plan(chance):
    """One mishap: what is armed where, in the cabinet's words, or what the ledger's switch is told."""
    kind = chance.choice(("kill", "kill", "note", "card", "paper", "answer"))
    points = NOTE_POINTS + WRITE_POINTS + PAPER_POINTS
    if kind == "kill":
        return "kill", chance.choice(PROGRAMS), chance.choice(points)
    if kind == "note":
        return "at", chance.choice(NOTE_POINTS), chance.choice(
            ("validator line cut", "validator power off", "validator jam safe", "validator mute 2", "validator corrupt 2"))
    if kind == "card":
        return "at", chance.choice(WRITE_POINTS), chance.choice(("card remove", "reader unplug"))
    if kind == "paper":
        return "at", chance.choice(PAPER_POINTS), chance.choice(("printer power off", "printer paper out", "printer cover open"))
    path = chance.choice(("/v1/identify", "/v1/authorise", "/v1/facts"))
    return "answer", chance.choice(ANSWERS), path, chance.choice(("", " after"))


def arm(stage, mishap):
    if mishap[0] == "kill":
        _, program, point = mishap
        stage.cabinet(f"at {point} do kill {'cabinet' if program == 'cabinet' else stage.processes[program].pid}")
    elif mishap[0] == "at":
        stage.cabinet(f"at {mishap[1]} do {mishap[2]}")
    else:
        stage.ledger_fault(f"answer {mishap[1]} 1 {mishap[2]}{mishap[3]}")


class Buyer(Customer):
    """Tries to buy gas for as long as everything lives; leaves the rest to the one who settles."""

    def __init__(self, stage, card, notes):
        super().__init__(stage, card)
        self.notes = list(notes)

    def buy(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and all(self.stage.processes[name].running() for name in PROGRAMS):
            shown = self.stage.screen()
            page = shown["screen"] if shown else ""
            if page in ("take_card", "not_sold", "card_problem", "result"):
                return
            if page == "insert_card":
                card_in(self.stage, self.card)
            elif page == "card_out":
                self.bring_back()
            elif page == "cash":
                self.feed(shown)
            if shown:
                self.touch(shown, BUYS.get(page, ()))
            time.sleep(0.05)  # between two looks

    def feed(self, shown):
        self.stage.cabinet("note take", check=False)
        if self.notes:
            if self.stage.cabinet(f"note insert {self.notes[0]}", check=False).get("ok"):
                self.notes.pop(0)
        else:
            self.touch(shown, ("cash.finish",))


def revive(stage):
    stage.ledger_fault("clear")
    for name in PROGRAMS:
        if not stage.processes[name].running():
            stage.start_kiosk() if name == "kiosk" else stage.processes[name].start()
    for line in MENDS:
        stage.cabinet(line, check=False)


def session(stage, card, chance):
    stage.wait_screen("home", "attract", seconds=120)
    begun = evidence.last_seq(stage)
    mishaps = [plan(chance) for _ in range(chance.choice((1, 1, 2)))]
    notes = [chance.choice((10, 20, 50, 100)) for _ in range(chance.randint(1, 3))]
    try:
        for mishap in mishaps:
            arm(stage, mishap)
        Buyer(stage, card, notes).buy(45)
    except (Failed, OSError):
        pass  # what was armed has struck: what becomes of it is settled, and judged, below
    told = "; ".join(" ".join(mishap[1:]) for mishap in mishaps)
    try:
        revive(stage)
        Customer(stage, card).settle(200)
        evidence.wait_delivered(stage, 90)
        good, words = evidence.judged(stage)
        cases.require(good, words)
        card_out(stage)
        stage.cabinet(f"meter load m-{card}")  # a card with gas on it cannot buy (G1)
    except Failed as failed:
        raise Failed(f"{told}: {failed}") from failed
    ends = [body["ending"] for _, kind, body in evidence.journal(stage, begun) if kind == "SessionEnded"]
    return f"{told}: {', '.join(ends) or 'no session'}"


def lane(counted, options, number):
    chance = random.Random(f"{options.seed}-{number}")
    share = options.sessions // options.cabinets
    with PlainStage(options.dir / str(number), options.build) as stage:
        stage.prepare()
        stage.start()
        for index in range(share):
            counted.run(f"cabinet {number} visit {index}", session, stage, CARDS[index % len(CARDS)], chance)
        evidence.wait_delivered(stage)
        stage.processes["kiosk"].stop()
        counted.say(f"cabinet {number}: the independent judge", *evidence.judged(stage))
        counted.say(f"cabinet {number}: the ledger's audit", *evidence.audited(stage))


def work(options):
    counted = cases.Cases("chaos")
    with concurrent.futures.ThreadPoolExecutor(options.cabinets) as lanes:
        for done in [lanes.submit(counted.run, f"cabinet {n}", lane, counted, options, n) for n in range(options.cabinets)]:
            wait_until("a cabinet to come to its end", done.done, 60 * options.sessions)
    return counted.end()


if __name__ == "__main__":
    os.umask(0o077)
    cases.main(work, seed={"type": int, "default": 1}, sessions={"type": int, "default": 60},
               cabinets={"type": int, "default": 2})
