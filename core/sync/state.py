"""What this computer knows: each remote's head and pieces, prepared uploads, the sources' last copies, the history.

SQLite at `<vault>/sync/state.db`. Everything in it but the history is a cache of what cloud and hub hold: losing it
costs time, never data. What is known of a remote is keyed by endpoint, bucket, prefix and vault.

Invariants
- A row of `piece` with `upload` NULL is stored, but no table in the head's chain locates it: an upload that uses it
  must say where it is.
- A pack in `suspect` was found damaged: a piece in it counts as stored for reading, and as new for sending.
- `prepared` is written before a manifest is sent. `advance` (the manifest is there) or `drop` (it is not) ends it; the
  head, the entries and the sources move in that one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, replace

from core.sync.records import EntryRecord, PieceRecord, Prepared, RemoteRecord, SourceRecord
from core.sync.state_file import StateFile
from core.sync.streams import split_ids

CURRENT = ""


class SyncState(StateFile):
    """What is known of every remote. Methods are short transactions, callable from any thread."""

    # ------------------------------------------------------------------ remotes

    def remote(self, key: str) -> RemoteRecord:
        """What is known of the remote; an empty record for one never met."""
        row = self.one(
            "SELECT key, head, manifest_sha256, chain, committed_at, confirmed_at, format_confirmed "
            "FROM remote WHERE key=?",
            key,
        )
        if row is None:
            return RemoteRecord(key)
        return RemoteRecord(row[0], row[1], row[2], tuple(self.parsed(row[3])), row[4], row[5], bool(row[6]))

    def confirm(self, key: str, now: float) -> None:
        """The head's manifest was seen in the remote at `now`."""
        with self.transaction() as db:
            db.execute("UPDATE remote SET confirmed_at=? WHERE key=?", (now, key))

    def confirm_format(self, key: str) -> None:
        """The remote's format.json was read and fits."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO remote(key, format_confirmed) VALUES(?, 1) "
                "ON CONFLICT(key) DO UPDATE SET format_confirmed=1",
                (key,),
            )

    def forget(self, key: str) -> None:
        """Forget all that is known of a remote: its head is gone, or it is another bucket now."""
        with self.transaction() as db:
            for table in ("piece", "entry", "source", "claim", "prepared", "suspect"):
                db.execute(f"DELETE FROM {table} WHERE remote=?", (key,))  # noqa: S608  # names from the line above
            db.execute("DELETE FROM remote WHERE key=?", (key,))

    def adopt(
        self,
        record: RemoteRecord,
        entries: Iterable[EntryRecord],
        pieces: Iterable[PieceRecord],
    ) -> None:
        """Take over what was read back from the remote, after the local state was lost or on a fresh machine."""
        with self.transaction() as db:
            self._set_head(db, record)
            self._insert_pieces(db, record.key, pieces)
            self._insert_entries(db, record.key, CURRENT, entries)

    # ------------------------------------------------------------------ pieces and entries

    def pieces(self, key: str) -> dict[bytes, PieceRecord]:
        """Every piece known to be stored in the remote, committed or not."""
        rows = self.all(
            "SELECT id, kind, pack, offset, stored, plain, codec, upload FROM piece WHERE remote=?",
            key,
        )
        return {row[0]: PieceRecord(*row) for row in rows}

    def piece(self, key: str, piece: bytes) -> PieceRecord | None:
        """Where one piece is stored, or None when the remote is not known to hold it whole."""
        row = self.one(
            "SELECT id, kind, pack, offset, stored, plain, codec, upload FROM piece WHERE remote=? AND id=? "
            "AND pack NOT IN (SELECT pack FROM suspect WHERE remote=?)",
            key,
            piece,
            key,
        )
        return None if row is None else PieceRecord(*row)

    def uncommitted_packs(self, key: str) -> list[str]:
        """Packs that a run sent before it ended without a commit."""
        return [row[0] for row in self.all("SELECT DISTINCT pack FROM piece WHERE remote=? AND upload IS NULL", key)]

    def add_pieces(self, key: str, pieces: Iterable[PieceRecord]) -> None:
        """Remember the pieces of a pack that has arrived; a later run uses them if this one does not commit."""
        found = list(pieces)
        with self.transaction() as db:
            self._insert_pieces(db, key, found)
            db.executemany("DELETE FROM suspect WHERE remote=? AND pack=?", {(key, piece.pack) for piece in found})

    def drop_packs(self, key: str, packs: Iterable[str]) -> None:
        """Forget uncommitted pieces in packs that turned out not to be stored."""
        with self.transaction() as db:
            db.executemany("DELETE FROM piece WHERE remote=? AND pack=? AND upload IS NULL", [(key, p) for p in packs])

    def distrust(self, key: str, packs: Iterable[str], *, tables: bool) -> None:
        """Packs of the remote are damaged, or (`tables`) a table in the head's chain: the next run sends them anew.

        Its look finds every file that needs such a pack changed, and its table stands alone.
        """
        with self.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO suspect VALUES(?, ?)", [(key, pack) for pack in packs])
            hurt = {
                row[0]
                for row in db.execute(
                    "SELECT id FROM piece WHERE remote=? AND pack IN (SELECT pack FROM suspect WHERE remote=?)",
                    (key, key),
                )
            }
            rows = db.execute("SELECT path, pieces FROM entry WHERE remote=? AND upload=''", (key,)).fetchall()
            paths = [path for path, pieces in rows if not hurt.isdisjoint(split_ids(pieces))]
            db.executemany(
                "UPDATE entry SET signature=NULL WHERE remote=? AND upload='' AND path=?", [(key, p) for p in paths]
            )
            names = {path.split("/")[1] for path in paths if path.startswith("sources/")}
            for (text,) in db.execute("SELECT record FROM source WHERE remote=? AND upload=''", (key,)).fetchall():
                record = SourceRecord(**self.parsed(text))
                if record.name in names:
                    self._insert_sources(db, key, CURRENT, [replace(record, signature="", image_at=None)])
            if tables:
                db.execute("UPDATE remote SET chain='[]' WHERE key=?", (key,))
            db.execute("UPDATE remote SET confirmed_at=NULL WHERE key=?", (key,))

    def entries(self, key: str) -> dict[str, EntryRecord]:
        """The tree of the remote's head, by path."""
        rows = self.all("SELECT path, entry, pieces, signature, size FROM entry WHERE remote=? AND upload=''", key)
        return {row[0]: EntryRecord(*row) for row in rows}

    def entry(self, key: str, path: str) -> EntryRecord | None:
        """One path of the head's tree."""
        row = self.one(
            "SELECT path, entry, pieces, signature, size FROM entry WHERE remote=? AND path=? AND upload=''", key, path
        )
        return None if row is None else EntryRecord(*row)

    def entry_signatures(self, key: str) -> dict[str, str | None]:
        """Path to stat signature of the remote's head."""
        return dict(self.all("SELECT path, signature FROM entry WHERE remote=? AND upload=''", key))

    def sources(self, key: str) -> dict[str, SourceRecord]:
        """The last good copies in this remote, by source name."""
        rows = self.all("SELECT record FROM source WHERE remote=? AND upload=''", key)
        records = (SourceRecord(**self.parsed(row[0])) for row in rows)
        return {record.name: record for record in records}

    def touch_source(self, key: str, record: SourceRecord) -> None:
        """A source was looked at and holds what the head holds: remember its new signature."""
        with self.transaction() as db:
            self._insert_sources(db, key, CURRENT, [record])

    def touch_entries(self, key: str, signatures: Iterable[tuple[str, str]]) -> None:
        """Files whose stat moved but whose content did not: remember (path, signature)."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE entry SET signature=? WHERE remote=? AND path=? AND upload=''",
                [(signature, key, path) for path, signature in signatures],
            )

    # ------------------------------------------------------------------ the commit

    def prepared(self, key: str) -> Prepared | None:
        """The upload whose fate is not known, if there is one."""
        row = self.one("SELECT upload, manifest_key, manifest_sha256, chain FROM prepared WHERE remote=?", key)
        return None if row is None else Prepared(row[0], row[1], row[2], tuple(self.parsed(row[3])))

    def prepare(
        self,
        key: str,
        prepared: Prepared,
        entries: Iterable[EntryRecord],
        removed: Iterable[str],
        sources: Iterable[SourceRecord],
        used: Iterable[bytes],
    ) -> None:
        """Write down what the state will be once the manifest is known to be there."""
        upload = prepared.upload
        with self.transaction() as db:
            self._clear_prepared(db, key)
            db.execute(
                "INSERT INTO prepared VALUES(?, ?, ?, ?, ?)",
                (key, upload, prepared.manifest_key, prepared.manifest_sha256, json.dumps(prepared.chain)),
            )
            self._insert_entries(db, key, upload, entries)
            db.executemany(
                "INSERT INTO entry VALUES(?, ?, ?, NULL, NULL, NULL, 0)", [(key, p, upload) for p in removed]
            )
            self._insert_sources(db, key, upload, sources)
            db.executemany("INSERT OR IGNORE INTO claim VALUES(?, ?)", [(key, piece) for piece in used])

    def advance(self, key: str, now: float) -> None:
        """The prepared manifest is there: it is the head now."""
        with self.transaction() as db:
            row = db.execute("SELECT upload, manifest_sha256, chain FROM prepared WHERE remote=?", (key,)).fetchone()
            upload = row[0]
            if len(self.parsed(row[2])) == 1:
                db.execute(
                    "UPDATE piece SET upload=NULL WHERE remote=? AND id NOT IN (SELECT id FROM claim WHERE remote=?)",
                    (key, key),
                )
            db.execute(
                "UPDATE piece SET upload=? WHERE remote=? AND upload IS NULL "
                "AND id IN (SELECT id FROM claim WHERE remote=?)",
                (upload, key, key),
            )
            db.execute(
                "DELETE FROM entry WHERE remote=? AND upload='' "
                "AND path IN (SELECT path FROM entry WHERE remote=? AND upload=?)",
                (key, key, upload),
            )
            db.execute("DELETE FROM entry WHERE remote=? AND upload=? AND entry IS NULL", (key, upload))
            db.execute("UPDATE entry SET upload='' WHERE remote=? AND upload=?", (key, upload))
            db.execute(
                "DELETE FROM source WHERE remote=? AND upload='' "
                "AND name IN (SELECT name FROM source WHERE remote=? AND upload=?)",
                (key, key, upload),
            )
            db.execute("UPDATE source SET upload='' WHERE remote=? AND upload=?", (key, upload))
            self._set_head(
                db, RemoteRecord(key, upload, row[1], tuple(self.parsed(row[2])), now, now, format_confirmed=True)
            )
            self._clear_prepared(db, key)

    def drop_prepared(self, key: str) -> None:
        """The prepared manifest is known not to be there: its pieces stay, uncommitted."""
        with self.transaction() as db:
            self._clear_prepared(db, key)

    # ------------------------------------------------------------------ inside

    @staticmethod
    def _set_head(db: sqlite3.Connection, record: RemoteRecord) -> None:
        db.execute(
            "INSERT OR REPLACE INTO remote VALUES(?, ?, ?, ?, ?, ?, ?)",
            (
                record.key,
                record.head,
                record.manifest_sha256,
                json.dumps(record.chain),
                record.committed_at,
                record.confirmed_at,
                int(record.format_confirmed),
            ),
        )

    @staticmethod
    def _insert_pieces(db: sqlite3.Connection, key: str, pieces: Iterable[PieceRecord]) -> None:
        db.executemany(
            "INSERT INTO piece VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind=excluded.kind, "
            "pack=excluded.pack, offset=excluded.offset, stored=excluded.stored, plain=excluded.plain, "
            "codec=excluded.codec, upload=excluded.upload "
            "WHERE pack IN (SELECT pack FROM suspect WHERE suspect.remote=excluded.remote)",
            [(key, p.id, p.kind, p.pack, p.offset, p.stored, p.plain, p.codec, p.upload) for p in pieces],
        )

    @staticmethod
    def _insert_entries(db: sqlite3.Connection, key: str, upload: str, entries: Iterable[EntryRecord]) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO entry VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(key, e.path, upload, e.signature, e.entry, e.pieces, e.size) for e in entries],
        )

    @staticmethod
    def _insert_sources(db: sqlite3.Connection, key: str, upload: str, sources: Iterable[SourceRecord]) -> None:
        db.executemany(
            "INSERT OR REPLACE INTO source VALUES(?, ?, ?, ?)",
            [(key, s.name, upload, json.dumps(asdict(s))) for s in sources],
        )

    @staticmethod
    def _clear_prepared(db: sqlite3.Connection, key: str) -> None:
        for table in ("entry", "source"):
            db.execute(f"DELETE FROM {table} WHERE remote=? AND upload<>''", (key,))  # noqa: S608  # names from above
        for table in ("claim", "prepared"):
            db.execute(f"DELETE FROM {table} WHERE remote=?", (key,))  # noqa: S608  # names from the line above
