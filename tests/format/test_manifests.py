"""manifest.json: what the hub demands, what a reader checks, and how hostile bytes are refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CogzyError, DamageError, RefusedError
from core.sync import layout
from core.sync.manifest import encode_manifest, parse_manifest, plain_name
from core.sync.table import make_ref
from tests.format.samples import OTHER_VAULT, SYSTEM, UPLOAD, VAULT, a_manifest

KEY = layout.manifest_key(SYSTEM, UPLOAD)


def test_a_manifest_comes_back_as_it_was() -> None:
    for manifest in (a_manifest(), a_manifest(compressed=False, compression_format=None, parents=(), packs=())):
        assert parse_manifest(encode_manifest(manifest), key=KEY) == manifest


def test_the_top_level_is_what_the_hub_demands() -> None:
    value = json.loads(encode_manifest(a_manifest()))
    assert re.fullmatch(r"\d+\.\d+", value["version"])
    assert datetime.fromisoformat(value["uploaded_at"]).utcoffset() is not None
    assert value["conversation_count"] >= 0
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name in value["files"])
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,100}", value["system_id"])
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", value["upload_id"])
    assert value["compression_format"] in ("gzip", "zstd")
    assert value["checksum"] == value["metadata"]["cogzy"]["table"]["sha256"]
    bare = json.loads(encode_manifest(a_manifest(compressed=False, compression_format="zstd")))
    assert bare["compression_format"] is None


def test_an_encrypted_vaults_manifest_tells_time_size_and_system_only() -> None:
    value = json.loads(encode_manifest(a_manifest(encrypted=True)))
    assert value["files"] == []
    assert value["conversation_count"] == 0
    assert value["metadata"]["cogzy"]["sources"] == []
    text = json.dumps(value)
    assert "nodes.json" not in text
    assert "session-buddy" not in text


def changed(**changes: Any) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(encode_manifest(a_manifest()))
    own = value["metadata"]["cogzy"]
    for name, new in changes.items():
        where = own if name.startswith("own_") else value
        where[name.removeprefix("own_")] = new
    return value


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"upload_id": "x"}, "manifest.malformed"),
        ({"system_id": "a/../b"}, "manifest.malformed"),
        ({"uploaded_at": "2026-11-20T10:00:00"}, "manifest.malformed"),
        ({"uploaded_at": "0001-01-01T00:00:00+14:00"}, "manifest.malformed"),
        ({"uploaded_at": 7}, "manifest.malformed"),
        ({"conversation_count": -1}, "manifest.malformed"),
        ({"conversation_count": True}, "manifest.malformed"),
        ({"conversation_count": 1.5}, "manifest.malformed"),
        ({"total_size_bytes": 1 << 63}, "manifest.malformed"),
        ({"files": ["../x"]}, "manifest.malformed"),
        ({"files": ["a..b"]}, "manifest.malformed"),
        ({"files": ["a" * 256]}, "manifest.malformed"),
        ({"files": "nodes.json"}, "manifest.malformed"),
        ({"files": [[[]]]}, "manifest.malformed"),
        ({"checksum": "b" * 64}, "manifest.malformed"),
        ({"compressed": "yes"}, "manifest.malformed"),
        ({"compression_format": "lzma"}, "manifest.malformed"),
        ({"own_parents": ["../x"]}, "manifest.malformed"),
        ({"own_packs": ["../../" + "a" * 58]}, "manifest.malformed"),
        ({"own_packs": None}, "manifest.malformed"),
        ({"own_vault_id": "../" + "a" * 29}, "manifest.malformed"),
        ({"own_sources": [7]}, "manifest.malformed"),
        ({"own_encrypted": None}, "manifest.malformed"),
        ({"own_vault_id": OTHER_VAULT}, "manifest.outside_vault"),
        ({"own_format": 2}, "manifest.future"),
        ({"version": "2.0"}, "manifest.future"),
        ({"metadata": {}}, "manifest.foreign"),
        ({"metadata": None}, "manifest.foreign"),
        ({"metadata": {"cogzy": 7}}, "manifest.foreign"),
    ],
)
def test_a_changed_manifest_is_refused_by_name(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(CogzyError) as caught:
        parse_manifest(json.dumps(changed(**changes)).encode(), key=KEY)
    assert caught.value.code == code
    assert isinstance(caught.value, RefusedError if code in ("manifest.future", "manifest.foreign") else DamageError)


@pytest.mark.parametrize(
    "key",
    [
        "../../../etc/passwd",
        f"vaults/{OTHER_VAULT}/tables/{UPLOAD}.table",
        f"vaults/{VAULT}/tables/../{UPLOAD}.table",
        f"vaults/{VAULT}/tables/20261120_101112_123_laptop-a1b2_zzzzzz.table",
        f"vaults/{VAULT}/format.json",
        "",
    ],
)
def test_a_manifest_that_points_outside_its_vault_is_refused(key: str) -> None:
    manifest = a_manifest()
    bad = replace(manifest, table=replace(manifest.table, key=key))
    with pytest.raises(DamageError) as caught:
        parse_manifest(encode_manifest(bad), key=KEY)
    assert caught.value.code == "manifest.outside_vault"


def test_a_manifest_under_another_key_is_refused() -> None:
    data = encode_manifest(a_manifest())
    other = "20261120_101112_123_laptop-a1b2_zzzzzz"
    for key in (layout.manifest_key(SYSTEM, other), layout.manifest_key("other", UPLOAD), "manifest.json"):
        with pytest.raises(DamageError) as caught:
            parse_manifest(data, key=key)
        assert caught.value.code == "manifest.misplaced"


def test_another_programs_manifest_is_foreign_not_damaged() -> None:
    other = {"version": "1.0", "system_id": "mac", "upload_id": "20250208_120000", "uploaded_at": "2025-02-08T12:00:00"}
    with pytest.raises(RefusedError) as caught:
        parse_manifest(json.dumps(other).encode(), key="systems/mac/uploads/20250208_120000/manifest.json")
    assert caught.value.code == "manifest.foreign"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"7",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"version":' + b"9" * 10_000 + b"}",
        b'{"version":"1.0","version":"1.0"}',
        b'{"version":Infinity}',
        b"\xff\xfe{}",
        b" " * (9 << 20),
    ],
)
def test_what_is_no_manifest_is_malformed(data: bytes) -> None:
    with pytest.raises(DamageError) as caught:
        parse_manifest(data, key=KEY)
    assert caught.value.code == "manifest.malformed"


@given(st.data())
def test_a_flipped_or_cut_manifest_never_gives_another_upload(data: st.DataObject) -> None:
    whole = a_manifest()
    stored = encode_manifest(whole)
    at = data.draw(st.integers(0, len(stored) * 8 - 1))
    flipped = bytearray(stored)
    flipped[at // 8] ^= 1 << at % 8
    try:
        got = parse_manifest(bytes(flipped), key=KEY)
    except (DamageError, RefusedError):
        pass
    else:
        # What says which bytes to read is bound twice: ids to the key, table to the checksum.
        assert (got.upload_id, got.system_id, got.vault_id, got.table) == (
            whole.upload_id,
            whole.system_id,
            whole.vault_id,
            replace(whole.table, size=got.table.size),
        )
    with pytest.raises(DamageError):
        parse_manifest(stored[: at // 8], key=KEY)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(json_values, st.sampled_from(sorted(json.loads(encode_manifest(a_manifest())))), st.booleans())
def test_any_json_in_any_field_is_read_or_refused(value: object, name: str, own: bool) -> None:
    base = changed()
    if own:
        base["metadata"]["cogzy"][name if name in base["metadata"]["cogzy"] else "table"] = value
    else:
        base[name] = value
    try:
        parse_manifest(json.dumps(base).encode(), key=KEY)
    except (DamageError, RefusedError) as error:
        text = str(error)
    else:
        text = "read"
    assert text


def test_upload_ids_sort_by_time_name_their_system_and_differ() -> None:
    early = datetime(2026, 11, 20, 10, 11, 12, 123999, tzinfo=UTC)
    one, two = layout.new_upload_id(SYSTEM, early), layout.new_upload_id(SYSTEM, early)
    assert one != two
    assert one.startswith("20261120_101112_123_laptop-a1b2_")
    assert layout.upload_system(one) == SYSTEM
    assert layout.new_upload_id(SYSTEM, early.replace(microsecond=124000)) > max(one, two)


def test_a_manifest_key_is_parsed_only_when_its_two_names_fit() -> None:
    assert layout.parse_manifest_key(KEY) == (SYSTEM, UPLOAD)
    for key in (
        layout.manifest_key("other", UPLOAD),
        KEY + "x",
        "x" + KEY,
        layout.manifest_key(SYSTEM, "20250208_120000"),
        f"systems/{SYSTEM}/uploads/manifest.json",
    ):
        assert layout.parse_manifest_key(key) is None


@given(st.text(max_size=400))
def test_every_path_has_a_plain_name_that_the_hub_takes(path: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,255}", plain_name(path))
    assert ".." not in plain_name(path)
    manifest = a_manifest(files=(plain_name(path),))
    assert parse_manifest(encode_manifest(manifest), key=KEY) == manifest


def test_every_key_of_a_vault_lies_inside_it() -> None:
    made = (
        layout.format_key(VAULT),
        layout.pack_key(VAULT, "ab" * 32),
        layout.table_key(VAULT, UPLOAD),
        layout.device_key(VAULT, SYSTEM),
        layout.wrapped_key(VAULT, "0" * 16),
    )
    assert all(key.startswith(layout.vault_prefix(VAULT)) for key in made)
    assert layout.pack_key(VAULT, "ab" * 32) == f"vaults/{VAULT}/packs/ab/{'ab' * 32}.pack"
    assert make_ref(VAULT, UPLOAD, b"").key == layout.table_key(VAULT, UPLOAD)
