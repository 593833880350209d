"""Tables, trees and streams: what goes in comes out, and hostile bytes get no further than a DamageError."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DamageError, RefusedError
from core.sync import table as table_module
from core.sync.codec import zstd_compress
from core.sync.entries import DatabaseExtension, Delta, DeltaTable, FileEntry, TableState
from core.sync.fields import dump
from core.sync.pieces import Location, PieceId, PieceKind
from core.sync.sealing import KeySealer, Sealer
from core.sync.streams import Stream, build_stream, expand_stream, expand_streams
from core.sync.table import Table, TableRef, decode_table, encode_table, make_ref
from core.sync.tree import fold
from tests.format.samples import (
    CLEAR,
    MASTER,
    OTHER_VAULT,
    SEALED,
    SEALERS,
    SYSTEM,
    UPLOAD,
    VAULT,
    a_database,
    a_file,
    chain,
    sealers,
    tables,
)

slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def ref_of(data: bytes, upload_id: str = UPLOAD) -> TableRef:
    return make_ref(VAULT, upload_id, data)


def empty_table(**changes: Any) -> Table:
    return replace(Table(VAULT, SYSTEM, UPLOAD, (), (), (), {}), **changes)


@slow
@given(tables, sealers)
def test_a_table_comes_back_as_it_was(table: Table, sealer: Sealer) -> None:
    data = encode_table(table, sealer)
    assert decode_table(data, ref_of(data), sealer) == table


@slow
@given(tables, sealers, st.data())
def test_a_flipped_or_cut_table_is_refused(table: Table, sealer: Sealer, data: st.DataObject) -> None:
    stored = encode_table(table, sealer)
    at = data.draw(st.integers(0, len(stored) * 8 - 1))
    flipped = bytearray(stored)
    flipped[at // 8] ^= 1 << at % 8
    for bad in (bytes(flipped), stored[: at // 8]):
        with pytest.raises(DamageError) as caught:
            decode_table(bad, ref_of(stored), sealer)
        assert caught.value.code == "table.wrong_hash"
    if sealer.encrypted:
        # Even when whoever changed it could name the new hash.
        with pytest.raises(DamageError) as caught:
            decode_table(bytes(flipped), ref_of(bytes(flipped)), sealer)
        assert caught.value.code == "table.tampered"


def test_a_sealed_table_is_refused_in_another_uploads_place_and_with_another_key() -> None:
    data = encode_table(empty_table(), SEALED)
    other = "20261120_101112_123_laptop-a1b2_zzzzzz"
    for ref, sealer in (
        (ref_of(data, other), SEALED),
        (ref_of(data), KeySealer(VAULT, bytes(32))),
        (ref_of(data), KeySealer(OTHER_VAULT, MASTER)),
    ):
        with pytest.raises(DamageError) as caught:
            decode_table(data, ref, sealer)
        assert caught.value.code == "table.tampered"


def test_a_clear_table_of_another_upload_or_vault_is_misplaced() -> None:
    data = encode_table(empty_table(), CLEAR)
    for ref in (ref_of(data, "20261120_101112_123_laptop-a1b2_zzzzzz"), make_ref(OTHER_VAULT, UPLOAD, data)):
        with pytest.raises(DamageError) as caught:
            decode_table(data, ref, CLEAR)
        assert caught.value.code == "table.misplaced"


def test_a_table_bomb_is_stopped_at_the_limit() -> None:
    data = zstd_compress(b" " * (8 << 20))
    with pytest.raises(DamageError) as caught:
        decode_table(data, ref_of(data), CLEAR, at_most=1 << 20)
    assert caught.value.code == "table.too_large"


def test_a_table_that_no_reader_would_take_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MOST_TABLE_PLAIN", 1000)
    with pytest.raises(RefusedError) as caught:
        encode_table(empty_table(set=tuple(a_file(f"f{n}") for n in range(20))), CLEAR)
    assert caught.value.code == "table.too_much"
    with pytest.raises(ValueError, match="out of its folder"):
        encode_table(empty_table(set=(a_file("a/../b"),)), CLEAR)


def wire(**changes: Any) -> dict[str, Any]:
    """The JSON of an empty table, with changes."""
    columns = dict.fromkeys(("packs", "ids", "kind", "codec", "pack", "offset", "stored", "plain"), "")
    value = {
        "format": 1,
        "vault_id": VAULT,
        "system_id": SYSTEM,
        "upload_id": UPLOAD,
        "base": [],
        "set": [],
        "removed": [],
        "pieces": columns,
    }
    return value | changes


def file_json(**changes: Any) -> dict[str, Any]:
    content = {"depth": 0, "ids": ""}
    value = {"path": "a", "kind": "file", "size": 0, "sha256": "a" * 64, "mtime_ns": 1, "content": content}
    return value | changes


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{" * 100_000,
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"format":1,"format":1}',
        b'{"format":NaN}',
        b'{"format":' + b"9" * 5000 + b"}",
        dump(wire(format=0)),
        dump(wire(format="1")),
        dump(wire(format=True)),
        dump(wire(format=1.0)),
        dump(wire(vault_id="../" * 8 + "aaaaaaaa")),
        dump(wire(upload_id="x")),
        dump(wire(base={})),
        dump(wire(base=[{"upload_id": UPLOAD, "sha256": "a" * 64, "size": -1}])),
        dump(wire(base=[{"upload_id": "../../x", "sha256": "a" * 64, "size": 1}])),
        dump(wire(removed=["../etc/passwd"])),
        dump(wire(removed=[7])),
        dump(wire(set=[7])),
        dump(wire(set=[file_json(path="/etc/passwd")])),
        dump(wire(set=[file_json(path="a/../../b")])),
        dump(wire(set=[file_json(path="")])),
        dump(wire(set=[file_json(path="a\0b")])),
        dump(wire(set=[file_json(path="x" * 40_000)])),
        dump(wire(set=[file_json(kind="link")])),
        dump(wire(set=[file_json(size=1 << 63)])),
        dump(wire(set=[file_json(size=-1)])),
        dump(wire(set=[file_json(size=5)])),
        dump(wire(set=[file_json(sha256="A" * 64)])),
        dump(wire(set=[file_json(content={"depth": 99, "ids": ""})])),
        dump(wire(set=[file_json(content={"depth": 0, "ids": "AAAA"})])),
        dump(wire(set=[file_json(content={"depth": 0, "ids": "é"})])),
        dump(wire(set=[file_json(content={"depth": 0, "ids": "A" * 10_000})])),
        dump(wire(set=[{"path": "a", "kind": "duckdb", "mtime_ns": 1, "duckdb_version": "", "tables": [{}]}])),
        dump(wire(pieces={})),
        dump(wire(pieces=wire()["pieces"] | {"ids": "A" * 43 + "="})),
        dump(wire(pieces=wire()["pieces"] | {"kind": "AA=="})),
    ],
)
def test_hostile_json_is_damage_and_nothing_else(plain: bytes) -> None:
    data = zstd_compress(plain)
    with pytest.raises(DamageError) as caught:
        decode_table(data, ref_of(data), CLEAR)
    assert caught.value.code == "table.malformed"
    assert "<" not in str(caught.value)


def test_an_honest_table_in_that_form_is_read() -> None:
    data = zstd_compress(dump(wire(set=[file_json()])))
    assert decode_table(data, ref_of(data), CLEAR).set == (FileEntry("a", 0, "a" * 64, 1, Stream(0, "a" * 64, 0, ())),)


@pytest.mark.parametrize(
    "location",
    [
        Location(PieceKind.CHUNK, "c" * 64, 0, 10, 1 << 20, "zstd"),
        Location(PieceKind.CHUNK, "c" * 64, 0, 1 << 20, 10, "zstd"),
        Location(PieceKind.SLICE, "c" * 64, 16 << 20, 10, 10, "none"),
    ],
)
def test_a_location_beyond_what_its_kind_allows_is_refused(location: Location) -> None:
    data = encode_table(empty_table(pieces={b"a" * 32: location}), CLEAR)
    with pytest.raises(DamageError) as caught:
        decode_table(data, ref_of(data), CLEAR)
    assert caught.value.code == "table.malformed"


def test_a_table_of_a_newer_format_is_refused_with_its_number() -> None:
    data = zstd_compress(dump(wire(format=2)))
    with pytest.raises(RefusedError) as caught:
        decode_table(data, ref_of(data), CLEAR)
    assert caught.value.code == "table.future"


def test_a_delta_upload_makes_a_small_table_however_many_deltas_came_before() -> None:
    stream = Stream(1000, "d" * 64, 0, (random.Random(1).randbytes(32),))
    delta = Delta(UPLOAD, (DeltaTable("main.conversations_v2", stream, 20, None, 0, False),))
    states = tuple(TableState(f"main.t{n}", n, "0" * 32) for n in range(10))
    rng = random.Random(2)
    base = tuple(make_ref(VAULT, UPLOAD, rng.randbytes(9)) for _ in range(50))
    pieces = {rng.randbytes(32): Location(PieceKind.DELTA, "c" * 64, 0, 900, 1000, "none") for _ in range(4)}
    change = DatabaseExtension("session-buddy/reflection.duckdb", delta, states, 1)
    assert len(encode_table(empty_table(base=base, set=(change,), pieces=pieces), SEALED)) < 4_000


def test_folding_applies_tables_in_order() -> None:
    place = Location(PieceKind.CHUNK, "c" * 64, 0, 1, 1, "none")
    again = replace(place, pack="d" * 64)
    three = [
        empty_table(set=(a_file("a"), a_file("b")), pieces={b"1" * 32: place, b"2" * 32: place}),
        empty_table(set=(a_file("a", size=11),), removed=("b", "never-there"), pieces={b"2" * 32: again}),
        empty_table(set=(a_file("b", size=12),), removed=("b",)),
    ]
    assert set(fold(chain(*three[:2])).entries) == {"a"}
    folded = fold(chain(*three))
    assert {path: entry.size for path, entry in folded.entries.items() if isinstance(entry, FileEntry)} == {
        "a": 11,
        "b": 12,
    }
    assert folded.locate(b"2" * 32) == again
    with pytest.raises(DamageError) as caught:
        folded.locate(b"3" * 32)
    assert caught.value.code == "table.piece_missing"


def test_extensions_gather_on_their_image_and_a_new_image_starts_again() -> None:
    def extension(number: int) -> DatabaseExtension:
        state = (TableState("main.t", number, "0" * 32),)
        return DatabaseExtension("db", Delta(UPLOAD, ()), state, number, "v2.0.0")

    tables = [
        empty_table(set=(a_database("db"),)),
        empty_table(set=(extension(2),)),
        empty_table(set=(extension(3),)),
    ]
    entry = fold(chain(*tables)).entries["db"]
    assert entry == replace(
        a_database("db"),
        deltas=(Delta(UPLOAD, ()),) * 2,
        tables=(TableState("main.t", 3, "0" * 32),),
        mtime_ns=3,
    )
    tables.append(empty_table(set=(a_database("db"),)))
    assert fold(chain(*tables)).entries["db"] == a_database("db")


@pytest.mark.parametrize("below", [(), (a_file("db"),)])
def test_a_delta_without_an_image_below_it_is_damage(below: tuple[FileEntry, ...]) -> None:
    extension = DatabaseExtension("db", Delta(UPLOAD, ()), (), 1)
    with pytest.raises(DamageError) as caught:
        fold(chain(empty_table(set=below), empty_table(set=(extension,))))
    assert caught.value.code == "table.extends_nothing"


def test_a_chain_with_a_table_missing_swapped_or_of_another_vault_is_refused() -> None:
    one, two, three = chain(empty_table(), empty_table(), empty_table())
    foreign = replace(two, vault_id=OTHER_VAULT)
    for broken in ([one, three], [two, one, three], [two, three], [], [one, foreign, three]):
        with pytest.raises(DamageError) as caught:
            fold(broken)
        assert caught.value.code == "table.chain_broken"


@pytest.mark.parametrize("sealer", SEALERS)
@pytest.mark.parametrize("count", [0, 1, 64, 65, 1_000, 60_000])
@pytest.mark.asyncio
async def test_a_stream_of_any_length_expands_to_its_ids(count: int, sealer: Sealer) -> None:
    rng = random.Random(count)
    ids = [rng.randbytes(32) for _ in range(count)]
    lists: dict[PieceId, bytes] = {}
    stream = build_stream(ids, count * 10, "", put_into(lists, sealer))
    assert len(stream.ids) <= 64
    assert all(32 <= len(plain) <= 512 * 32 for plain in lists.values())
    assert await expand_stream(stream, get_from(lists)) == tuple(ids)


@pytest.mark.asyncio
async def test_one_new_id_in_a_long_stream_makes_a_new_list_or_two_per_level() -> None:
    rng = random.Random(5)
    ids = [rng.randbytes(32) for _ in range(60_000)]
    lists: dict[PieceId, bytes] = {}
    build_stream(ids, 10**9, "", put_into(lists, CLEAR))
    before = set(lists)
    stream = build_stream([*ids[:30_000], rng.randbytes(32), *ids[30_000:]], 10**9, "", put_into(lists, CLEAR))
    assert stream.depth == 2
    assert len(set(lists) - before) <= 2 * stream.depth


@pytest.mark.asyncio
async def test_lists_of_many_streams_are_asked_for_level_by_level_and_once() -> None:
    rng = random.Random(6)
    lists: dict[PieceId, bytes] = {}
    many = [[rng.randbytes(32) for _ in range(count)] for count in (3, 500, 500, 40_000)]
    many[2] = many[1]
    streams = [build_stream(ids, len(ids), "", put_into(lists, CLEAR)) for ids in many]
    asked: list[Sequence[PieceId]] = []

    async def get(wanted: Sequence[PieceId]) -> Mapping[PieceId, bytes]:
        asked.append(wanted)
        return {piece_id: lists[piece_id] for piece_id in wanted}

    assert await expand_streams(streams, get) == [tuple(ids) for ids in many]
    assert len(asked) == max(stream.depth for stream in streams)
    assert all(len(set(wanted)) == len(wanted) for wanted in asked)


@pytest.mark.asyncio
async def test_a_list_that_repeats_itself_does_not_grow_without_end() -> None:
    bomb = b"l" * 32 * 512
    with pytest.raises(DamageError) as caught:
        await expand_stream(Stream(1_000_000, "", 6, (b"l" * 32,) * 64), get_from({b"l" * 32: bomb}))
    assert caught.value.code == "table.malformed"


def put_into(lists: dict[PieceId, bytes], sealer: Sealer) -> Any:
    def put(plain: bytes) -> PieceId:
        piece_id = sealer.piece_id(PieceKind.LIST, plain)
        lists[piece_id] = plain
        return piece_id

    return put


def get_from(lists: Mapping[PieceId, bytes]) -> Any:
    async def get(wanted: Sequence[PieceId]) -> Mapping[PieceId, bytes]:
        return {piece_id: lists[piece_id] for piece_id in wanted}

    return get


def test_the_reference_is_the_hash_of_the_stored_bytes() -> None:
    data = encode_table(empty_table(), SEALED)
    assert ref_of(data).sha256 == hashlib.sha256(data).hexdigest()
