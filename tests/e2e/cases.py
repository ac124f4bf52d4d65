"""Counts cases and says them: one line a case as it ends, `N passed, N failed` as the last line."""

import argparse
import os
import pathlib
import signal
import sys
import time
import traceback

from stage import SOURCE, Failed


class Cases:
    def __init__(self, title):
        self.title, self.passed, self.failed = title, 0, []

    def run(self, name, case, *values):
        """True if `case` came back; what it returns is said behind its name."""
        begun = time.monotonic()
        try:
            words, good = case(*values), True
        except (Failed, OSError, KeyError, IndexError, ValueError) as failed:
            words, good = f"{type(failed).__name__}: {failed}", False
            traceback.print_exc()
        return self.say(name, good, words, time.monotonic() - begun)

    def say(self, name, good, words="", seconds=0.0):
        if good:
            self.passed += 1
        else:
            self.failed.append(name)
        print(f"{'ok  ' if good else 'FAIL'} {self.title} / {name} ({seconds:.1f} s): {words or ''}", flush=True)
        return good

    def end(self):
        for name in self.failed:
            print(f"FAILED {self.title} / {name}")
        print(f"{self.passed} passed, {len(self.failed)} failed", flush=True)
        return 1 if self.failed or self.passed == 0 else 0


def require(condition, otherwise):
    if not condition:
        raise Failed(otherwise)


def main(work, **more):
    """Every test is called the same way: NAME_test.py --build DIR [--dir DIR] and its own options."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--dir", help="where the stages are built up; kept")
    parser.add_argument("--only", help="cases whose name has this in it")
    for name, options in more.items():
        parser.add_argument(f"--{name}", **options)
    options = parser.parse_args()
    options.build = pathlib.Path(options.build).resolve()
    name = pathlib.Path(sys.argv[0]).stem
    options.dir = pathlib.Path(options.dir or options.build / "e2e" / name).resolve()
    os.chdir(SOURCE)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped
    sys.exit(work(options))
