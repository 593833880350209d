"""The uploads in a store: which systems there are, and what lies in the folder of each of their uploads.

    systems/<system>/uploads/<upload>/manifest.json     Cogzy, and Session-Buddy with its files beside it
    systems/<system>/<upload>/manifest.json             Session-Buddy as others of its hubs read it

An upload exists when its manifest does. One listing finds the systems, one each finds all uploads of a system, so an
unchanged store costs no more than that. Names that are no names of systems and uploads are not ours.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field

from core.storage import ObjectStore
from core.sync.layout import SYSTEMS

MOST_FILES = 1000
"""Files in the folder of one upload; more are not looked at."""
MANIFEST = "manifest.json"
_SYSTEM = re.compile(r"(?!\.)(?!.*\.\.)[A-Za-z0-9._-]{1,100}")
_UPLOAD = re.compile(r"(?!\.)(?!.*\.\.)[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True)
class FoundUpload:
    """An upload that is there. `folder` is the key of its folder, with a slash; `files` the other files in it."""

    system_id: str
    upload_id: str
    folder: str
    manifest_size: int
    files: dict[str, int] = field(default_factory=dict)

    @property
    def manifest_key(self) -> str:
        return self.folder + MANIFEST


async def list_systems(store: ObjectStore) -> list[str]:
    """Every system that has a folder, in order. Raises StorageError."""
    found = [item.key.split("/")[1] async for item in store.list(SYSTEMS, delimiter="/") if item.key.endswith("/")]
    return [name for name in found if _SYSTEM.fullmatch(name)]


async def list_uploads(store: ObjectStore, system_id: str, settled: Collection[str]) -> list[FoundUpload]:
    """The uploads of a system that are not `settled`, in the order of their ids. Raises StorageError."""
    found: dict[str, FoundUpload] = {}
    async for one in _each_folder(store, system_id):
        if one.upload_id not in settled:
            found.setdefault(one.upload_id, one)
    return [found[upload_id] for upload_id in sorted(found)]


async def _each_folder(store: ObjectStore, system_id: str) -> AsyncIterator[FoundUpload]:
    """Folder by folder: a listing comes in the order of keys."""
    folder = ""
    files: dict[str, int] = {}
    async for item in store.list(f"{SYSTEMS}{system_id}/"):
        where, _, name = item.key.rpartition("/")
        if where != folder:
            if (one := _upload(system_id, folder, files)) is not None:
                yield one
            folder, files = where, {}
        if len(files) < MOST_FILES or name == MANIFEST:
            files[name] = item.size
    if (one := _upload(system_id, folder, files)) is not None:
        yield one


def _upload(system_id: str, folder: str, files: dict[str, int]) -> FoundUpload | None:
    parts = folder.split("/")[2:]
    if len(parts) == 2 and parts[0] == "uploads":
        parts = parts[1:]
    if len(parts) != 1 or not _UPLOAD.fullmatch(parts[0]) or MANIFEST not in files:
        return None
    size = files.pop(MANIFEST)
    return FoundUpload(system_id, parts[0], f"{folder}/", size, files)
