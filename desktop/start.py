"""From the command to a running app: words, one instance a vault, a screen, then Qt.

Nothing of Qt is imported before it is known that this process will be the app, so that a second launch raises the
window of the first in a fraction of a second.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.process import share_heap

NO_SCREEN = (
    "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set), so Cogzy cannot show its window.\n"
    "Start it from a desktop, or use the commands: `cogzy sync`, `cogzy status`, `cogzy --help`."
)
SILENT_SCREEN = (
    "The screen {display} does not answer or lets nobody in, so Cogzy cannot show its window.\n"
    "Start it from a desktop, or use the commands: `cogzy sync`, `cogzy status`, `cogzy --help`."
)
NO_CURSOR = (
    "Qt needs the library libxcb-cursor.so.0 to show a window, and it is not installed here.\n"
    "Install it (Debian, Ubuntu: apt-get install libxcb-cursor0; Fedora: dnf install xcb-util-cursor), then try again."
)
NO_QT = (
    "The window needs PySide6 and qasync, which are not installed here ({reason}).\n"
    "Install them with: python -m pip install 'cogzy[desktop]'. The commands work without: `cogzy --help`."
)
RAISE_SECONDS = 1.5


@dataclass(frozen=True)
class Words:
    """What the command line asks for."""

    vault: Path
    hidden: bool = False
    page: str = ""


def start(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Start the app, or raise the one that runs. Returns the exit code."""
    words = _words(arguments, environ)
    if _runs_already(words):
        return 0
    missing = _missing(environ)
    if missing:
        print(missing, file=sys.stderr)
        return 2
    share_heap()
    try:
        import PySide6.QtWidgets  # noqa: F401  # before qasync, which takes whichever Qt it finds first
        import qasync  # noqa: F401
    except ImportError as error:
        print(NO_QT.format(reason=error), file=sys.stderr)
        return 2
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look through every installed package
    from desktop.app import run

    return run(words, environ)


def _words(arguments: Sequence[str], environ: Mapping[str, str]) -> Words:
    from core.locations import default_vault_dir

    parser = argparse.ArgumentParser("cogzy", description="The tray application. `cogzy --help` lists the commands.")
    parser.add_argument("--vault", help="another vault than this user's")
    parser.add_argument("--hidden", action="store_true", help="start in the tray, without opening the window")
    parser.add_argument("--page", default="", help="the page to open: status, activity, snapshots, search, log, ...")
    given = parser.parse_args(list(arguments))
    vault = default_vault_dir({**environ, "COGZY_VAULT_DIR": given.vault} if given.vault else environ)
    return Words(vault, given.hidden, given.page)


def _runs_already(words: Words) -> bool:
    """Whether an app of this vault runs. It was told to raise its window, unless this start is a hidden one."""
    from core.control.place import read_address

    if read_address(words.vault) is None:
        return False
    if words.hidden:
        from core.vault.locks import owner

        found = owner(words.vault)
        return found is not None and found.kind == "app"
    return asyncio.run(raised(words.vault, words.page))


async def raised(vault: Path, page: str = "") -> bool:
    """Whether an app of this vault runs and was told to raise its window, at that page."""
    from core.control.client import SocketEngine
    from core.errors import CogzyError

    try:
        async with asyncio.timeout(RAISE_SECONDS):
            return await SocketEngine(vault).show_window(page)
    except (CogzyError, TimeoutError):
        return False


def _missing(environ: Mapping[str, str]) -> str:
    """Why no window can be shown here, or nothing: Qt would end the process with a core dump."""
    if sys.platform in ("win32", "darwin"):
        return ""
    platform, display = environ.get("QT_QPA_PLATFORM", ""), environ.get("DISPLAY", "")
    if platform not in ("", "xcb") or environ.get("WAYLAND_DISPLAY"):
        return ""
    if not display:
        return NO_SCREEN
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as error:
        return NO_CURSOR if "cursor" in str(error) else ""
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return SILENT_SCREEN.format(display=display) if refused else ""
