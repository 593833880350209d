"""Where the vault is, and at which address its owner listens. Standard library alone, a few milliseconds.

The socket lies in the runtime folder under a hash of the vault's path. Its address is written into the vault
(`sync/control.json`, readable by its user only), so a caller needs to know nothing but the vault. The address names the
vault that it serves: in a copied vault it is not believed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LONGEST_SOCKET_PATH = 100  # sun_path holds 104 bytes on macOS, 108 on Linux


def vault_dir(chosen: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """`--vault`, else COGZY_VAULT_DIR, else the folder of core.locations.default_vault_dir, without platformdirs."""
    chosen = chosen or environ.get("COGZY_VAULT_DIR")
    if chosen:
        return Path(os.path.abspath(Path(chosen).expanduser()))  # noqa: PTH100  # no symlinks resolved, `..` is
    data_home = environ.get("XDG_DATA_HOME", "")
    if sys.platform == "win32" or not Path(environ.get("HOME", "")).is_absolute():
        from core.locations import default_vault_dir  # known folders and odd environments: platformdirs knows them

        return default_vault_dir(environ)
    if data_home.startswith("/"):
        return Path(data_home) / "cogzy"
    return (
        Path(environ["HOME"])
        / ("Library/Application Support" if sys.platform == "darwin" else ".local/share")
        / "cogzy"
    )


def address_file(vault: Path) -> Path:
    """The file that tells the owner's address."""
    return vault / "sync" / "control.json"


def read_address(vault: Path) -> dict[str, Any] | None:
    """`{"socket": path}` or `{"port": n, "token": text}` of the owner that served this vault last. It may be gone."""
    try:
        address = json.loads(address_file(vault).read_bytes())
    except (OSError, ValueError):
        return None  # none, or half of one after a power cut: no owner can be asked
    if not isinstance(address, dict) or address.get("vault") != str(vault.resolve()):
        return None
    if isinstance(address.get("socket"), str):
        return address
    if isinstance(address.get("port"), int) and isinstance(address.get("token"), str):
        return address
    return None


def socket_path(vault: Path, runtime: Path) -> Path:
    """The socket's place below `runtime`, or in a private temporary folder when that path is too long for a socket."""
    import hashlib

    name = hashlib.sha256(str(vault.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24] + ".sock"
    if len(os.fsencode(runtime / name)) <= LONGEST_SOCKET_PATH:
        return runtime / name
    from core.locations import runtime_dir

    return runtime_dir({"COGZY_RUNTIME_DIR": f"/tmp/cogzy-{os.getuid()}"}) / name  # noqa: S108  # made private, checked
