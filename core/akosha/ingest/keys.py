"""Keys of encrypted vaults that this hub was given: without one it cannot read what they hold, and says so.

    vault_keys.json (owner only)   {"format": 1, "keys": {"<vault id>": {"key": b64, "added_at": UNIX seconds}}}

A key is believed once it fits the vault's own format.json. With a passphrase (AKOSHA_PASSPHRASE) the wrapped keys in
the bucket are tried; what they hold stays in memory.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.errors import CogzyError, DamageError, UsageError
from core.files import file_error, write_atomically
from core.storage import NotFoundError, StorageError
from core.sync.layout import VAULT_ID, format_key
from core.sync.sealing import KeySealer

if TYPE_CHECKING:
    from core.storage import ObjectStore

FILE = "vault_keys.json"
KEY_SIZE = 32
RETRY_SECONDS = 600.0
"""How soon a passphrase that opened nothing is tried again: the keys in the bucket may be others then."""
_MOST_FILE = 1 << 20
_MOST_FORMAT = 1 << 16


@dataclass(frozen=True)
class KeyInfo:
    """A key that is kept. The key itself is shown to nobody."""

    vault_id: str
    added_at: float


class VaultKeys:
    """The keys in `<data>/vault_keys.json`, as they are now: another process may add some."""

    def __init__(
        self, data: Path, passphrase: str | None = None, given: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        """`given`: master keys by vault, which stay in memory."""
        self._path = data / FILE
        self._passphrase = passphrase or None
        self._unwrapped: dict[str, bytes] = dict(given)
        self._failed: dict[str, tuple[float, CogzyError]] = {}
        self._checked: dict[tuple[str, bytes], KeySealer] = {}

    def add(self, vault_id: str, master_key: bytes) -> None:
        """Keep a vault's master key. Raises UsageError `akosha.bad_vault_id`, `akosha.bad_vault_key`, FileError."""
        if not VAULT_ID.fullmatch(vault_id):
            raise UsageError("akosha.bad_vault_id", vault_id=vault_id)
        if len(master_key) != KEY_SIZE:
            raise UsageError("akosha.bad_vault_key", size=KEY_SIZE)
        self._change(vault_id, {"key": base64.b64encode(master_key).decode(), "added_at": time.time()})

    def remove(self, vault_id: str) -> bool:
        """Forget a vault's key; whether there was one."""
        return self._change(vault_id, None)

    def list(self) -> tuple[KeyInfo, ...]:
        """The vaults of which there is a key, by id. Raises DamageError, FileError."""
        return tuple(KeyInfo(vault_id, float(kept["added_at"])) for vault_id, kept in sorted(self._read().items()))

    def has(self, vault_id: str) -> bool:
        """Whether it is worth trying to read this vault now. Raises DamageError, FileError."""
        if vault_id in self._read() or vault_id in self._unwrapped:
            return True
        tried = self._failed.get(vault_id)
        return self._passphrase is not None and (tried is None or time.monotonic() - tried[0] > RETRY_SECONDS)

    async def sealer_for(self, vault_id: str, store: ObjectStore) -> KeySealer | None:
        """What opens a vault's pieces in `store`; None when there is no key for it.

        Raises what is wrong with the key there is (UsageError, RefusedError, DamageError), StorageError, FileError.
        """
        kept = (await asyncio.to_thread(self._read)).get(vault_id)
        if kept is not None:
            return await self._proved(vault_id, base64.b64decode(str(kept["key"])), store)
        if vault_id not in self._unwrapped:
            if self._passphrase is None:
                return None
            if not await asyncio.to_thread(self.has, vault_id):
                raise self._failed[vault_id][1]
            self._unwrapped[vault_id] = await self._unwrap(vault_id, self._passphrase, store)
        return await self._proved(vault_id, self._unwrapped[vault_id], store)

    async def _unwrap(self, vault_id: str, passphrase: str, store: ObjectStore) -> bytes:
        from core.sync.connect import fetch_keys
        from core.sync.keys import unwrap

        try:
            wrapped = await fetch_keys(store, vault_id)
            return await asyncio.to_thread(unwrap, wrapped, passphrase, vault_id)
        except StorageError:
            raise
        except CogzyError as error:
            self._failed[vault_id] = time.monotonic(), error
            raise

    async def _proved(self, vault_id: str, master: bytes, store: ObjectStore) -> KeySealer:
        """The sealer, once the vault's format says that the key is its own."""
        from core.sync.vault_format import check_format, parse_format

        known = self._checked.get((vault_id, master))
        if known is not None:
            return known
        sealer = KeySealer(vault_id, master)
        try:
            found = parse_format(await store.get(format_key(vault_id), at_most=_MOST_FORMAT))
        except NotFoundError:
            raise DamageError("akosha.ingest_no_format", vault_id=vault_id) from None
        check_format(found, vault_id, encrypted=True, check=sealer.check)
        self._checked[vault_id, master] = sealer
        return sealer

    def _read(self) -> dict[str, dict[str, str | float]]:
        try:
            with self._path.open("rb") as file:
                data = file.read(_MOST_FILE + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise file_error(error, self._path) from error
        try:
            keys = json.loads(data)["keys"]
            for vault_id, kept in keys.items():
                whole = len(base64.b64decode(kept["key"], validate=True)) == KEY_SIZE
                if not (VAULT_ID.fullmatch(vault_id) and whole and float(kept["added_at"]) >= 0):
                    raise ValueError(vault_id)
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
            raise DamageError("akosha.keys_damaged", path=str(self._path)) from error
        return dict(keys)

    def _change(self, vault_id: str, kept: dict[str, str | float] | None) -> bool:
        from filelock import FileLock

        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock")):
            keys = self._read()
            before = keys.pop(vault_id, None)
            if kept is not None:
                keys[vault_id] = kept
            if kept is not None or before is not None:
                write_atomically(self._path, json.dumps({"format": 1, "keys": keys}, indent=1).encode())
        self._failed.pop(vault_id, None)
        return before is not None
