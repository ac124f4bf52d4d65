"""One terminal with everything around it, for the demo and the end-to-end tests: a demo ledger, a private pcscd, the
virtual cabinet, an X server without a display, and the kiosk. Real processes on private ports and sockets; touches enter
through the X server only; nothing here knows what the programs look like inside."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess

from process import Failed, Process, free_port, wait_until

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class Stage:
    attract_seconds = 60
    takes_pictures = True

    def __init__(self, root, build, size=(1080, 1920), terminal="T0042", accounts=300, town=None):
        """`town` is another stage: this one is a second terminal of its ledger, and starts and stops no ledger."""
        self.root = pathlib.Path(root).resolve()
        self.build = pathlib.Path(build).resolve()
        self.size, self.terminal, self.accounts = size, terminal, accounts
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in ("logs", "readers", "kiosk", "out"):
            (self.root / folder).mkdir(parents=True)
        self.out = self.root / "out"
        self.town = town
        self.ledger_folder = town.ledger_folder if town else self.root / "ledger"
        self.ledger_port, self.public_port = (town.ledger_port, town.public_port) if town else (free_port(), free_port())
        self.printer_port, self.card_port = free_port(), free_port()
        self.pcscd_socket = self.root / "pcscd.sock"
        self.control = self.root / "cabinet.sock"
        self.faults = town.faults if town else self.root / "ledger-faults.sock"
        self.trace = self.root / "ui-trace.jsonl"
        self.config = self.root / "kiosk.toml"
        self.display = None
        self.processes = {}
        self.kiosk_wrapper = []  # a program that the kiosk is started under
        self._shots = 0
        self._trace_begin = 0

    # --- setting up ---------------------------------------------------------------------------------------------------

    def program(self, name):
        return str(self.build / name)

    def run(self, *argv, check=True):
        done = subprocess.run(argv, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise Failed(f"{' '.join(argv)} ended with {done.returncode}: {done.stderr or done.stdout}")
        return done

    def ledger(self, *words, check=True):
        return self.run(self.program("pilotlight-ledger"), *words, "--dir", str(self.ledger_folder), check=check)

    def kiosk(self, *words, check=True):
        return self.run(self.program("pilotlight-kiosk"), *words, "--config", str(self.config), check=check)

    def prepare(self):
        """Ledger with its PKI and a town of customers, configurations, enrolment."""
        if self.town:
            (self.root / "ledger").symlink_to(self.ledger_folder)  # for those who look at a terminal and its ledger
        else:
            self._found_town()
        self._write_cabinet_config((self.town or self).root / "data")
        self._write_kiosk_config()
        self._write_reader_config()
        self._make_sounds()
        if not self.town:
            self._add("ledger", [self.program("pilotlight-ledger"), "serve", "--dir", str(self.ledger_folder),
                                 "--listen", f"127.0.0.1:{self.ledger_port}", "--public", f"127.0.0.1:{self.public_port}",
                                 *self.ledger_options()], ready="ready")
            self.processes["ledger"].start()
        code = json.loads(self.ledger("enrol", "--terminal", self.terminal, "--place", "大厅", "--json").stdout)["code"]
        self.kiosk("enrol", "--code", code)

    def ledger_options(self):
        return ["--fault-socket", str(self.faults)]

    def _found_town(self):
        self.ledger("init", "--demo")
        data = self.root / "data"
        self.ledger("demo-data", "--accounts", str(self.accounts), "--out", str(data))
        for kind in ("tariffs", "accounts", "cards"):
            self.ledger("import", kind, str(data / f"{kind}.csv"))

    def _write_cabinet_config(self, data):
        keys = self.ledger("demo-keys").stdout
        keys = keys if "[keys]" in keys else "[keys]\n" + keys
        (self.root / "cabinet.toml").write_text(f"""state_dir = "{self.root}/cabinet"

[validator]
pty = "{self.root}/validator"
serial = 1873452
currency = "CNY"
channels = [1, 5, 10, 20, 50, 100]

[card_slot]
vpcd = "127.0.0.1:{self.card_port}"

[printer]
listen = "127.0.0.1:{self.printer_port}"
width_dots = 576
output_dir = "{self.root}/receipts"
chinese_font = true
qr_command = true

