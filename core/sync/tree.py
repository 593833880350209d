"""Fold a chain of tables into the tree of one upload: every live entry, and where every piece is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import DamageError
from core.sync.entries import DatabaseEntry, DatabaseExtension, Entry
from core.sync.pieces import Location, PieceId
from core.sync.table import Table


@dataclass(frozen=True)
class Tree:
    """All entries by path, and all known pieces."""

    entries: Mapping[str, Entry]
    pieces: Mapping[PieceId, Location]

    def locate(self, piece_id: PieceId) -> Location:
        """Where a piece is. Raises DamageError("table.piece_missing")."""
        location = self.pieces.get(piece_id)
        if location is None:
            raise DamageError("table.piece_missing", piece=piece_id.hex())
        return location


def fold(tables: Sequence[Table]) -> Tree:
    """The tree after the last of `tables`, which stand oldest first: its base, then itself.

    Within a table, removals come before what it sets. Raises DamageError: table.chain_broken when these are not the
    base of the last table, table.extends_nothing when a delta has no image below it.
    """
    _check_chain(tables)
    entries: dict[str, Entry] = {}
    pieces: dict[PieceId, Location] = {}
    for table in tables:
        for path in table.removed:
            entries.pop(path, None)
        for change in table.set:
            if isinstance(change, DatabaseExtension):
                known = entries.get(change.path)
                if not isinstance(known, DatabaseEntry):
                    raise DamageError("table.extends_nothing", path=change.path, upload_id=table.upload_id)
                entries[change.path] = known.extended(change)
            else:
                entries[change.path] = change
        # A piece that was sent again had been lost where it was: the newest location is the one to trust.
        pieces.update(table.pieces)
    return Tree(entries, pieces)


def _check_chain(tables: Sequence[Table]) -> None:
    if not tables:
        raise DamageError("table.chain_broken", upload_id="", problem="no table")
    vault_id = tables[-1].vault_id
    for at, table in enumerate(tables):
        named = [ref.upload_id for ref in table.base]
        if named != [before.upload_id for before in tables[:at]] or table.vault_id != vault_id:
            raise DamageError("table.chain_broken", upload_id=table.upload_id, problem="a base that does not fit")
