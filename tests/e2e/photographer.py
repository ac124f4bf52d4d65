"""Takes a picture of every screen that the trace names, while customers play. A screen that is gone before the picture is
taken (some last a tenth of a second) is tried again the next time it comes, and named at the end if it never stood still."""

import subprocess
import threading
import time


def look_of(shown):
    return "-".join(part for part in (shown["screen"], shown.get("overlay", ""), shown["language"]) if part)


class Photographer(threading.Thread):
    def __init__(self, stage, folder):
        super().__init__(daemon=True)
        self.stage, self.folder = stage, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.seen, self.taken = set(), set()
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            shown = self.stage.screen()
            if shown:
                self.seen.add(look_of(shown))
                if look_of(shown) not in self.taken:
                    self._take(shown)
            self.over.wait(0.05)  # between two looks

    def _take(self, shown):
        path = self.folder / f"{look_of(shown)}.xwd"
        begun = time.monotonic()
        done = subprocess.run(["xwd", "-root", "-silent", "-display", self.stage.display, "-out", str(path)],
                              capture_output=True)
        after = self.stage.screen()
        if done.returncode == 0 and after and look_of(after) == look_of(shown) and time.monotonic() - begun < 2:
            self.taken.add(look_of(shown))
        else:
            path.unlink(missing_ok=True)

    def finish(self):
        """Stops, turns the pictures into PNGs, and says which screens were never caught."""
        self.over.set()
        self.join()
        for path in sorted(self.folder.glob("*.xwd")):
            subprocess.run(["convert", f"xwd:{path}", str(path.with_suffix(".png"))], check=True)
            path.unlink()
        return sorted(self.seen - self.taken)
