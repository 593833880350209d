"""The file for a bug report: versions, settings, states and the log, without secrets and without memories.

Invariants:
- No file of `corpus/`, `vectors/`, `traces/` or a source is read: only their number and size are told.
- Every text goes through core.logs.redact, and the home folder is written as `~`.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import time
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, get_args

from core import __version__
from core.errors import CogzyError
from core.files import translated
from core.logs import redact

LOG_TAIL_BYTES = 512 << 10
LOGS = ("cogzy.log*", "native-crash*.log")
_LIBRARIES = ("aioboto3", "aiobotocore", "duckdb", "numpy", "keyring", "zstandard", "pyfastcdc", "pydantic", "filelock")


def write_report(vault: Path, to: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Write the report (a zip) to `to`, or into the current folder; returns its path. Raises FileError."""
    path = to or Path.cwd() / report_name()
    save_report(report_parts(vault, environ), path)
    return path


def report_name() -> str:
    """A name for a new report."""
    return f"cogzy-diagnostics-{time.strftime('%Y%m%d-%H%M%S')}.zip"


def report_parts(
    vault: Path, environ: Mapping[str, str] = os.environ, more: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Every file of the report by its name, as it will be in it. `more`: further objects, by file name. Blocking."""
    objects = {
        "about.json": _about(vault),
        "settings.json": _settings(vault, environ),
        "status.json": _status(vault, environ),
        "vault.json": _layout(vault),
        **(more or {}),
    }
    parts = {name: _clean(json.dumps(value, indent=2, default=str)) for name, value in objects.items()}
    states = _secret_states(vault, environ)  # words like "present", which must not be taken for the secrets themselves
    parts["secrets.json"] = json.dumps(states, indent=2)
    for pattern in LOGS:
        for log in sorted((vault / "logs").glob(pattern)):
            parts[f"logs/{log.name}"] = _clean(_tail(log))
    return parts


def save_report(parts: Mapping[str, str], path: Path) -> None:
    """Write these files as a zip that only its owner can read. Raises FileError; a file that is there stays."""
    with translated(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(name, text)


def _about(vault: Path) -> dict[str, Any]:
    versions = {}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "missing"
    return {
        "cogzy": __version__,
        "python": sys.version,
        "platform": platform.platform(),
        "frozen": bool(getattr(sys, "frozen", False)),
        "libraries": versions,
        "vault": str(vault),
        "written_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def _settings(vault: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    from core.settings import load

    loaded = load(vault, environ)
    return {
        "settings": loaded.settings.model_dump(mode="json"),
        "from_environment": sorted(loaded.from_environment),
        "problems": [{"field": problem.field, "code": problem.code} for problem in loaded.problems],
    }


def _secret_states(vault: Path, environ: Mapping[str, str]) -> dict[str, str]:
    from core.credentials import Credentials, SecretName

    async def ask() -> dict[str, str]:
        credentials = Credentials(vault, environ)
        states: dict[str, str] = {}
        for name in get_args(SecretName):
            try:
                states[name] = await credentials.state(name)
            except CogzyError as error:
                states[name] = error.code
        return states

    return asyncio.run(ask())


def _status(vault: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    from core.client import LocalEngine
    from core.sync.events import Status, to_wire

    async def ask() -> dict[str, Any]:
        engine = LocalEngine(vault, environ)
        try:
            return to_wire(await engine.execute(Status()))
        finally:
            await engine.close()

    return asyncio.run(ask())


def _layout(vault: Path) -> dict[str, Any]:
    """For each folder of the vault: how many files of how many bytes. Names of memories stay here."""
    folders: dict[str, dict[str, int]] = {}
    for folder, _, names in os.walk(vault):
        top = Path(folder).relative_to(vault).parts[:1]
        found = folders.setdefault(top[0] if top else ".", {"files": 0, "bytes": 0})
        for name in names:
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                found["files"] += 1
                found["bytes"] += path.stat().st_size
    return folders


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_TAIL_BYTES))
        return file.read().decode("utf-8", "replace")


def _clean(text: str) -> str:
    home = str(Path.home())
    return redact(text.replace(json.dumps(home)[1:-1], "~").replace(home, "~") if len(home) > 1 else text)
