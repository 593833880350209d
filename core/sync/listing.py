"""What can be asked of the cloud copy beside whatever else runs: its uploads, the files of one, whether it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.sync.events import ListFiles, ListUploads, TestConnection

if TYPE_CHECKING:
    from core.settings_model import Settings
    from core.sync.entries import Entry
    from core.sync.uploads import UploadInfo
    from core.sync.workplace import Workplace


async def answer(place: Workplace, command: ListUploads | ListFiles | TestConnection) -> Any:
    """Answer one such command with plain JSON. Raises CogzyError."""
    if isinstance(command, TestConnection):
        from core.sync import connection_test

        return await connection_test.run(await place.loaded(), place.credentials(), place.root, place.environ)
    from core.sync import uploads

    await place.vault()
    async with place.remote_to_read(getattr(command, "upload_id", None)) as remote:
        if isinstance(command, ListFiles):
            manifest, tree = await uploads.read_tree(remote, command.upload_id)
            return {"upload_id": manifest.upload_id, "files": [_file(entry) for entry in tree.entries.values()]}
        own = (await place.loaded()).settings
        found = await uploads.list_uploads(remote)
        return [{**info.as_json(), "elsewhere": _elsewhere(info, own)} for info in found]


def _elsewhere(info: UploadInfo, own: Settings) -> bool:
    """Whether another system committed this upload to this vault."""
    return info.vault_id == own.vault_id and info.system_id != own.sync.system_id_resolved


def _file(entry: Entry) -> dict[str, Any]:
    from core.sync.gathering import entry_size

    return {"path": entry.path, "size": entry_size(entry), "mtime_ns": entry.mtime_ns}
