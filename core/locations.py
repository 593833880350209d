"""Where things live: the vault, the folder for sockets, and what this computer knows of itself.

Cheap to import (standard library; platformdirs only when a default is asked for), since the fast path of
`cogzy sync --queue` needs it. Environment variables move each place: COGZY_VAULT_DIR, COGZY_RUNTIME_DIR,
COGZY_STATE_DIR.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from core.errors import RefusedError
from core.files import translated, write_atomically

_APP = "cogzy"


def default_vault_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The vault of this user: COGZY_VAULT_DIR, else the platform's folder for user data. Need not exist yet."""
    chosen = environ.get("COGZY_VAULT_DIR")
    if chosen:
        return Path(os.path.abspath(Path(chosen).expanduser()))  # noqa: PTH100  # no symlinks resolved, `..` is
    import platformdirs

    return Path(platformdirs.user_data_dir(_APP, appauthor=False))


def state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """What this computer knows of itself outside any vault (its install id). Need not exist yet."""
    chosen = environ.get("COGZY_STATE_DIR")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_state_dir(_APP, appauthor=False))


def runtime_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder for sockets and token files: exists, belongs to this user, and nobody else may enter it.

    Raises RefusedError when somebody else made it first (it can lie in a shared temporary folder).
    """
    folder = _runtime_place(environ)
    with translated(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32":
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                raise RefusedError("locations.runtime_not_ours", path=str(folder))
            if found.st_mode & 0o077:
                folder.chmod(0o700)
    return folder


def install_id(environ: Mapping[str, str] = os.environ) -> str:
    """32 hex digits that tell this computer from one that its files were copied to: made once, outside every vault."""
    folder = state_dir(environ)
    path = folder / "install-id"
    known = _known_id(path)
    if known is not None:
        return known
    from filelock import FileLock

    with translated(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(folder / "install-id.lock"):  # two that start together agree
            known = _known_id(path) or os.urandom(16).hex()
            write_atomically(path, known.encode())
    return known


def _known_id(path: Path) -> str | None:
    with translated(path), contextlib.suppress(FileNotFoundError):
        known = path.read_text("ascii", "replace").strip()
        return known if re.fullmatch("[0-9a-f]{32}", known) else None
    return None


def _runtime_place(environ: Mapping[str, str]) -> Path:
    chosen = environ.get("COGZY_RUNTIME_DIR")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "linux":
        # platformdirs warns on stderr when XDG_RUNTIME_DIR is missing, as it is under cron, ssh and sudo
        session = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
        if session.is_dir() and os.access(session, os.W_OK):
            return session / _APP
        import tempfile

        return Path(tempfile.gettempdir()) / f"{_APP}-{os.getuid()}"
    import platformdirs

    return Path(platformdirs.user_runtime_dir(_APP, appauthor=False))
