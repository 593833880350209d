"""Where a person mends an error: the page that "Fix…" opens, by the error's code.

What only another program or another computer can mend is explained on the status page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.settings import field_names

_FIELDS = {
    "storage.no_keys": "cloud_key_id",
    "storage.key_refused": "cloud_key_id",
    "storage.read_only": "cloud_key_id",
    "storage.bucket_refused": "cloud_key_id",
    "cloud.no_credentials": "cloud_key_id",
    "storage.no_such_bucket": "cloud_bucket",
    "storage.wrong_region": "cloud_region",
    "storage.bad_location": "cloud_endpoint",
    "storage.wrong_endpoint": "cloud_endpoint",
    "storage.plain_http": "cloud_endpoint",
    "storage.tls": "cloud_endpoint",
    "storage.folder_missing": "cloud_endpoint",
    "storage.folder_unwritable": "cloud_endpoint",
    "hub.token_missing": "hub_token",
    "hub.token_wrong": "hub_token",
    "hub.token_refused": "hub_token",
    "hub.no_hub": "hub_url",
    "hub.tls": "hub_url",
}
_SECTIONS = {
    "hub.not_confirmed": "hub",
    "hub.another": "hub",
    "keys.no_passphrase": "security",
    "keys.wrong_passphrase": "security",
    "credentials.no_keychain": "security",
    "credentials.plain_keychain": "security",
    "credentials.denied": "security",
    "credentials.keychain_failed": "security",
    "credentials.file_locked": "security",
    "credentials.wrong_passphrase": "security",
    "credentials.file_damaged": "security",
}


def place_of(error: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """The page to open for an error, and what to look at there."""
    code = str((error or {}).get("code", ""))
    named = str(((error or {}).get("params") or {}).get("field", ""))
    field = _FIELDS.get(code) or (named if code.startswith("settings.") and named in field_names() else "")
    if field:
        return "settings", {"field": field}
    if code in _SECTIONS:
        return "settings", {"section": _SECTIONS[code]}
    return "status", {"error": error}
