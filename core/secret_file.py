"""Secrets in one file, encrypted with a passphrase, for computers without a keychain.

    {"format": 1, "kdf": {"name": "scrypt", "n": 131072, "r": 8, "p": 1, "salt": b64}, "nonce": b64, "sealed": b64}

`sealed` is AES-256-GCM over the JSON object of secrets, its key scrypt(passphrase), its associated data the compact
JSON of `kdf`. Salt and nonce are new at each write. Whoever can write the file can make it unreadable but cannot make
it costly: KDF parameters beyond 256 MiB of memory are refused before they are used.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import DamageError, RefusedError, UsageError
from core.files import file_error, write_atomically

SHORTEST_PASSPHRASE = 8
_FORMAT = 1
_N, _R, _P = 1 << 17, 8, 1  # 128 MiB, about a third of a second
_MOST_MEMORY = 256 << 20
_MOST_PASSES = 4
_FILE_LIMIT = 1 << 20


def read(path: Path, passphrase: str) -> dict[str, str] | None:
    """The secrets in the file; None when the passphrase does not open it.

    Raises DamageError for a file that is none of ours, RefusedError for one that asks for more memory than any of ours.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        with path.open("rb") as file:
            data = file.read(_FILE_LIMIT + 1)
    except OSError as error:
        raise file_error(error, path) from error
    try:
        envelope = json.loads(data[:_FILE_LIMIT])
        kdf = envelope["kdf"]
        cost = (int(kdf["n"]), int(kdf["r"]), int(kdf["p"]))
        salt, nonce, sealed = (base64.b64decode(t) for t in (kdf["salt"], envelope["nonce"], envelope["sealed"]))
        known = envelope["format"] == _FORMAT and kdf["name"] == "scrypt" and len(nonce) == 12 and len(sealed) >= 16
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamageError("credentials.file_damaged", path=str(path)) from error
    if not known or cost[0] < 2 or cost[0] & (cost[0] - 1) or min(cost) < 1:
        raise DamageError("credentials.file_damaged", path=str(path))
    if 128 * cost[0] * cost[1] > _MOST_MEMORY or cost[2] > _MOST_PASSES:
        raise RefusedError("credentials.file_costly", path=str(path))
    try:
        plain = AESGCM(_key(passphrase, salt, *cost)).decrypt(nonce, sealed, _associated(kdf))
    except InvalidTag:
        return None
    secrets: dict[str, str] = json.loads(plain)
    return secrets


def write(path: Path, passphrase: str, secrets: Mapping[str, str]) -> None:
    """Write the secrets, readable by the owner alone. Raises UsageError for a passphrase that is too short."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError("credentials.short_passphrase", shortest=SHORTEST_PASSPHRASE)
    salt, nonce = os.urandom(16), os.urandom(12)
    kdf = {"name": "scrypt", "n": _N, "r": _R, "p": _P, "salt": base64.b64encode(salt).decode()}
    plain = json.dumps(dict(secrets)).encode()
    sealed = AESGCM(_key(passphrase, salt, _N, _R, _P)).encrypt(nonce, plain, _associated(kdf))
    envelope = {"format": _FORMAT, "kdf": kdf, "nonce": base64.b64encode(nonce).decode()}
    envelope["sealed"] = base64.b64encode(sealed).decode()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(path, json.dumps(envelope, indent=1).encode())


def _key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode())


def _associated(kdf: Mapping[str, Any]) -> bytes:
    return json.dumps(kdf, sort_keys=True, separators=(",", ":")).encode()
