"""The master key of an encrypted vault, and its wrapped copies in the bucket.

A wrapped key is an immutable JSON object: the 32-byte master key under AES-256-GCM, with a key that comes from a
passphrase (scrypt) or from a printed recovery key (HKDF; it is random, so nothing slow is needed). A new passphrase
writes a new object and deletes the old one; no piece is sent again. Its checksum tells bit rot from a wrong passphrase.
Parameters that a bucket hands back are capped before any work is done with them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from core.errors import DamageError, RefusedError, UsageError
from core.sync.fields import Fields, b64, dump, parse_object, read_time, time_text
from core.sync.layout import SHA256, VAULT_ID, WRAPPED_ID
from core.sync.pieces import FORMAT_VERSION

WrapKind = Literal["passphrase", "recovery"]
Wrapped = dict[str, Any]

KEY_SIZE = 32
LEAST_PASSPHRASE = 8
SCRYPT_LOG_N = 17
SCRYPT_R = 8
SCRYPT_P = 1
MOST_KDF_MEMORY = 512 << 20
MOST_KDF_WORK = 4 << 20
_CODE = "keys.malformed"
_NAMES = re.compile(r"scrypt|hkdf-sha256|[a-z0-9-]{1,32}")
_KINDS = re.compile(r"passphrase|recovery")

# Crockford's base32: no I, L, O, U, so that a hand copy can be read back.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIASES = str.maketrans("OIL", "011", " -–—_.\t\r\n")  # noqa: RUF001  dashes that word processors make
RECOVERY_SIZE = 20
_CHECK_BITS = 20
_GROUP = 4
_GROUPS = 9


def new_master_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_SIZE)


def new_recovery_key() -> str:
    """160 random bits and a 20-bit checksum, as nine groups of four characters to print."""
    data = secrets.token_bytes(RECOVERY_SIZE)
    value = int.from_bytes(data, "big") << _CHECK_BITS | _recovery_check(data)
    text = "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(_GROUP * _GROUPS)))
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def wrap(master: bytes, passphrase: str, vault_id: str, now: datetime | None = None) -> Wrapped:
    """The master key wrapped by a passphrase. Takes about 0.3 s and 128 MiB, by design."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise UsageError("keys.short_passphrase", least=LEAST_PASSPHRASE)
    kdf = {"name": "scrypt", "log_n": SCRYPT_LOG_N, "r": SCRYPT_R, "p": SCRYPT_P, "salt": b64(os.urandom(16))}
    return _wrap(master, "passphrase", kdf, _secret_of(passphrase), vault_id, now)


def wrap_with_recovery(master: bytes, recovery_key: str, vault_id: str, now: datetime | None = None) -> Wrapped:
    """The master key wrapped by a recovery key of `new_recovery_key`."""
    kdf = {"name": "hkdf-sha256", "salt": b64(os.urandom(16))}
    return _wrap(master, "recovery", kdf, parse_recovery_key(recovery_key), vault_id, now)


def unwrap(wrapped: Mapping[str, Any] | Iterable[Mapping[str, Any]], passphrase: str, vault_id: str) -> bytes:
    """The master key, from the newest sound wrapped key of the vault: the passphrase before the last opens nothing.

    Raises UsageError("keys.wrong_passphrase"), DamageError("keys.malformed"), RefusedError("keys.costly_kdf",
    "keys.future").
    """
    return _unwrap(wrapped, "passphrase", _secret_of(passphrase), vault_id, "keys.wrong_passphrase")


def unwrap_with_recovery(
    wrapped: Mapping[str, Any] | Iterable[Mapping[str, Any]], recovery_key: str, vault_id: str
) -> bytes:
    """The master key, from a recovery key. A typo is `keys.mistyped_recovery_key`, another vault's key
    `keys.wrong_recovery_key`."""
    return _unwrap(wrapped, "recovery", parse_recovery_key(recovery_key), vault_id, "keys.wrong_recovery_key")


def parse_recovery_key(text: str) -> bytes:
    """The 20 bytes of a typed recovery key; case, spaces and dashes do not count, O is 0, I and L are 1."""
    plain = text.upper().translate(_ALIASES)
    if len(plain) != _GROUP * _GROUPS or any(character not in _ALPHABET for character in plain):
        raise UsageError("keys.mistyped_recovery_key")
    value = 0
    for character in plain:
        value = value << 5 | _ALPHABET.index(character)
    data = (value >> _CHECK_BITS).to_bytes(RECOVERY_SIZE, "big")
    if value & (1 << _CHECK_BITS) - 1 != _recovery_check(data):
        raise UsageError("keys.mistyped_recovery_key")
    return data


def encode_wrapped(wrapped: Mapping[str, Any]) -> bytes:
    """The bytes of keys/<id>.json."""
    return dump(dict(wrapped))


def current(wrapped: Iterable[Mapping[str, Any]], kind: WrapKind) -> Mapping[str, Any] | None:
    """The newest wrapped key of a kind: the one that counts; older ones of it may be deleted."""
    return next(iter(_newest_first(wrapped, kind)), None)


