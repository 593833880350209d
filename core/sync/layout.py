"""The keys of all objects, relative to the prefix, and the names that stand in them.

Only these functions make keys. A key that was read from a bucket is parsed and made again, never used as it came, so
nothing in a bucket can point outside its vault.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

VAULT_ID = re.compile(r"[0-9a-f]{32}")
SYSTEM_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
UPLOAD_ID = re.compile(r"[0-9]{8}_[0-9]{6}_[0-9]{3}_([A-Za-z0-9_-]{1,100})_[0-9a-z]{6}")
SHA256 = re.compile(r"[0-9a-f]{64}")
WRAPPED_ID = re.compile(r"[0-9a-f]{16}")
SYSTEMS = "systems/"
MANIFEST_KEY = re.compile(r"systems/([^/]+)/uploads/([^/]+)/manifest\.json")
_RANDOM = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_upload_id(system_id: str, now: datetime) -> str:
    """`YYYYMMDD_HHMMSS_mmm_<system_id>_<6 random>`, in UTC: sorts by time, names its writer, never reused."""
    now = now.astimezone(UTC)
    end = "".join(secrets.choice(_RANDOM) for _ in range(6))
    return f"{now:%Y%m%d_%H%M%S}_{now.microsecond // 1000:03d}_{system_id}_{end}"


def upload_system(upload_id: str) -> str | None:
    """The system that an upload id names, or None when it is no upload id."""
    match = UPLOAD_ID.fullmatch(upload_id)
    return match[1] if match else None


def uploads_prefix(system_id: str) -> str:
    """Below here are the uploads of one system, one folder each."""
    return f"systems/{system_id}/uploads/"


def manifest_key(system_id: str, upload_id: str) -> str:
    """The commit point of an upload."""
    return f"{uploads_prefix(system_id)}{upload_id}/manifest.json"


def parse_manifest_key(key: str) -> tuple[str, str] | None:
    """(system_id, upload_id) of a manifest's key, or None when it is no manifest of this layout."""
    match = MANIFEST_KEY.fullmatch(key)
    return (match[1], match[2]) if match and upload_system(match[2]) == match[1] else None


def vault_prefix(vault_id: str) -> str:
    """Below here is everything of a vault but its manifests."""
    return f"vaults/{vault_id}/"


def format_key(vault_id: str) -> str:
    """The format of a vault: version, parameters, clear or encrypted."""
    return f"vaults/{vault_id}/format.json"


def pack_key(vault_id: str, sha256: str) -> str:
    """A pack, named by the SHA-256 of its stored bytes."""
    return f"vaults/{vault_id}/packs/{sha256[:2]}/{sha256}.pack"


def table_key(vault_id: str, upload_id: str) -> str:
    """The file table of an upload."""
    return f"vaults/{vault_id}/tables/{upload_id}.table"


def device_key(vault_id: str, system_id: str) -> str:
    """What a system says about itself; written by that system alone."""
    return f"vaults/{vault_id}/devices/{system_id}.json"


def keys_prefix(vault_id: str) -> str:
    """Below here are the wrapped keys of an encrypted vault."""
    return f"vaults/{vault_id}/keys/"


def wrapped_key(vault_id: str, key_id: str) -> str:
    """One wrapped copy of the master key."""
    return f"{keys_prefix(vault_id)}{key_id}.json"
