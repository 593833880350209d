"""Start at login, on each of the three systems; the vault is not touched.

Linux: a .desktop file in the autostart folder. macOS: a LaunchAgent. Windows: a value under the user's Run key.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from core.files import translated, write_atomically
from core.process import own_command

NAME = "cogzy"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


def is_on(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the app is started at login."""
    if sys.platform == "win32":
        return _registry_value() is not None
    place = _place(environ)
    try:
        text = place.read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return False
    return "Hidden=true" not in text and "X-GNOME-Autostart-enabled=false" not in text


def switch(on: bool, environ: Mapping[str, str] = os.environ) -> None:
    """Start the app at login, or not any more. Raises FileError."""
    if sys.platform == "win32":
        _set_registry_value(subprocess.list2cmdline(_command()) if on else None)
        return
    place = _place(environ)
    with translated(place):
        if not on:
            place.unlink(missing_ok=True)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, _launch_agent() if sys.platform == "darwin" else _desktop_entry())


def _command() -> list[str]:
    return own_command("--hidden")


def _place(environ: Mapping[str, str]) -> Path:
    home = Path(environ.get("HOME") or Path.home())
    if sys.platform == "darwin":
        return home / "Library" / "LaunchAgents" / f"{NAME}.plist"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "autostart" / f"{NAME}.desktop"


def _desktop_entry() -> bytes:
    words = " ".join(_quoted(word) for word in _command())
    return (
        "[Desktop Entry]\nType=Application\nName=Cogzy\nComment=Keeps your AI memory safe in your own bucket\n"
        f"Exec={words}\nIcon={NAME}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
    ).encode()


def _quoted(word: str) -> str:
    """A word as the Desktop Entry Specification quotes it (and `%`, which would begin a field code)."""
    for sign in ("\\", '"', "`", "$"):
        word = word.replace(sign, f"\\{sign}")
    return f'"{word.replace("%", "%%")}"'


def _launch_agent() -> bytes:
    return plistlib.dumps(
        {"Label": NAME, "ProgramArguments": _command(), "RunAtLoad": True, "ProcessType": "Interactive"}
    )


if sys.platform == "win32":
    import winreg

    def _registry_value() -> str | None:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                return str(winreg.QueryValueEx(key, NAME)[0])
        except FileNotFoundError:
            return None

    def _set_registry_value(command: str | None) -> None:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            if command is not None:
                winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, command)
            elif _registry_value() is not None:
                winreg.DeleteValue(key, NAME)
