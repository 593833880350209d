"""What goes up: the vault's parts and every source with their files, sizes and first lines, before anything does.

Looks only: nothing is sent, and no live database is opened (a copy of it is, for a look at its rows). Lists and texts
are bounded; the numbers beside them are of all.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError, UsageError
from core.files import translated
from core.sources import (
    CapturedDatabase,
    FoundFile,
    Source,
    capture_duckdb,
    capture_sqlite,
    signature,
    walk_files,
)
from core.sources import Notice as SourceNotice
from core.sync.looking import SOURCES, VAULT, stat_signature
from core.sync.remote import location_of, remote_key
from core.vault.layout import DERIVED_FOLDERS, syncable_files

if TYPE_CHECKING:
    from core.sync.context import SyncContext
    from core.sync.records import SourceRecord

MOST_FILES = 2000
MOST_PROJECTS = 200
MOST_NOTICES = 50
LEFTOVER_SECONDS = 3600.0
_LOGS = {"duckdb": (".wal",), "sqlite": ("-wal",)}


@dataclass(frozen=True)
class OutgoingFile:
    """A file that would go up. `new`: this bucket does not have it as it is now."""

    relative: str
    path: Path
    size: int
    mtime_ns: int
    new: bool
    found: FoundFile | None = None

    def as_json(self) -> dict[str, Any]:
        """As the window and `cogzy preview --json` show it."""
        return {"path": self.relative, "size": self.size, "mtime_ns": self.mtime_ns, "new": self.new}


@dataclass(frozen=True)
class Known:
    """What the chosen bucket already has, as far as this computer knows."""

    files: Mapping[str, str | None]
    sources: Mapping[str, SourceRecord]


def known_of(context: SyncContext) -> Known:
    """What is known of the bucket that the settings name; of none, nothing."""
    if not context.settings.sync.cloud_configured:
        return Known({}, {})
    key = remote_key(location_of(context.settings), context.settings.vault_id)
    return Known(context.state.entry_signatures(key), context.state.sources(key))


def overview(context: SyncContext) -> dict[str, Any]:
    """Every part with its counts and sizes; of a folder also its projects, the largest first. Blocking.

    `rows`: memories of the vault; of a database those of its last copy, None while there is none.
    """
    known = known_of(context)
    parts = [_vault_part(context, known), *(_source_part(source, known) for source in context.sources)]
    going = [part for part in parts if part["enabled"]]
    return {
        "parts": parts,
        "exclude": list(context.settings.sources.exclude),
        "size": sum(part["size"] for part in going),
        "new_size": sum(part["new_size"] for part in going),
    }


def files_of(context: SyncContext, part: str) -> dict[str, Any]:
    """The files of one part, the newest first. Blocking. Raises UsageError for a part that there is not."""
    known = known_of(context)
    if part == VAULT:
        files = list(vault_files(context.vault.root, known))
    else:
        source = source_of(context, part)
        files = list(source_files(source, known)) if source.kind == "files" else database_files(source, known)
    files.sort(key=lambda file: (file.mtime_ns, file.relative), reverse=True)
    return {"part": part, "files": [file.as_json() for file in files[:MOST_FILES]], "count": len(files)}


def source_of(context: SyncContext, name: str) -> Source:
    """The source of that name. Raises UsageError."""
    found = next((source for source in context.sources if source.name == name), None)
    if found is None:
        raise UsageError("sources.unknown", name=name, known=", ".join(source.name for source in context.sources))
    return found


def vault_files(root: Path, known: Known) -> Iterator[OutgoingFile]:
    """The files of the vault that go up."""
    derived = tuple(f"{folder}/" for folder in DERIVED_FOLDERS)
    for name in syncable_files(root):
        if name.startswith(derived):
            continue
        try:
            path, seen = root / name, (root / name).stat()
            new = known.files.get(f"{VAULT}/{name}") != stat_signature(path)
        except FileNotFoundError:
            continue
        yield OutgoingFile(name, path, seen.st_size, seen.st_mtime_ns, new)


def source_files(source: Source, known: Known, notices: list[SourceNotice] | None = None) -> Iterator[OutgoingFile]:
    """The files of a folder that go up."""
    for file in walk_files(source, notices):
        seen = f"{file.size}:{file.mtime_ns}:{file.inode}"
        new = known.files.get(f"{SOURCES}/{source.name}/{file.relative}") != seen
        yield OutgoingFile(file.relative, file.path, file.size, file.mtime_ns, new, file)


def database_files(source: Source, known: Known) -> list[OutgoingFile]:
    """The database and its log, as they lie."""
    record, files = known.sources.get(source.name), []
    try:
        new = record is None or record.signature != signature(source)
    except CogzyError:
        new = True
    for suffix in ("", *_LOGS[source.kind]):
        path = source.path.with_name(source.path.name + suffix)
        try:
            seen = path.stat()
        except OSError:
            continue
        if seen.st_size or not suffix:
            files.append(OutgoingFile(path.name, path, seen.st_size, seen.st_mtime_ns, new))
    return files


@asynccontextmanager
async def copied(root: Path, source: Source) -> AsyncIterator[CapturedDatabase]:
    """A private copy of a live database below the vault's `sync/`, gone afterwards."""
    with private_folder(root) as folder:
        capture = capture_duckdb if source.kind == "duckdb" else capture_sqlite
        yield await capture(source, folder)


