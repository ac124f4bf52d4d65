"""What a terminal must not do: play the demo at a production ledger, write a trace in production, run twice on one journal."""

import os
import re
import subprocess

import cases
from cases import require
from stage import PlainStage


class ProductionStage(PlainStage):
    """A production ledger with nobody in it."""

    def _found_town(self):
        self.ledger("init", "--production")

    def ledger_options(self):
        return []  # it takes no orders to misbehave

    def _write_cabinet_config(self, data):
        del data  # card keys of a production ledger are not for a cabinet

    def configure(self, mode):
        text = self.config.read_text()
        self.config.write_text(re.sub(r'^mode = "\w+"', f'mode = "{mode}"', text, flags=re.MULTILINE))


def refused(stage, words, *more):
    """It ends by itself, unsuccessfully, and says why."""
    done = subprocess.run([stage.program("pilotlight-kiosk"), "--config", str(stage.config), *more],
                          capture_output=True, text=True, timeout=60,
                          env={**os.environ, **stage.kiosk_environment()})
    said = (done.stderr + done.stdout).strip()
    require(done.returncode == 1, f"it ended with {done.returncode}: {said}")
    require(words in said, f"it said: {said}")
    return said.splitlines()[-1]


def no_demo_at_production(stage):
    stage.configure("demo")
    words = refused(stage, "enrolled at a production ledger")
    require(not (stage.root / "kiosk" / "events.jsonl").exists(), "it wrote a log of events")
    return words


def no_trace_in_production(stage):
    stage.configure("production")
    words = refused(stage, "--ui-trace", "--ui-trace", str(stage.trace))
    require(not stage.trace.exists(), "it wrote a trace")
    return words


def no_faults_at_production(stage):
    done = stage.run(stage.program("pilotlight-ledger"), "serve", "--dir", str(stage.ledger_folder), "--listen",
                     "127.0.0.1:0", "--public", "", "--fault-socket", str(stage.faults), check=False)
    require(done.returncode != 0, "a production ledger took a fault socket")
    return (done.stderr or done.stdout).strip().splitlines()[-1]


def one_at_a_time(stage):
    stage.wait_screen("home", "attract", seconds=90)
    words = refused(stage, "", "--ui-trace", str(stage.root / "second-trace.jsonl"))
    require(words, "it said nothing")
    require(stage.processes["kiosk"].running(), "the first one has ended")
    stage.tap("attract.start" if stage.screen()["screen"] == "attract" else "common.language")
    return words


def after_a_kill(stage):
    """The lock dies with its owner."""
    stage.processes["kiosk"].kill()
    stage.start_kiosk()
    stage.wait_screen("home", "attract", seconds=90)
    return "started again"


def listens_nowhere(stage):
    pid = stage.processes["kiosk"].pid
    sockets = subprocess.run(["ss", "-Hxltunp"], capture_output=True, text=True).stdout
    require("pid=" in sockets, "ss names no process")
    require(f"pid={pid}," not in sockets, "the kiosk listens")
    return "no listening socket"


def work(options):
    counted = cases.Cases("refusals")
    with ProductionStage(options.dir / "production", options.build) as stage:
        if counted.run("a production ledger enrols", stage.prepare):
            stage.start_xvfb()
            counted.run("no demo at a production ledger", no_demo_at_production, stage)
            counted.run("no trace in production", no_trace_in_production, stage)
            counted.run("no faults at a production ledger", no_faults_at_production, stage)
    with PlainStage(options.dir / "demo", options.build) as stage:
        stage.prepare()
        stage.start()
        for name, case in (("one kiosk on one journal", one_at_a_time), ("the lock dies with its owner", after_a_kill),
                           ("the kiosk listens nowhere", listens_nowhere)):
            counted.run(name, case, stage)
    return counted.end()


if __name__ == "__main__":
    os.umask(0o077)
    cases.main(work)