{keys}
{(data / 'cabinet.toml').read_text()}
""")

    def _write_kiosk_config(self):
        self.config.write_text(f"""mode = "demo"
state_dir = "{self.root}/kiosk"
assets_dir = "{self.root}/assets"
languages = ["zh", "en"]
hotline = "95158"
emergency = "119"

[ledger]
url = "https://127.0.0.1:{self.ledger_port}"
ca_file = "{self._ca_file()}"
public_url = "https://127.0.0.1:{self.public_port}"

[acceptor]
port = "{self.root}/validator"
currency = "CNY"
denominations = [1, 5, 10, 20, 50, 100]

[card_reader]
name = "Pilotlight Cabinet"

[printer]
address = "tcp:127.0.0.1:{self.printer_port}"
width_dots = 576
chinese_font = true
qr_command = true

[limits]
session_maximum_yuan = 1000
quick_amounts_yuan = [50, 100, 150, 200, 300, 500]
box_notes_maximum = 900

[timeouts]
attract = {self.attract_seconds}
page = 60
countdown = 15
ledger_answer = 20
uplink_wait = 60
card_return = 60
take_card = 30
""")

    def _ca_file(self):
        found = [p for p in self.ledger_folder.rglob("*.pem") if "ca" in p.name and "key" not in p.name]
        found += [p for p in self.ledger_folder.rglob("*.crt") if "ca" in p.name]
        return found[0]

    def _write_reader_config(self):
        (self.root / "readers" / "cabinet").write_text(
            f'FRIENDLYNAME "Pilotlight Cabinet"\nDEVICENAME {self.root}/cabinet/reader-unplugged:{self.card_port}\n'
            f"LIBPATH {self.program('libpilotlight_ifd.so')}\nCHANNELID 0\n")

    def _make_sounds(self):
        """assets as they are installed: the repository's, and the voice made by its script."""
        shutil.copytree(SOURCE / "assets", self.root / "assets")
        sounds = self.build / "sounds"
        make = SOURCE / "assets" / "sounds" / "make"
        if make.exists():
            if not sounds.exists():
                self.run(str(make), str(sounds))
            shutil.copytree(sounds, self.root / "assets" / "sounds", dirs_exist_ok=True)

    def _add(self, name, argv, **options):
        self.processes[name] = Process(name, argv, self.root / "logs" / f"{name}.log", **options)

    # --- running ------------------------------------------------------------------------------------------------------

    def start(self):
        self._add("cabinet", [self.program("pilotlight-cabinet"), "--config", str(self.root / "cabinet.toml"),
                              "--control", str(self.control), "--no-window"], ready="ready")
        self.processes["cabinet"].start()
        self.start_pcscd()
        self.start_xvfb()
        self._add("kiosk", [*self.kiosk_wrapper, self.program("pilotlight-kiosk"), "--config", str(self.config),
                            "--ui-trace", str(self.trace)], env=self.kiosk_environment())
        self.start_kiosk()

    def kiosk_environment(self):
        return {"PCSCLITE_CSOCK_NAME": str(self.pcscd_socket), "DISPLAY": self.display,
                "SDL_AUDIODRIVER": "dummy", "SDL_VIDEODRIVER": "x11"}

    def start_kiosk(self):
        """From here on the screen is what this life of the program shows."""
        self._trace_begin = self.trace.stat().st_size if self.trace.exists() else 0
        self.processes["kiosk"].start()

    def start_pcscd(self):
        """By socket activation, so that this one disturbs no other (and none disturbs it)."""
        self.pcscd_socket.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.pcscd_socket))
        listener.listen(16)
        fd = listener.fileno()
        os.makedirs("/run/pcscd", exist_ok=True)
        line = (f"exec 3<&{fd}; LISTEN_FDS=1 LISTEN_PID=$$ exec pcscd -f -c {self.root}/readers")
        self._add("pcscd", ["bash", "-c", line], pass_fds=(fd,))
        self.processes["pcscd"].start()
        listener.close()

    def start_xvfb(self):
        read, write = os.pipe()
        width, height = self.size
        self._add("xvfb", ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
                  pass_fds=(write,))
        self.processes["xvfb"].start()
        os.close(write)
        number = b""
        while not number.endswith(b"\n"):
            more = os.read(read, 16)
            if not more:
                raise Failed("Xvfb did not start: " + self.processes["xvfb"].tail())
            number += more
        os.close(read)
        self.display = ":" + number.decode().strip()

    def stop(self):
        for name in ("kiosk", "ledger", "cabinet", "pcscd", "xvfb"):
            if name in self.processes:
                self.processes[name].stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- cabinet and ledger -------------------------------------------------------------------------------------------

    def cabinet(self, line, check=True):
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as s:
            s.settimeout(40)
            s.connect(str(self.control))
            s.sendall(line.encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n"):
                more = s.recv(65536)
                if not more:
                    break
                answer += more
        result = json.loads(answer) if answer else {"ok": False, "error": "no answer"}
        if check and not result.get("ok"):
            raise Failed(f"cabinet: {line}: {result}")
        return result

    def cabinet_may_die(self, line):
        """A command that may be its last: no answer is an answer."""
        with contextlib.suppress(OSError, Failed):
            return self.cabinet(line, check=False)

    def ledger_fault(self, line):
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as s:
            s.settimeout(10)
            s.connect(str(self.faults))
            s.sendall(line.encode() + b"\n")
            return s.recv(4096).decode()

    def note(self, value):
        """A customer feeds a note once the slot takes it."""
        wait_until(f"the slot to take a note of {value}",
                   lambda: self.cabinet(f"note insert {value}", check=False).get("ok"))

    def stacked(self):
        return self.cabinet("validator counters")["stacked"]

    # --- screen -------------------------------------------------------------------------------------------------------

    def screen(self):
        """The last whole line of the trace: what is on the screen now."""
        if not self.trace.exists():
            return None
        with open(self.trace, "rb") as trace:
            size = trace.seek(0, os.SEEK_END)
            trace.seek(max(self._trace_begin, size - 65536))
            lines = trace.read().split(b"\n")
        whole = [line for line in lines[:-1] if line.startswith(b"{")]
        return json.loads(whole[-1]) if whole else None

    def wait_screen(self, *names, seconds=40.0):
        def there():
            if not self.processes["kiosk"].running():
                raise Failed("the kiosk has ended: " + self.processes["kiosk"].tail())
            shown = self.screen()
            return shown if shown and shown["screen"] in names else None

        try:
            return wait_until(f"screen {' or '.join(names)}", there, seconds)
        except Failed as failed:
            shown = self.screen()
            raise Failed(f"{failed}; on the screen is {shown['screen'] if shown else 'nothing'}: "
                         f"{shown['texts'][:6] if shown else ''}") from None

    def wait_text(self, text, seconds=40.0):
        def there():
            shown = self.screen()
            return shown if shown and any(text in t for t in shown["texts"]) else None

        try:
            return wait_until(f"the text {text}", there, seconds)
        except Failed as failed:
            raise Failed(f"{failed}; on the screen is {self.screen()}") from None

    def target(self, name):
        shown = self.screen()
        for target in shown["targets"] if shown else []:
            if target["id"] == name:
                return target
        return None

    def tap(self, name, seconds=20.0):
        """A finger on a target, through the X server."""
        try:
            target = wait_until(f"touch target {name}", lambda: self.target(name), seconds)
        except Failed as failed:
            shown = self.screen()
            raise Failed(f"{failed}; {shown['screen'] if shown else 'nothing'} has "
                         f"{[t['id'] for t in shown['targets']] if shown else []}") from None
        x, y, width, height = target["rect"]
        self.touch(int(x + width / 2), int(y + height / 2))

    def touch(self, x, y):
        self.run("env", f"DISPLAY={self.display}", "xdotool", "mousemove", str(x), str(y), "click", "1")

    def picture(self, name):
        """The root window of the X server, as a customer sees it."""
        if not self.takes_pictures:
            return None
        self._shots += 1
        path = self.out / f"{self._shots:03d}-{name}.png"
        self.run("import", "-display", self.display, "-window", "root", str(path))
        return path


class PlainStage(Stage):
    """For tests: a small screen, quickly drawn, and nobody who looks at it."""

    takes_pictures = False

    def __init__(self, root, build, **options):
        super().__init__(root, build, size=(540, 960), **options)