@contextmanager
def private_folder(root: Path) -> Iterator[Path]:
    """A folder of this run alone, not below `sync/staging`, which belongs to the engine that syncs."""
    parent = root / "sync"
    with translated(parent):
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for leftover in parent.glob("preview-*"):
            if time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS:
                shutil.rmtree(leftover, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="preview-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------------- the overview


def _vault_part(context: SyncContext, known: Known) -> dict[str, Any]:
    root, counts = context.vault.root, context.vault.get_status()
    part = _part(VAULT, "vault", root, list(vault_files(root, known)))
    return part | {"rows": (counts.nodes or 0) + (counts.episodes or 0)}


def _source_part(source: Source, known: Known) -> dict[str, Any]:
    notices: list[SourceNotice] = []
    files: list[OutgoingFile] = []
    error: dict[str, Any] | None = None
    try:
        is_folder = source.kind == "files"
        files = list(source_files(source, known, notices)) if is_folder else database_files(source, known)
    except CogzyError as met:
        error = met.as_json()
    part = _part(source.name, source.kind, source.path, files)
    record = known.sources.get(source.name)
    part["rows"] = record.rows if record is not None and source.kind == "duckdb" else None
    part |= {"enabled": source.enabled, "found": error is not None or _exists(source.path), "error": error}
    part["left_out"] = len(notices)
    part["notices"] = [
        CogzyError(notice.code, **notice.params).as_json() | {"path": notice.params.get("path")}
        for notice in notices[:MOST_NOTICES]
    ]
    if source.kind == "files":
        part["projects"] = _projects(files)
    return part


def _part(name: str, kind: str, path: Path, files: list[OutgoingFile]) -> dict[str, Any]:
    new = [file for file in files if file.new]
    return {
        "name": name,
        "kind": kind,
        "path": str(path),
        "enabled": True,
        "found": True,
        "error": None,
        "files": len(files),
        "size": sum(file.size for file in files),
        "new_files": len(new),
        "new_size": sum(file.size for file in new),
        "rows": None,
        "left_out": 0,
        "notices": [],
        "projects": [],
    }


def _projects(files: list[OutgoingFile]) -> list[dict[str, Any]]:
    """The folders right below the root: of Claude Code, its projects."""
    found: dict[str, list[int]] = defaultdict(list)
    for file in files:
        folder, slash, _ = file.relative.partition("/")
        if slash:
            found[folder].append(file.size)
    projects = [{"name": name, "files": len(sizes), "size": sum(sizes)} for name, sizes in found.items()]
    return sorted(projects, key=lambda one: (-int(str(one["size"])), str(one["name"])))[:MOST_PROJECTS]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