def _wrap(
    master: bytes, kind: WrapKind, kdf: dict[str, Any], secret: bytes, vault_id: str, now: datetime | None
) -> Wrapped:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(master) != KEY_SIZE:
        raise ValueError("a master key has 32 bytes")
    value: Wrapped = {
        "format": FORMAT_VERSION,
        "id": secrets.token_hex(8),
        "vault_id": vault_id,
        "kind": kind,
        "created_at": time_text(now or datetime.now(UTC)),
        "kdf": kdf,
    }
    nonce = os.urandom(12)
    key = _derive(Fields(kdf, _CODE, "kdf"), secret)
    value["wrapped"] = b64(nonce + AESGCM(key).encrypt(nonce, master, _place(value)))
    value["checksum"] = _checksum(value)
    return value


def _unwrap(
    wrapped: Mapping[str, Any] | Iterable[Mapping[str, Any]], kind: WrapKind, secret: bytes, vault_id: str, wrong: str
) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    every = [wrapped] if isinstance(wrapped, Mapping) else wrapped
    problem: DamageError | RefusedError | None = None
    for value in _newest_first(every, kind):
        try:
            fields = _checked(value, vault_id)
            sealed = fields.raw("wrapped", 128)
            key = _derive(fields.nested("kdf"), secret)
        except (DamageError, RefusedError) as error:
            problem = problem or error
            continue
        try:
            master = AESGCM(key).decrypt(sealed[:12], sealed[12:], _place(value))
        except (InvalidTag, ValueError) as error:
            raise UsageError(wrong) from error
        if len(master) == KEY_SIZE:
            return master
        fields.fail("wrapped", "not a master key")
    raise problem or UsageError(wrong)


def _newest_first(wrapped: Iterable[Mapping[str, Any]], kind: WrapKind) -> list[Mapping[str, Any]]:
    found = [key for key in wrapped if isinstance(key, Mapping) and key.get("kind") == kind]
    return sorted(found, key=lambda key: str(key.get("created_at")), reverse=True)


def _checked(value: Mapping[str, Any], vault_id: str) -> Fields:
    """The fields of a wrapped key, once its form and checksum are known to be right."""
    where = f"keys/{str(value.get('id'))[:32]}.json"
    try:
        fields = parse_object(dump(dict(value)), _CODE, where)
    except (TypeError, ValueError, RecursionError) as error:
        raise DamageError(_CODE, where=where, problem="not an object") from error
    if fields.number("format", 1) > FORMAT_VERSION:
        raise RefusedError("keys.future", where=where)
    fields.text("id", WRAPPED_ID)
    fields.text("kind", _KINDS)
    read_time(fields, "created_at")
    if fields.text("checksum", SHA256) != _checksum(value):
        fields.fail("checksum", "does not fit")
    if fields.text("vault_id", VAULT_ID) != vault_id:
        fields.fail("vault_id", "another vault's")
    return fields


def _derive(kdf: Fields, secret: bytes) -> bytes:
    name = kdf.text("name", _NAMES)
    salt = kdf.raw("salt", 64)
    if len(salt) < 16:
        kdf.fail("salt", "too short")
    if name == "hkdf-sha256":
        extracted = hmac.digest(salt, secret, "sha256")
        return hmac.digest(extracted, f"cogzy {FORMAT_VERSION} recovery".encode() + b"\x01", "sha256")
    if name != "scrypt":
        raise RefusedError("keys.future", where=f"kdf {name}")
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    log_n, r, p = kdf.number("log_n", 1), kdf.number("r", 1), kdf.number("p", 1)
    if log_n > 24 or 128 * r << log_n > MOST_KDF_MEMORY or r * p << log_n > MOST_KDF_WORK:
        raise RefusedError("keys.costly_kdf", where="kdf", problem=f"scrypt 2^{log_n}, r={r}, p={p}")
    return Scrypt(salt=salt, length=32, n=1 << log_n, r=r, p=p).derive(secret)


def _secret_of(passphrase: str) -> bytes:
    """The same characters give the same bytes on every system and keyboard."""
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")


def _place(value: Mapping[str, Any]) -> bytes:
    return "|".join(
        ("cogzy", str(FORMAT_VERSION), *(str(value[name]) for name in ("vault_id", "kind", "id", "created_at")))
    ).encode("utf-8", "surrogatepass")


def _checksum(value: Mapping[str, Any]) -> str:
    """SHA-256 of all fields but itself, names sorted, as compact JSON."""
    rest = {name: value[name] for name in sorted(value) if name != "checksum"}
    if isinstance(rest.get("kdf"), dict):
        rest["kdf"] = dict(sorted(rest["kdf"].items()))
    return hashlib.sha256(dump(rest)).hexdigest()


def _recovery_check(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"cogzy recovery" + data).digest()[:3], "big") >> 4
