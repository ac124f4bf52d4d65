"""The customers of the demo: each is a function that plays one visit to the terminal, by touches, notes and a card, and
says in one line what became of it. Pictures of every screen go into the stage's out folder."""

import json
import os
import signal

from stage import Failed, wait_until


def to_amount(stage, card, name):
    stage.wait_screen("home", "attract")
    if stage.screen()["screen"] == "attract":
        stage.tap("attract.start")
    stage.wait_screen("home")
    stage.picture(f"{name}-home")
    stage.tap("home.top_up")
    stage.wait_screen("insert_card")
    stage.picture(f"{name}-insert-card")
    stage.cabinet(f"card insert {card}")
    stage.wait_screen("account")
    stage.picture(f"{name}-account")
    stage.tap("account.continue")
    stage.wait_screen("amount")
    stage.picture(f"{name}-amount")


def to_cash(stage, card, name, goal="amount.quick.15000"):
    to_amount(stage, card, name)
    stage.tap(goal)
    stage.wait_screen("cash")


def feed(stage, *values):
    for value in values:
        before = stage.stacked()
        stage.note(value)
        wait_until(f"the note of {value} to be stacked", lambda before=before: stage.stacked() == before + 1)


def to_confirm(stage, name):
    stage.tap("cash.finish")
    stage.wait_screen("confirm")
    stage.picture(f"{name}-confirm")


def leave(stage, name, seconds=60):
    """Result page with a printed slip, then the card."""
    stage.wait_screen("result", seconds=seconds)
    stage.wait_text("请取走凭条", 60)
    stage.picture(f"{name}-result")
    stage.tap("result.finish")
    shown = stage.wait_screen("take_card", "home")
    if shown["screen"] == "take_card":
        stage.picture(f"{name}-take-card")
        stage.cabinet("card remove")
    stage.wait_screen("home")


def on_card(stage, card):
    return stage.cabinet(f"card show {card}")


def clean_top_up(stage, card):
    number = on_card(stage, card)["purchase_number"]
    to_cash(stage, card, "clean")
    stage.picture("clean-cash-empty")
    feed(stage, 100)
    stage.wait_text("共 100 元")
    stage.picture("clean-cash-100")
    feed(stage, 50)
    stage.wait_text("共 150 元")
    stage.picture("clean-cash-150")
    to_confirm(stage, "clean")
    stage.tap("confirm.pay")
    leave(stage, "clean")
    after = on_card(stage, card)
    if after["purchase_number"] != number + 1:
        raise Failed(f"the card has purchase {after['purchase_number']}, not {number + 1}")
    return f"¥150 -> {after['volume'] / 1000:.2f} m³ on the card, purchase {after['purchase_number']}"


def cancel_with_note_in_escrow(stage, card):
    to_cash(stage, card, "cancel")
    before = stage.stacked()
    stage.note(100)  # drawn in; the customer changes her mind before it has come to escrow
    stage.tap("cash.cancel")
    wait_until("the note in the mouth", lambda: stage.cabinet("note take", check=False).get("ok"), 30)
    shown = stage.wait_screen("take_card", "home", "result", "cash")
    if shown["screen"] == "take_card":
        stage.picture("cancel-take-card")
        stage.cabinet("card remove")
    stage.wait_screen("home")
    if stage.stacked() != before:
        raise Failed("the note was stacked")
    return "note given back, nothing booked"


def card_pulled_during_write(stage, card):
    number = on_card(stage, card)["purchase_number"]
    to_cash(stage, card, "pulled", "amount.quick.10000")
    feed(stage, 100)
    to_confirm(stage, "pulled")
    stage.cabinet("at card.torn-update do card remove")
    stage.tap("confirm.pay")
    stage.wait_screen("card_out", seconds=60)
    stage.picture("pulled-card-out")
    stage.cabinet(f"card insert {card}")
    leave(stage, "pulled")
    after = on_card(stage, card)
    if after["purchase_number"] != number + 1:
        raise Failed(f"the card has purchase {after['purchase_number']}, not {number + 1}")
    return f"torn write, brought back: purchase {after['purchase_number']} on the card, {after['volume'] / 1000:.2f} m³"


def paper_out(stage, card):
    to_cash(stage, card, "paper", "amount.quick.5000")
    feed(stage, 50)
    to_confirm(stage, "paper")
    stage.cabinet("at printer.byte-400 do printer paper out")
    stage.tap("confirm.pay")
    stage.wait_screen("result", seconds=60)
    wait_until("the terminal to see that paper is out", lambda: not stage.cabinet("state")["printer"].get("online", True)
               if "printer" in stage.cabinet("state") else True)
    stage.picture("paper-out")
    stage.cabinet("printer paper ok")
    wait_until("the receipt that replaces the spoiled one",
               lambda: any("补打" in line for line in stage.cabinet("printer last").get("text", [])), 60)
    leave(stage, "paper", 60)
    return "receipt spoiled, voided and replaced by the next number"


def uplink_gone(stage, card):
    to_cash(stage, card, "uplink", "amount.quick.10000")
    stage.processes["ledger"].process.send_signal(signal.SIGSTOP)
    feed(stage, 50)
    stage.wait_screen("uplink_wait", seconds=60)
    stage.picture("uplink-wait")
    stage.processes["ledger"].process.send_signal(signal.SIGCONT)
    stage.wait_screen("confirm", seconds=60)
    stage.tap("confirm.pay")
    leave(stage, "uplink")
    return "waited, uplink came back, topped up"


def not_loaded_yet(stage, card):
    """The card still carries its last purchase (G1): no sale, and what to do; after the meter took it, she may buy."""
    stage.wait_screen("home")
    stage.tap("home.top_up")
    stage.wait_screen("insert_card")
    stage.cabinet(f"card insert {card}")
    stage.wait_screen("not_sold")
    stage.picture("not-loaded")
    loaded = stage.cabinet(f"meter load m-{card}")["loaded"]
    stage.wait_screen("home")
    again = stage.cabinet(f"meter load m-{card}")
    if loaded <= 0 or again["loaded"] != 0:
        raise Failed(f"the meter took {loaded} litres, then {again}")
    return f"sent home to load {loaded / 1000:.2f} m³; the meter took it once"


def english_help(stage, card):
    del card
    stage.wait_screen("home", "attract")
    stage.tap("common.language")
    wait_until("English", lambda: stage.screen()["language"] == "en")
    stage.picture("english-home")
    stage.tap("common.smell_gas")
    wait_until("the gas warning", lambda: stage.screen().get("overlay") == "smell_gas")
    stage.picture("english-smell-gas")
    stage.tap("overlay.close")
    stage.tap("common.language")
    wait_until("Chinese", lambda: stage.screen()["language"] == "zh")
    return "English and the gas warning by one touch each"


def nobody_there(stage, card):
    del card
    stage.wait_screen("attract", seconds=60)
    stage.picture("attract")
    stage.tap("attract.start")
    stage.wait_screen("home")
    return "the attract screen with safety advice, and back by one touch"


VISITS = [
    ("clean ¥150 top-up", clean_top_up, "wang"),
    ("cancel with a note in escrow", cancel_with_note_in_escrow, "li"),
    ("card pulled during the write, brought back", card_pulled_during_write, "li"),
    ("paper out during the receipt", paper_out, "chen"),
    ("uplink gone for a while", uplink_gone, "zhou"),
    ("last purchase not yet in the meter", not_loaded_yet, "zhao"),
    ("nobody there", nobody_there, None),
    ("English, smell gas", english_help, None),
]
