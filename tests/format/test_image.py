"""An image gives its files back byte for byte, or says what is wrong; it never writes more than was declared."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DamageError
from core.files import FileError
from core.sync.entries import Member
from core.sync.image import image_extract, image_stream
from core.sync.pieces import SLICE_SIZE


def some_files(folder: Path, *contents: bytes) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"db{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def lived_in(size: int, seed: int = 1) -> bytes:
    """Bytes that repeat far apart, as the free blocks of a database do."""
    rng = random.Random(seed)
    blocks = [rng.randbytes(64 << 10) for _ in range(max(1, size >> 18))]
    return b"".join(rng.choice(blocks) for _ in range(size >> 16))


def taken(parts: list[Path], slice_size: int = SLICE_SIZE) -> tuple[list[bytes], tuple[Member, ...]]:
    stream = image_stream(parts, slice_size=slice_size)
    return list(stream), stream.members


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "out").mkdir()
    return tmp_path / "in", tmp_path / "out"


@pytest.mark.parametrize("contents", [(b"x",), (b"",), (b"", b""), (b"abc", b""), (b"", b"abc"), (b"one", b"two")])
def test_small_and_empty_files_come_back(folders: tuple[Path, Path], contents: tuple[bytes, ...]) -> None:
    slices, members = taken(some_files(folders[0], *contents))
    assert [member.size for member in members] == [len(content) for content in contents]
    assert [path.read_bytes() for path in image_extract(slices, members, folders[1])] == list(contents)


def test_a_large_image_comes_back_in_slices_of_one_size(folders: tuple[Path, Path]) -> None:
    contents = (lived_in(12 << 20), random.Random(3).randbytes(3 << 20))
    parts = some_files(folders[0], *contents)
    seen = []
    stream = image_stream(parts, slice_size=1 << 20, advanced=seen.append)
    slices = list(stream)
    assert sum(seen) == sum(map(len, contents))
    assert {len(piece) for piece in slices[:-1]} == {1 << 20}
    assert [member.sha256 for member in stream.members] == [hashlib.sha256(c).hexdigest() for c in contents]
    assert [path.read_bytes() for path in image_extract(slices, stream.members, folders[1])] == list(contents)
    assert taken(parts, 1 << 20)[0] == slices, "the same files must make the same slices"


def test_repeats_far_apart_are_found(folders: tuple[Path, Path]) -> None:
    block = random.Random(4).randbytes(9 << 20)
    slices, _ = taken(some_files(folders[0], block + bytes(4 << 20) + block))
    assert sum(map(len, slices)) < len(block) * 1.05


def test_the_compressor_stays_below_90_mb(folders: tuple[Path, Path]) -> None:
    from core.sync.image import WINDOW_LOG, _compressor

    packer = _compressor(1 << 40, WINDOW_LOG)
    packer.compressobj().compress(bytes(1000))
    assert packer.memory_size() < 90 << 20


@pytest.mark.parametrize("change", ["grow", "shrink"])
def test_a_file_that_changes_size_while_it_is_read_is_noticed(folders: tuple[Path, Path], change: str) -> None:
    parts = some_files(folders[0], random.Random(5).randbytes(4 << 20))
    stream = iter(image_stream(parts, slice_size=1 << 18))
    next(stream)
    with parts[0].open("r+b") as file:
        file.truncate((4 << 20) + (1 if change == "grow" else -1))
    with pytest.raises(DamageError) as caught:
        list(stream)
    assert caught.value.code == "image.shorter"


@given(st.data())
def test_a_flipped_or_cut_image_is_damage(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("image")
    parts = some_files(folder / "in", lived_in(1 << 18), b"the log" * 100)
    slices, members = taken(parts, 1 << 14)
    whole = b"".join(slices)
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    flipped = bytearray(whole)
    flipped[at // 8] ^= 1 << at % 8
    for number, bad in enumerate((bytes(flipped), whole[: at // 8])):
        (out := folder / f"out{number}").mkdir()
        try:
            paths = image_extract([bad], members, out)
        except DamageError as error:
            code = error.code
        else:
            # A bit that carries nothing, or only the end mark is missing: the files are whole.
            assert [path.read_bytes() for path in paths] == [part.read_bytes() for part in parts]
            code = "whole"
        assert code in ("image.damaged", "image.too_large", "whole")


def test_an_image_cut_in_the_middle_of_a_member_is_damage(folders: tuple[Path, Path]) -> None:
    slices, members = taken(some_files(folders[0], lived_in(4 << 20), b"log"), 1 << 16)
    with pytest.raises(DamageError) as caught:
        image_extract(slices[: len(slices) // 2], members, folders[1])
    assert caught.value.code == "image.damaged"


def test_a_bomb_writes_no_more_than_was_declared(folders: tuple[Path, Path]) -> None:
    bomb = zstandard.compress(bytes(1 << 30))
    member = Member("db", 1000, hashlib.sha256(bytes(1000)).hexdigest())
    with pytest.raises(DamageError) as caught:
        image_extract([bomb], [member], folders[1])
    assert caught.value.code == "image.too_large"
    assert sum(path.stat().st_size for path in folders[1].iterdir()) <= 1000


def test_a_window_beyond_the_limit_is_refused(folders: tuple[Path, Path]) -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=28, write_content_size=False)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = packer.compress(b"x" * 1000) + packer.flush()
    with pytest.raises(DamageError) as caught:
        image_extract([data], [Member("db", 1000, hashlib.sha256(b"x" * 1000).hexdigest())], folders[1])
    assert caught.value.code == "image.damaged"


def test_the_wrong_hash_is_damage(folders: tuple[Path, Path]) -> None:
    slices, members = taken(some_files(folders[0], b"content"))
    with pytest.raises(DamageError) as caught:
        image_extract(slices, [Member("db", members[0].size, "0" * 64)], folders[1])
    assert caught.value.code == "image.damaged"


def test_nothing_is_written_over_or_outside(folders: tuple[Path, Path]) -> None:
    slices, members = taken(some_files(folders[0], b"content"))
    (folders[1] / "db0").write_bytes(b"mine")
    with pytest.raises(FileError):
        image_extract(slices, members, folders[1])
    assert (folders[1] / "db0").read_bytes() == b"mine"
    with pytest.raises(DamageError) as caught:
        image_extract(slices, [Member("../db0", 7, members[0].sha256)], folders[1])
    assert caught.value.code == "files.escapes"
