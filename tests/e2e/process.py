"""Programs that are started, killed and started again, and waiting for what they do."""

import os
import signal
import socket
import subprocess
import time


class Failed(Exception):
    """What was waited for did not come; says what was there instead."""


def wait_until(what, condition, seconds=30.0):
    """Asks every 20 ms; a late machine costs time, never a result."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise Failed(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)  # between two looks


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """A program that is started, killed and started again; its output is kept in one log."""

    def __init__(self, name, argv, log, env=None, ready=None, **popen):
        self.name, self.argv, self.log_path, self.env, self.ready = name, argv, log, env, ready
        self.popen = popen
        self.process = None

    def start(self):
        with open(self.log_path, "ab") as log:
            mark = log.tell()
            self.process = subprocess.Popen(
                self.argv, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env={**os.environ, **(self.env or {})}, **self.popen)
        if self.ready:
            wait_until(f"{self.name} to be ready (see {self.log_path})", lambda: self._is_ready(mark))
        return self

    def _is_ready(self, mark):
        if self.process.poll() is not None:
            raise Failed(f"{self.name} ended with {self.process.returncode}: {self.tail()}")
        with open(self.log_path, "rb") as log:
            log.seek(mark)
            return self.ready.encode() in log.read()

    def tail(self):
        with open(self.log_path, "rb") as log:
            return log.read()[-600:].decode(errors="replace")

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        if self.running():
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self):
        if self.running():
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
