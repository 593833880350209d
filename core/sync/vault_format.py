"""format.json: what a vault's cloud copy is. Written once, before anything else of the vault.

Whether a vault is encrypted is pinned on each computer, too: a bucket that says otherwise is refused, so nobody who can
write to it can make Cogzy send in clear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from core.errors import RefusedError
from core.sync import chunks
from core.sync.fields import dump, parse_object, read_time, time_text
from core.sync.layout import SHA256, VAULT_ID
from core.sync.packs import PACK_LIMIT
from core.sync.pieces import FORMAT_VERSION, SLICE_SIZE

_CODE = "format.malformed"
_CIPHER = "aes-256-gcm"
_ANY = re.compile(r"[ -~]{0,64}")


@dataclass(frozen=True)
class VaultFormat:
    """Clear or encrypted; `check` (encrypted only) tells whether a master key is this vault's."""

    vault_id: str
    encrypted: bool
    created_at: datetime
    check: str | None = None


def encode_format(value: VaultFormat) -> bytes:
    """The bytes of format.json. The parameters tell a writer how to cut so that equal data makes equal pieces."""
    return dump(
        {
            "format": FORMAT_VERSION,
            "vault_id": value.vault_id,
            "encrypted": value.encrypted,
            "cipher": _CIPHER if value.encrypted else None,
            "check": value.check,
            "created_at": time_text(value.created_at),
            "chunks": {
                "method": "fastcdc2020",
                "average": chunks.CDC_AVERAGE,
                "least": chunks.CDC_LEAST,
                "most": chunks.CDC_MOST,
                "normalization": chunks.CDC_NORMALIZATION,
                "seed": 0,
                "fixed": chunks.FIXED_SIZE,
            },
            "slice": SLICE_SIZE,
            "pack": PACK_LIMIT,
        }
    )


def parse_format(data: bytes) -> VaultFormat:
    """The format in `data`. Raises DamageError("format.malformed"), RefusedError("format.future")."""
    fields = parse_object(data, _CODE, "format.json")
    if fields.number("format", 1) > FORMAT_VERSION:
        raise RefusedError("format.future", seen=fields.number("format"))
    encrypted = fields.flag("encrypted")
    if encrypted and fields.text("cipher", _ANY) != _CIPHER:
        raise RefusedError("format.future", seen=fields.text("cipher", _ANY))
    return VaultFormat(
        vault_id=fields.text("vault_id", VAULT_ID),
        encrypted=encrypted,
        created_at=read_time(fields, "created_at"),
        check=fields.text("check", SHA256) if encrypted else None,
    )


def check_format(found: VaultFormat, vault_id: str, *, encrypted: bool, check: str | None) -> None:
    """Compare what the bucket says with what this computer has pinned; `check` is `KeySealer.check`.

    Raises RefusedError: format.misplaced, format.not_encrypted, format.encrypted, keys.wrong_master_key.
    """
    if found.vault_id != vault_id:
        raise RefusedError("format.misplaced", vault_id=vault_id, found=found.vault_id)
    if encrypted and not found.encrypted:
        raise RefusedError("format.not_encrypted", vault_id=vault_id)
    if found.encrypted and not encrypted:
        raise RefusedError("format.encrypted", vault_id=vault_id)
    if encrypted and found.check != check:
        raise RefusedError("keys.wrong_master_key", vault_id=vault_id)
