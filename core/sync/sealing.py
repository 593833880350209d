"""Sealers: what stands between plain bytes and a bucket. `ClearSealer` does nothing but name; `KeySealer` encrypts.

Keys (all from the random master key, by HKDF-SHA256 with the vault id as salt, 32 bytes each):

    id key      names pieces: HMAC-SHA256(id key, plain bytes)
    data key    per-piece key = HMAC-SHA256(data key, piece id): no key meets more than one plaintext
    table key   per-table key = HMAC-SHA256(table key, upload id)
    check       stands in format.json, tells a wrong master key from damaged data

Sealed bytes = 12 random bytes (the nonce), then AES-256-GCM ciphertext and its 16-byte tag. The associated data names
vault, format, kind and piece (or table and upload), so bytes that are valid elsewhere are refused here.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Final, Protocol

from core.errors import DamageError
from core.sync.pieces import FORMAT_VERSION, PieceId, PieceKind

NONCE_SIZE: Final = 12
TAG_SIZE: Final = 16
SEAL_OVERHEAD: Final = NONCE_SIZE + TAG_SIZE


class Sealer(Protocol):
    """Names pieces, seals what goes up and opens what comes down."""

    encrypted: bool

    def piece_id(self, kind: PieceKind, plain: bytes) -> PieceId:
        """The id of a piece with these plain bytes."""
        ...

    def seal(self, kind: PieceKind, piece_id: PieceId, data: bytes) -> bytes:
        """The stored form of a piece's encoded bytes."""
        ...

    def open(self, kind: PieceKind, piece_id: PieceId, stored: bytes) -> bytes:
        """The encoded bytes of a stored piece. Raises DamageError("pieces.tampered")."""
        ...

    def seal_table(self, upload_id: str, data: bytes) -> bytes:
        """The stored form of a table."""
        ...

    def open_table(self, upload_id: str, data: bytes) -> bytes:
        """The compressed table in `data`. Raises DamageError("table.tampered")."""
        ...


class ClearSealer:
    """No encryption: a piece is named by its SHA-256 and stored as it is."""

    encrypted = False

    def piece_id(self, kind: PieceKind, plain: bytes) -> PieceId:
        return hashlib.sha256(plain).digest()

    def seal(self, kind: PieceKind, piece_id: PieceId, data: bytes) -> bytes:
        return data

    def open(self, kind: PieceKind, piece_id: PieceId, stored: bytes) -> bytes:
        return stored

    def seal_table(self, upload_id: str, data: bytes) -> bytes:
        return data

    def open_table(self, upload_id: str, data: bytes) -> bytes:
        return data


class KeySealer:
    """Encryption with the vault's master key (32 bytes). Safe to use from several threads."""

    encrypted = True

    def __init__(self, vault_id: str, master_key: bytes) -> None:
        if len(master_key) != 32:
            raise ValueError("a master key has 32 bytes")
        self.vault_id = vault_id
        self._id_key = _derive(master_key, vault_id, "id")
        self._data_key = _derive(master_key, vault_id, "data")
        self._table_key = _derive(master_key, vault_id, "table")
        self.check = _derive(master_key, vault_id, "check").hex()

    def piece_id(self, kind: PieceKind, plain: bytes) -> PieceId:
        return hmac.digest(self._id_key, plain, "sha256")

    def seal(self, kind: PieceKind, piece_id: PieceId, data: bytes) -> bytes:
        return _seal(hmac.digest(self._data_key, piece_id, "sha256"), data, self._place(kind, piece_id))

    def open(self, kind: PieceKind, piece_id: PieceId, stored: bytes) -> bytes:
        key = hmac.digest(self._data_key, piece_id, "sha256")
        data = _open(key, stored, self._place(kind, piece_id))
        if data is None:
            raise DamageError("pieces.tampered", piece=piece_id.hex())
        return data

    def seal_table(self, upload_id: str, data: bytes) -> bytes:
        return _seal(hmac.digest(self._table_key, upload_id.encode(), "sha256"), data, self._table_place(upload_id))

    def open_table(self, upload_id: str, data: bytes) -> bytes:
        key = hmac.digest(self._table_key, upload_id.encode(), "sha256")
        opened = _open(key, data, self._table_place(upload_id))
        if opened is None:
            raise DamageError("table.tampered", upload_id=upload_id)
        return opened

    def _place(self, kind: PieceKind, piece_id: PieceId) -> bytes:
        return f"cogzy|{FORMAT_VERSION}|{self.vault_id}|{kind}|{piece_id.hex()}".encode()

    def _table_place(self, upload_id: str) -> bytes:
        return f"cogzy|{FORMAT_VERSION}|{self.vault_id}|table|{upload_id}".encode()


def _derive(master_key: bytes, vault_id: str, purpose: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) for one block of output, which is all that is needed."""
    extracted = hmac.digest(vault_id.encode(), master_key, "sha256")
    return hmac.digest(extracted, f"cogzy {FORMAT_VERSION} {purpose}".encode() + b"\x01", "sha256")


def _seal(key: bytes, data: bytes, place: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, data, place)


def _open(key: bytes, stored: bytes, place: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(stored) < SEAL_OVERHEAD:
        return None
    try:
        return AESGCM(key).decrypt(stored[:NONCE_SIZE], stored[NONCE_SIZE:], place)
    except InvalidTag:
        return None
