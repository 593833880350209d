"""Makes real uploads in a folder store, straight from the formats, so that reading them back needs no sync method."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.storage import StoreLocation, open_store
from core.sync.chunks import cut_file
from core.sync.codec import encode
from core.sync.entries import Change, DatabaseEntry, DatabaseExtension, Delta, DeltaTable, FileEntry, TableState
from core.sync.layout import manifest_key, new_upload_id, pack_key
from core.sync.manifest import Manifest, encode_manifest
from core.sync.packs import PackBuilder
from core.sync.pieces import Location, PieceId, PieceKind
from core.sync.remote import Remote
from core.sync.sealing import ClearSealer, KeySealer, Sealer
from core.sync.streams import Stream, build_stream
from core.sync.table import Table, TableRef, encode_table, make_ref

VAULT_ID = "5a" * 16
SYSTEM_ID = "laptop-a1b2"
MASTER_KEY = bytes(range(32))
START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MTIME_NS = 1_760_000_000_123_456_789


def remote_of(folder: Path, *, master_key: bytes | None = None, vault_id: str = VAULT_ID) -> Remote:
    """The remote of a vault in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(StoreLocation(endpoint=folder.as_uri()), None)
    sealer: Sealer = ClearSealer() if master_key is None else KeySealer(vault_id, master_key)
    return Remote(store, sealer, vault_id)


@dataclass
class Uploader:
    """One system that uploads. Its chain grows with each `commit`, as a sync's does."""

    folder: Path
    master_key: bytes | None = None
    vault_id: str = VAULT_ID
    system_id: str = SYSTEM_ID
    pack_size: int = 1 << 20
    compression: str = "zstd"
    now: datetime = START
    head: Manifest | None = None
    chain: list[TableRef] = field(default_factory=list)
    known: dict[PieceId, Location] = field(default_factory=dict)
    databases: dict[str, DatabaseEntry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.remote = remote_of(self.folder, master_key=self.master_key, vault_id=self.vault_id)
        self._builder = PackBuilder(self.pack_size)
        self._new: dict[PieceId, Location] = {}
        self._waiting: set[PieceId] = set()
        self._packs: list[str] = []

    async def commit(
        self,
        files: Mapping[str, bytes],
        changes: Iterable[Change] = (),
        *,
        removed: Iterable[str] = (),
        fold: bool = False,
        parents: tuple[str, ...] | None = None,
        nodes: int = 0,
    ) -> Manifest:
        """Upload these files (and prepared database entries): packs, table, manifest."""
        self.now += timedelta(minutes=5)
        upload_id = new_upload_id(self.system_id, self.now)
        entries: list[Change] = [await self.file(path, data) for path, data in files.items()]
        entries += list(changes)
        await self.flush()
        pieces = dict(self.known) if fold else dict(self._new)
        base = () if fold else tuple(self.chain)
        table = Table(self.vault_id, self.system_id, upload_id, base, tuple(entries), tuple(removed), pieces)
        stored = encode_table(table, self.remote.sealer)
        ref = make_ref(self.vault_id, upload_id, stored)
        await self.remote.store.put(ref.key, stored)
        default = (self.head.upload_id,) if self.head else ()
        manifest = Manifest(
            upload_id=upload_id,
            system_id=self.system_id,
            uploaded_at=self.now,
            conversation_count=nodes,
            total_size_bytes=sum(map(len, files.values())),
            compressed=True,
            compression_format="zstd",
            files=(),
            vault_id=self.vault_id,
            parents=default if parents is None else parents,
            table=ref,
            packs=tuple(self._packs),
            app_version="0.1.0",
            sources=(),
            encrypted=self.master_key is not None,
        )
        await self.remote.store.put(manifest_key(self.system_id, upload_id), encode_manifest(manifest))
        self.chain = [ref] if fold else [*self.chain, ref]
        self.head, self._new, self._packs = manifest, {}, []
        return manifest

    async def file(self, path: str, data: bytes) -> FileEntry:
        """Store a file's chunks."""
        ids = [await self.piece(PieceKind.CHUNK, chunk) for chunk in cut_file(io.BytesIO(data), path)]
        sha256 = hashlib.sha256(data).hexdigest()
        return FileEntry(path, len(data), sha256, MTIME_NS, await self.stream(ids, len(data), sha256))

    async def image(self, path: str, parts: list[Path], tables: Iterable[TableState] = ()) -> DatabaseEntry:
        """Store a database as an image. `parts`: the database, and its log."""
        from core.sync.image import image_stream

        slices = image_stream(parts)
        ids, size, whole = [], 0, hashlib.sha256()
        for part in slices:
            ids.append(await self.piece(PieceKind.SLICE, part))
            size += len(part)
            whole.update(part)
        entry = DatabaseEntry(
            path=path,
            members=slices.members,
            image=await self.stream(ids, size, whole.hexdigest()),
            image_upload=new_upload_id(self.system_id, self.now),
            deltas=(),
            tables=tuple(tables),
            schema_hash="ab",
            duckdb_version="1.5.3",
            storage_version=64,
            mtime_ns=MTIME_NS,
        )
        self.databases[path] = entry
        return entry

    async def delta(self, path: str, tables: Iterable[DeltaTable], states: Iterable[TableState]) -> DatabaseExtension:
        """What to commit for a database that gained a delta."""
        upload_id = new_upload_id(self.system_id, self.now)
        extension = DatabaseExtension(path, Delta(upload_id, tuple(tables)), tuple(states), MTIME_NS + 1, "1.5.3")
        self.databases[path] = self.databases[path].extended(extension)
        return extension

    async def parquet(self, data: bytes | None) -> Stream | None:
        """Store one Parquet file of a delta."""
        if data is None:
            return None
        ids = [await self.piece(PieceKind.DELTA, data)]
        return await self.stream(ids, len(data), hashlib.sha256(data).hexdigest())

    async def stream(self, ids: list[PieceId], size: int, sha256: str) -> Stream:
        lists: list[bytes] = []

        def put_list(plain: bytes) -> PieceId:
            lists.append(plain)
            return self.remote.sealer.piece_id(PieceKind.LIST, plain)

        stream = build_stream(ids, size, sha256, put_list)
        for plain in lists:
            await self.piece(PieceKind.LIST, plain)
        return stream

    async def piece(self, kind: PieceKind, plain: bytes) -> PieceId:
        """Store one piece, once."""
        encoded = encode(plain, kind, self.remote.sealer, self.compression)  # type: ignore[arg-type]
        if encoded.piece_id not in self.known and encoded.piece_id not in self._waiting:
            if not self._builder.has_room(len(encoded.stored)):
                await self.flush()
            self._builder.add_encoded(encoded, kind, len(plain))
            self._waiting.add(encoded.piece_id)
        return encoded.piece_id

    async def flush(self) -> None:
        """Send the pack in the making."""
        if not len(self._builder):
            return
        pack = self._builder.finish()
        self._waiting.clear()
        self._new |= dict(pack.pieces)
        self.known |= dict(pack.pieces)
        self._packs.append(pack.sha256)
        await self.remote.store.put(pack_key(self.vault_id, pack.sha256), pack.body)

    def object(self, key: str) -> Path:
        """The file behind an object."""
        return self.folder / key
