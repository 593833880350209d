"""A desktop of its own: a screen (Xvfb), its session and system bus, and what runs on them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.desktop.rig.bus import Connection, message_bus
from tests.desktop.rig.program import LONG, wait_for
from tests.desktop.rig.services import Machine, NotificationDaemon
from tests.desktop.rig.tray_host import TrayHost

PACKAGES = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "dbus-daemon": "dbus",
    "import": "imagemagick",
    "openbox": "openbox",
    "tint2": "tint2",
    "dunst": "dunst",
    "gnome-keyring-daemon": "gnome-keyring",
}
"""Programs that tests of the desktop need, and the package that each comes in."""


@dataclass
class Screen:
    """A display, and the server that draws it."""

    display: str
    server: subprocess.Popen[bytes]


class Desktop:
    """`environ` leads a program here. Tray, notifications and machine are there when they were told to appear."""

    def __init__(self, folder: Path, screen: Screen, session: str, system: str) -> None:
        self.folder = folder
        self._screen = screen
        self.environ = {
            "DISPLAY": screen.display,
            "DBUS_SESSION_BUS_ADDRESS": session,
            "DBUS_SYSTEM_BUS_ADDRESS": system,
            "QT_QPA_PLATFORM": "xcb",
        }
        self.session = Connection(session)
        self.system = Connection(system)
        self.tray = TrayHost(self.session)
        self.notifications = NotificationDaemon(self.session)
        self.machine = Machine(self.system)

    def close(self) -> None:
        """Leave the buses."""
        self.session.close()
        self.system.close()

    def die(self) -> None:
        """The screen's server ends, as at the end of a session that is in a hurry."""
        self._screen.server.kill()
        self._screen.server.wait()

    @contextlib.contextmanager
    def running(self, *command: str, environ: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """A program on this desktop (a panel, a window manager), ended afterwards."""
        missing = PACKAGES.get(command[0], command[0])
        assert shutil.which(command[0]), f"{command[0]} is not installed: apt-get install {missing}"
        with (self.folder / f"{command[0]}.log").open("ab") as log:
            started = subprocess.Popen(command, env=self._environ(environ), stdout=log, stderr=log)
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(5)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()

    def xdotool(self, *words: str) -> str:
        """What xdotool answers."""
        done = subprocess.run(
            ["xdotool", *words], env=self._environ(), capture_output=True, text=True, timeout=LONG, check=False
        )
        return done.stdout

    def windows(self, title: str = "Cogzy") -> list[str]:
        """The visible windows of that exact title."""
        return self.xdotool("search", "--onlyvisible", "--name", f"^{re.escape(title)}$").split()

    def wait_for_window(self, title: str = "Cogzy", seconds: float = LONG) -> str:
        """The window of that title, as soon as it is visible."""
        return wait_for(lambda: next(iter(self.windows(title)), None), seconds, f"no window {title!r}")

    def tray_window(self) -> str | None:
        """The window of an icon that a panel took in, in the protocol of old."""
        for found in self.xdotool("search", "--class", "cogzy").split():
            size = dict(line.split("=") for line in self.xdotool("getwindowgeometry", "--shell", found).split())
            if 16 <= int(size.get("WIDTH", 0)) <= 48:
                return found
        return None

    def picture(self, name: str) -> Path:
        """A picture of the whole screen, in the folder that SCREENSHOTS names or the desktop's own."""
        folder = Path(os.environ.get("SCREENSHOTS") or self.folder)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}.png"
        command: Sequence[str] = ("import", "-window", "root", str(target))
        subprocess.run(command, env=self._environ(), check=True, timeout=LONG)
        return target

    def _environ(self, more: dict[str, str] | None = None) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.environ, **(more or {})}


@contextlib.contextmanager
def desktop(folder: Path) -> Iterator[Desktop]:
    """A desktop without tray, notifications or window manager yet."""
    for program in ("Xvfb", "dbus-daemon", "xdotool"):
        assert shutil.which(program), f"{program} is not installed: apt-get install {PACKAGES[program]}"
    with contextlib.ExitStack() as stack:
        screen = stack.enter_context(_screen())
        session = stack.enter_context(message_bus(folder, "session"))
        system = stack.enter_context(message_bus(folder, "system"))
        made = Desktop(folder, screen, session.address, system.address)
        stack.callback(made.close)
        yield made


@contextlib.contextmanager
def _screen() -> Iterator[Screen]:
    """A screen under a number that the server itself finds free."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        yield Screen(f":{number}", server)
    finally:
        server.terminate()
        server.wait()
