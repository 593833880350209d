"""Chunks join to the file they came from, and a small change makes few new ones."""

from __future__ import annotations

import io
import random
import sys
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DamageError
from core.sync import chunks
from core.sync.chunks import CDC_LEAST, CDC_MOST, FIXED_SIZE, cut_file

TEXT = random.Random(1).randbytes(2 << 20)


def cut(data: bytes, name: str = "nodes.json") -> list[bytes]:
    return list(cut_file(io.BytesIO(data), name))


@given(st.binary(max_size=300_000), st.sampled_from(["nodes.json", "nodes.npy", "ü.jsonl"]))
def test_chunks_join_to_the_file(data: bytes, name: str) -> None:
    pieces = cut(data, name)
    assert b"".join(pieces) == data
    assert all(0 < len(piece) <= CDC_MOST for piece in pieces)
    assert cut(data, name) == pieces


def test_the_native_chunker_is_here() -> None:
    assert chunks._native_cutter() is not None


def test_content_decides_where_to_cut() -> None:
    before = set(cut(TEXT))
    after = cut(TEXT[: 1 << 20] + b"twenty new records" + TEXT[1 << 20 :])
    assert len(set(after) - before) <= 3
    assert all(len(piece) >= CDC_LEAST for piece in after[:-1])
    assert 8 << 10 < len(TEXT) / len(after) < 32 << 10


def test_boundaries_are_the_ones_that_the_format_fixes() -> None:
    # A change of these would send every file anew: it is a new format.
    lengths = [len(piece) for piece in cut(TEXT)]
    assert (len(lengths), lengths[:6]) == (95, [6699, 16876, 19736, 19972, 28725, 19558])


def test_boundaries_do_not_depend_on_how_the_file_answers_reads() -> None:
    class Dribble(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 777) if size and size > 0 else size)

        def readinto(self, buffer: object) -> int:
            view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
            data = self.read(len(view))
            view[: len(data)] = data
            return len(data)

    assert list(cut_file(Dribble(TEXT), "nodes.json")) == cut(TEXT)
    assert list(cut_file(Dribble(TEXT), "nodes.json", len(TEXT))) == cut(TEXT)
    assert b"".join(cut_file(Dribble(TEXT), "nodes.npy")) == TEXT


def test_arrays_are_cut_at_fixed_places() -> None:
    pieces = cut(TEXT, "vectors/nodes.npy")
    assert {len(piece) for piece in pieces} == {FIXED_SIZE}
    grown = cut(TEXT + b"x" * 30_000, "vectors/nodes.npy")
    assert grown[: len(pieces)] == pieces


def test_without_the_native_chunker_everything_is_cut_at_fixed_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyfastcdc.cy", None)
    chunks._native_cutter.cache_clear()
    try:
        assert {len(piece) for piece in cut(TEXT)} == {FIXED_SIZE}
    finally:
        chunks._native_cutter.cache_clear()


def test_of_a_growing_file_only_the_asked_size_is_read() -> None:
    assert b"".join(cut_file(io.BytesIO(TEXT), "a.jsonl", 1_000_000)) == TEXT[:1_000_000]
    assert list(cut_file(io.BytesIO(TEXT), "a.jsonl", 0)) == []


def test_a_file_that_shrank_is_noticed() -> None:
    for name in ("a.jsonl", "a.npy"):
        with pytest.raises(DamageError) as caught:
            list(cut_file(io.BytesIO(b"short"), name, 100))
        assert caught.value.code == "chunks.shorter"
        assert caught.value.params["missing"] == 95


class Endless(io.RawIOBase):
    """A file of `size` bytes that takes no memory."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.block = random.Random(2).randbytes(1 << 20)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        count = min(len(view), self.left, len(self.block))
        view[:count] = self.block[:count]
        self.left -= count
        return count


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["big.json", "big.npy"])
def test_memory_does_not_grow_with_the_file(traced: None, name: str) -> None:
    assert sum(map(len, cut_file(io.BufferedReader(Endless(64 << 20)), name))) == 64 << 20
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
