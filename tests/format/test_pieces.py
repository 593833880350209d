"""Pieces come back as they went in, or not at all."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DamageError
from core.sync.codec import decode, encode
from core.sync.packs import PackBuilder, check_pack, plan_reads
from core.sync.pieces import MOST_PLAIN, SLICE_SIZE, Codec, Location, PieceKind
from core.sync.sealing import SEAL_OVERHEAD, KeySealer, Sealer
from tests.format.samples import CLEAR, MASTER, OTHER_VAULT, SEALED, SEALERS, sealers

codecs = st.sampled_from(["zstd", "gzip", "none"])
kinds = st.sampled_from(PieceKind)
plains = st.binary(max_size=2000) | st.binary(max_size=20).map(lambda part: part * 500)


def stored_piece(plain: bytes, kind: PieceKind, sealer: Sealer, compression: Codec) -> tuple[bytes, Location, bytes]:
    piece_id, codec, stored = encode(plain, kind, sealer, compression)
    return piece_id, Location(kind, "c" * 64, 0, len(stored), len(plain), codec), stored


@given(plains, kinds, sealers, codecs)
def test_a_piece_comes_back_as_it_was(plain: bytes, kind: PieceKind, sealer: Sealer, compression: Codec) -> None:
    piece_id, location, stored = stored_piece(plain, kind, sealer, compression)
    assert decode(piece_id, location, stored, sealer) == plain


@given(plains, kinds, sealers, codecs, st.data())
def test_a_flipped_bit_never_gives_wrong_data(
    plain: bytes, kind: PieceKind, sealer: Sealer, compression: Codec, data: st.DataObject
) -> None:
    piece_id, location, stored = stored_piece(plain or b"x", kind, sealer, compression)
    at = data.draw(st.integers(0, len(stored) * 8 - 1))
    flipped = bytearray(stored)
    flipped[at // 8] ^= 1 << at % 8
    try:
        got = decode(piece_id, location, bytes(flipped), sealer)
    except DamageError as error:
        code = error.code
    else:
        # Only bits that carry nothing (a spare flag of a gzip or zstd header) may be flipped unnoticed.
        assert got == (plain or b"x")
        assert location.codec != "none"
        code = "unnoticed"
    if sealer.encrypted:
        assert code == "pieces.tampered"
    else:
        assert code in ("pieces.wrong_hash", "pieces.too_large", "unnoticed")


@given(plains, kinds, sealers, codecs, st.data())
def test_a_piece_cut_anywhere_is_truncated(
    plain: bytes, kind: PieceKind, sealer: Sealer, compression: Codec, data: st.DataObject
) -> None:
    piece_id, location, stored = stored_piece(plain or b"x", kind, sealer, compression)
    cut = stored[: data.draw(st.integers(0, len(stored) - 1))]
    with pytest.raises(DamageError) as caught:
        decode(piece_id, location, cut, sealer)
    assert caught.value.code == "pieces.truncated"
    # A table that declares the cut length does not help.
    with pytest.raises(DamageError):
        decode(piece_id, replace(location, stored=len(cut)), cut, sealer)


@pytest.mark.parametrize("sealer", SEALERS)
def test_a_swapped_piece_is_told_from_a_damaged_one(sealer: Sealer) -> None:
    one, here, stored = stored_piece(b"the first text" * 9, PieceKind.CHUNK, sealer, "none")
    two, there, other = stored_piece(b"another  text!" * 9, PieceKind.CHUNK, sealer, "none")
    others = {one: here, two: there}
    assert decode(one, here, stored, sealer, others) == b"the first text" * 9
    with pytest.raises(DamageError) as caught:
        decode(one, here, other, sealer, others)
    assert caught.value.code == "pieces.swapped"
    assert caught.value.params["found"] == two.hex()
    damaged = bytes([stored[0] ^ 1]) + stored[1:]
    with pytest.raises(DamageError) as caught:
        decode(one, here, damaged, sealer, others)
    assert caught.value.code == ("pieces.tampered" if sealer.encrypted else "pieces.wrong_hash")


def test_a_piece_of_another_vault_with_the_same_key_is_refused() -> None:
    other = KeySealer(OTHER_VAULT, MASTER)
    piece_id, location, stored = stored_piece(b"text" * 50, PieceKind.CHUNK, other, "zstd")
    with pytest.raises(DamageError) as caught:
        decode(piece_id, location, stored, SEALED)
    assert caught.value.code == "pieces.tampered"


def test_a_sealed_piece_stands_only_under_its_kind() -> None:
    piece_id, location, stored = stored_piece(b"text" * 50, PieceKind.CHUNK, SEALED, "zstd")
    with pytest.raises(DamageError) as caught:
        decode(piece_id, replace(location, kind=PieceKind.LIST), stored, SEALED)
    assert caught.value.code == "pieces.tampered"


def test_equal_bytes_have_equal_ids_but_no_equal_ciphertext() -> None:
    one = encode(b"text" * 50, PieceKind.CHUNK, SEALED, "zstd")
    two = encode(b"text" * 50, PieceKind.CHUNK, SEALED, "zstd")
    assert one.piece_id == two.piece_id
    assert one.stored != two.stored
    assert one.piece_id != encode(b"text" * 50, PieceKind.CHUNK, CLEAR, "zstd").piece_id


@pytest.mark.parametrize("codec", ["zstd", "gzip"])
def test_a_bomb_is_stopped_at_its_declared_size(codec: Codec) -> None:
    zeros = bytes(64 << 20)
    bomb = zstandard.compress(zeros) if codec == "zstd" else gzip.compress(zeros)
    location = Location(PieceKind.CHUNK, "c" * 64, 0, len(bomb), 100, codec)
    del zeros
    tracemalloc.start()
    try:
        with pytest.raises(DamageError) as caught:
            decode(bytes(32), location, bomb, CLEAR)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.code == "pieces.too_large"
    assert peak < 4 << 20


@pytest.mark.parametrize("codec", ["zstd", "gzip"])
def test_bytes_after_the_end_of_a_piece_are_damage(codec: Codec) -> None:
    piece_id, location, stored = stored_piece(b"text" * 500, PieceKind.CHUNK, CLEAR, codec)
    with pytest.raises(DamageError) as caught:
        decode(piece_id, replace(location, stored=len(stored) + 3), stored + b"end", CLEAR)
    assert caught.value.code == "pieces.wrong_hash"


def test_a_zstd_frame_that_hides_its_size_or_wants_a_huge_window_is_refused() -> None:
    hidden = io.BytesIO()
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    with zstandard.ZstdCompressor(compression_params=parameters).stream_writer(hidden, closefd=False) as out:
        out.write(b"x" * 100)
    location = Location(PieceKind.CHUNK, "c" * 64, 0, len(hidden.getvalue()), 100, "zstd")
    with pytest.raises(DamageError) as caught:
        decode(CLEAR.piece_id(PieceKind.CHUNK, b"x" * 100), location, hidden.getvalue(), CLEAR)
    assert caught.value.code == "pieces.wrong_hash"


@pytest.mark.parametrize("kind", PieceKind)
def test_a_piece_beyond_its_kinds_limit_is_neither_made_nor_read(kind: PieceKind) -> None:
    with pytest.raises(ValueError, match="too many"):
        encode(bytes(MOST_PLAIN[kind] + 1), kind, CLEAR, "none")
    location = Location(kind, "c" * 64, 0, 3, MOST_PLAIN[kind] + 1, "none")
    with pytest.raises(DamageError) as caught:
        decode(bytes(32), location, b"abc", CLEAR)
    assert caught.value.code == "pieces.too_large"


def test_what_compression_does_not_shrink_is_stored_raw(random_bytes: bytes) -> None:
    assert encode(random_bytes, PieceKind.CHUNK, CLEAR, "zstd").codec == "none"
    assert encode(b"text" * 500, PieceKind.CHUNK, CLEAR, "zstd").codec == "zstd"
    assert encode(b"text" * 500, PieceKind.CHUNK, CLEAR, "gzip").codec == "gzip"
    assert encode(b"text" * 500, PieceKind.CHUNK, CLEAR, "none").codec == "none"


@pytest.fixture
def random_bytes() -> bytes:
    return KeySealer(OTHER_VAULT, MASTER).seal(PieceKind.CHUNK, bytes(32), bytes(16384))


@given(st.lists(st.tuples(st.binary(max_size=300), kinds), min_size=1, max_size=30), sealers, st.integers(0, 700))
def test_every_piece_of_a_pack_is_found_by_planned_reads(
    parts: list[tuple[bytes, PieceKind]], sealer: Sealer, gap: int
) -> None:
    builder = PackBuilder()
    wanted: dict[bytes, tuple[Location, bytes]] = {}
    for plain, kind in parts:
        piece = encode(plain, kind, sealer, "zstd")
        if piece.piece_id not in wanted:
            builder.add_encoded(piece, kind, len(plain))
            wanted[piece.piece_id] = (None, plain)  # type: ignore[assignment]
    pack = builder.finish()
    assert builder.size == 0
    check_pack(pack.sha256, pack.body)
    half = dict(pack.pieces[::2])
    seen = {}
    for read in plan_reads(half, gap=gap, most=1000):
        for piece_id, location, stored in read.cut(pack.body[read.offset : read.offset + read.length]):
            seen[piece_id] = decode(piece_id, location, stored, sealer)
    assert seen == {piece_id: wanted[piece_id][1] for piece_id in half}


def test_neighbours_share_a_read_and_distant_pieces_do_not() -> None:
    def at(offset: int, stored: int = 10) -> Location:
        return Location(PieceKind.CHUNK, "c" * 64, offset, stored, stored, "none")

    wanted = {b"a" * 32: at(0), b"b" * 32: at(10), b"c" * 32: at(25), b"d" * 32: at(1000)}
    reads = [(read.offset, read.length, len(read.pieces)) for read in plan_reads(wanted, gap=5, most=1 << 20)]
    assert reads == [(0, 35, 3), (1000, 10, 1)]
    reads = [(read.offset, read.length, len(read.pieces)) for read in plan_reads(wanted, gap=5, most=20)]
    assert reads == [(0, 20, 2), (25, 10, 1), (1000, 10, 1)]


def test_a_short_answer_to_a_read_is_damage() -> None:
    location = Location(PieceKind.CHUNK, "c" * 64, 0, 10, 10, "none")
    with pytest.raises(DamageError) as caught:
        list(plan_reads({b"a" * 32: location})[0].cut(b"short"))
    assert caught.value.code == "packs.truncated"


def test_a_pack_takes_two_sealed_slices_and_then_no_more() -> None:
    builder = PackBuilder()
    sealed = bytes(SLICE_SIZE + SEAL_OVERHEAD)
    builder.add(b"a" * 32, PieceKind.SLICE, "none", SLICE_SIZE, sealed)
    assert builder.has_room(len(sealed))
    builder.add(b"b" * 32, PieceKind.SLICE, "none", SLICE_SIZE, sealed)
    assert not builder.has_room(len(sealed))
    with pytest.raises(ValueError, match="no room"):
        builder.add(b"c" * 32, PieceKind.SLICE, "none", SLICE_SIZE, sealed)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_a_changed_pack_does_not_fit_its_name(body: bytes, data: st.DataObject) -> None:
    builder = PackBuilder()
    builder.add(b"a" * 32, PieceKind.CHUNK, "none", len(body), body)
    pack = builder.finish()
    changed = bytearray(pack.body)
    changed[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DamageError) as caught:
        check_pack(pack.sha256, bytes(changed))
    assert caught.value.code == "packs.wrong_hash"
