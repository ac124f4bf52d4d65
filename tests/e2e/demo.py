"""Plays the demo: scripted customers without a display, or everything started for playing by hand."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import traceback

import customers
from photographer import Photographer
from stage import SOURCE, Failed, Process, Stage, wait_until


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--by-hand", action="store_true")
    parser.add_argument("--only", help="one visit, by a part of its name")
    return parser.parse_args()


def play_visits(stage, only):
    rows = []
    for name, visit, card in customers.VISITS:
        if only and only not in name:
            continue
        begun = time.monotonic()
        try:
            result, good = visit(stage, card), True
        except (Failed, OSError, KeyError) as failed:
            result, good = f"{failed}", False
            traceback.print_exc()
            stage.picture("failed")
        rows.append((name, good, result, time.monotonic() - begun))
        print(f"{'ok  ' if good else 'FAIL'} {name}: {result}", flush=True)
        if not good:
            break
    return rows


def listens_nowhere(stage):
    """The kiosk takes touches from the X server and from nobody else."""
    pid = stage.processes["kiosk"].pid
    sockets = subprocess.run(["ss", "-Hxltunp"], capture_output=True, text=True).stdout
    return not any(f"pid={pid}," in line for line in sockets.splitlines())


def wait_for_delivery(stage):
    """The outbox is empty when the ledger has every journal line."""
    def delivered():
        lines = stage.kiosk("journal", "verify").stdout.split()
        terminals = json.loads(stage.ledger("terminal", "list", "--json").stdout)
        return any(t["terminal"] == stage.terminal and t["last_contiguous"] == int(lines[0]) for t in terminals)

    wait_until("the ledger to have every record", delivered, 90)


def collect(stage):
    """What the run leaves behind for people and for the judge."""
    out = stage.out
    for receipt in sorted((stage.root / "receipts").glob("*")):
        shutil.copy(receipt, out / f"receipt-{receipt.name}")
    (out / "journal.txt").write_text(stage.kiosk("journal", "print").stdout)
    (out / "journal-verify.txt").write_text(stage.kiosk("journal", "verify").stdout)
    audit = stage.ledger("audit", check=False)
    (out / "audit.txt").write_text(audit.stdout)
    (out / "audit.json").write_text(stage.ledger("audit", "--json", check=False).stdout)
    hashes = [subprocess.run([stage.program("pilotlight-kiosk"), "replay", str(stage.root / "kiosk" / "events.jsonl")],
                             capture_output=True, text=True).stdout.strip() for _ in range(2)]
    judge = subprocess.run([str(SOURCE / "packaging" / "judge"), str(stage.root)], capture_output=True, text=True)
    (out / "judge.txt").write_text(judge.stdout + judge.stderr)
    return [
        ("the ledger's audit", audit.returncode == 0, audit.stdout.strip().splitlines()[-1] if audit.stdout else audit.stderr),
        ("the independent judge", judge.returncode == 0, (judge.stdout or judge.stderr).strip().splitlines()[-1]),
        ("replaying the events twice", bool(hashes[0]) and hashes[0] == hashes[1], f"state {hashes[0][:16]}"),
    ]


def headless(options):
    width, height = (int(n) for n in options.size.split("x"))
    with Stage(options.dir, options.build, (width, height)) as stage:
        stage.attract_seconds = 25
        stage.prepare()
        stage.start()
        stage.wait_screen("home", "attract", seconds=90)
        photographer = Photographer(stage, stage.out / "screens")
        photographer.start()
        rows = play_visits(stage, options.only)
        missed = photographer.finish()
        rows.append(("a picture of every screen shown", len(missed) <= 3,
                     f"{len(photographer.taken)} screens" + (f"; too quick for a picture: {', '.join(missed)}" if missed else ""),
                     0.0))
        rows.append(("the kiosk listens nowhere", listens_nowhere(stage), "no listening socket", 0.0))
        wait_for_delivery(stage)
        stage.processes["kiosk"].stop()
        rows += [(name, good, words, 0.0) for name, good, words in collect(stage)]
    width = max(len(row[0]) for row in rows)
    table = "\n".join(f"{'ok  ' if good else 'FAIL'}  {name:<{width}}  {seconds:6.1f} s  {words}"
                      for name, good, words, seconds in rows)
    (stage.out / "summary.txt").write_text(table + "\n")
    print(f"\n{table}\n\nPictures, receipts, journal and audit: {stage.out}")
    return 0 if all(row[1] for row in rows) else 1


def by_hand(options):
    with Stage(options.dir, options.build) as stage:
        stage.prepare()
        stage._add("cabinet", [stage.program("pilotlight-cabinet"), "--config", str(stage.root / "cabinet.toml"),
                               "--control", str(stage.control), "--window"], ready="ready")
        stage.processes["cabinet"].start()
        stage.start_pcscd()
        kiosk = Process("kiosk", [stage.program("pilotlight-kiosk"), "--config", str(stage.config), "--windowed",
                                  options.size, "--ui-trace", str(stage.trace)], stage.root / "logs" / "kiosk.log",
                        env={"PCSCLITE_CSOCK_NAME": str(stage.pcscd_socket)})
        stage.processes["kiosk"] = kiosk.start()
        print("Put a card into the cabinet's slot and feed notes there; close the terminal's window to end.")
        kiosk.process.wait()
    return 0


def main():
    options = arguments()
    os.chdir(SOURCE)
    try:
        return by_hand(options) if options.by_hand else headless(options)
    except Failed as failed:
        print(f"demo: {failed}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
