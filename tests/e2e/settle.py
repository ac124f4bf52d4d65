"""What a customer does after something went wrong: takes back what is given back, finishes what can be finished, puts the
card in again if her top-up is still pending – until the terminal is free and nothing is open."""

import time

from evidence import open_matters, pending
from stage import Failed, wait_until

# On which page she touches what: the first of these that is there. She confirms what is paid and starts nothing new.
TOUCHES = {
    "attract": ("attract.start",),
    "insert_card": ("common.cancel", "common.back"),
    "account": ("common.cancel", "common.back"),
    "amount": ("common.cancel", "common.back"),
    "keypad": ("common.cancel", "common.back"),
    "cash": ("cash.finish", "cash.cancel"),
    "card_out": ("common.cancel",),
    "confirm": ("confirm.pay",),
    "result": ("result.finish",),
    "not_sold": ("notice.continue", "notice.cancel", "common.cancel"),
    "card_problem": ("notice.continue", "notice.cancel", "common.cancel"),
}


def in_slot(stage):
    return bool(stage.cabinet("state")["card_slot"]["inserted"])


def card_in(stage, card):
    if not in_slot(stage):
        stage.cabinet(f"card insert {card}", check=False)


def card_out(stage):
    if in_slot(stage):
        stage.cabinet("card remove", check=False)


class Customer:
    def __init__(self, stage, card, stays_away=False):
        """Who `stays_away` does not bring the card back."""
        self.stage, self.card, self.stays_away = stage, card, stays_away
        self.number = stage.cabinet(f"card show {card}")["card_number"]
        self.brought = time.monotonic()  # when the card was put back last
        self.visits = 0  # with a pending top-up
        self.pages = []

    def settle(self, seconds=150, pending_may_stay=False):
        """Until the terminal is at home, every session, note and document has its end, and nothing is pending."""
        end = time.monotonic() + seconds
        while True:
            shown = self.stage.screen()
            if shown and self.step(shown, pending_may_stay):
                return self
            if time.monotonic() > end:
                raise Failed(f"after {seconds} s the screen is {shown and shown['screen']} {shown and shown['texts'][:4]}, "
                             f"open: {open_matters(self.stage)}, pending: {pending(self.stage)}; it was {self.pages[-12:]}")
            time.sleep(0.05)  # between two looks

    def step(self, shown, pending_may_stay):
        page = shown["screen"]
        if not self.pages or self.pages[-1] != page:
            self.pages.append(page)
        self.stage.cabinet("note take", check=False)
        if page in ("home", "attract"):
            if open_matters(self.stage):
                return False
            if pending(self.stage, self.number) and not pending_may_stay:
                self.again()
                return False
            card_out(self.stage)
            return True
        if page == "take_card":
            card_out(self.stage)
        elif page == "card_out" and not self.stays_away:
            self.bring_back()
        else:
            self.touch(shown, TOUCHES.get(page, ()))
        return False

    def touch(self, shown, names):
        here = {target["id"] for target in shown["targets"]}
        if shown.get("overlay"):
            names = ("overlay.cancel", "overlay.back", "overlay.close")
        for name in names:
            if name in here:
                try:
                    self.stage.tap(name, seconds=1)
                    wait_until("another page", lambda: self.stage.screen() != shown, 2)
                except Failed:
                    pass  # the page has moved on, or says "not yet": looked at again
                return

    def bring_back(self):
        """A card that went in again before the reader saw it leave is not seen: then it goes out and in once more."""
        if in_slot(self.stage) and time.monotonic() > self.brought + 4:
            card_out(self.stage)
        elif not in_slot(self.stage):
            card_in(self.stage, self.card)
            self.brought = time.monotonic()

    def again(self):
        """With the paid top-up open, the card goes in anew."""
        self.visits += 1
        if self.visits > 4:
            raise Failed(f"the pending top-up is still open after {self.visits - 1} more visits")
        card_out(self.stage)
        self.stage.cabinet(f"card insert {self.card}")
        wait_until("the card to be read", lambda: self.stage.screen()["screen"] not in ("home", "attract"), 20)
