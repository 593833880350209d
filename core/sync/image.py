"""A database as an image: its file and write-ahead log, one zstd stream with a long window, cut into slices.

A DuckDB file repeats itself over tens of megabytes (free blocks hold older copies of live data), which a long window
finds: with it, level 1 loses less than 1 % against level 3 and takes half the time. 64 MiB of it keeps the compressor
below 90 MB, whatever the file's size. The same files make the same slices.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING

from core.errors import DamageError
from core.files import inside, translated
from core.sync.entries import Member
from core.sync.pieces import SLICE_SIZE

if TYPE_CHECKING:
    import zstandard

LEVEL = 1
WINDOW_LOG = 26
MOST_WINDOW = 1 << 27
READ_SIZE = 1 << 20
_LEAST_WINDOW_LOG = 17


class image_stream:
    """The slices of the image of `parts` (database, then log). `members` is known once all slices were taken.

    Each file is read once: hashed in one thread while it is compressed in the caller's. `advanced` is told how many
    plain bytes were read. Raises DamageError("image.shorter") when a file changes size while it is read.
    """

    def __init__(
        self,
        parts: Sequence[Path],
        *,
        window_log: int = WINDOW_LOG,
        slice_size: int = SLICE_SIZE,
        advanced: Callable[[int], None] = lambda count: None,
    ) -> None:
        self._parts = parts
        self._window_log = window_log
        self._slice_size = slice_size
        self._advanced = advanced
        self.members: tuple[Member, ...] = ()

    def __iter__(self) -> Iterator[bytes]:
        sizes = [part.stat().st_size for part in self._parts]
        packer = _compressor(sum(sizes), self._window_log).chunker(size=sum(sizes), chunk_size=self._slice_size)
        members = []
        with ThreadPoolExecutor(1, thread_name_prefix="hash") as hasher:
            for path, size in zip(self._parts, sizes, strict=True):
                whole = hashlib.sha256()
                hashed: Future[None] | None = None
                for block in _blocks(path, size):
                    if hashed is not None:
                        hashed.result()
                    hashed = hasher.submit(whole.update, block)
                    yield from packer.compress(block)
                    self._advanced(len(block))
                if hashed is not None:
                    hashed.result()
                members.append(Member(path.name, size, whole.hexdigest()))
        yield from packer.finish()  # type: ignore[no-untyped-call]  # its stub has no types
        self.members = tuple(members)


class ImageWriter:
    """Takes slices in order and writes the members into a folder. Call `finish` at the end, `close` in any case.

    Never writes more than the members declare. Raises DamageError: image.damaged, image.too_large; FileError.
    """

    def __init__(self, members: Sequence[Member], into: Path) -> None:
        import zstandard

        self._sink = _Sink(members, into)
        self._error = zstandard.ZstdError
        self._name = members[0].name
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW).stream_writer(
            self._sink,  # type: ignore[arg-type]  # only its write is called
            write_size=READ_SIZE,
            closefd=False,
        )

    def write(self, data: bytes) -> None:
        """Unpack the next slice."""
        try:
            self._unpacker.write(data)
        except self._error as error:
            raise DamageError("image.damaged", name=self._name, problem=str(error)) from error

    def finish(self) -> tuple[Path, ...]:
        """The written files, checked against size and hash."""
        return self._sink.finish()

    def close(self) -> None:
        """Let go of the open file."""
        self._sink.close()


def image_extract(slices: Iterable[bytes], members: Sequence[Member], into: Path) -> tuple[Path, ...]:
    """Write the members of an image into the folder `into`, each checked against its size and hash."""
    writer = ImageWriter(members, into)
    try:
        for data in slices:
            writer.write(data)
        return writer.finish()
    finally:
        writer.close()


class _Sink:
    """A file object that spreads what is written over the members, in order."""

    def __init__(self, members: Sequence[Member], into: Path) -> None:
        self._members = members
        self._paths = tuple(inside(into, member.name) for member in members)
        self._at = -1
        self._left = 0
        self._file: IO[bytes] | None = None
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        view = memoryview(data)
        while view:
            file = self._file
            while file is None or not self._left:
                file = self._next()
            part = view[: self._left]
            with translated(self._paths[self._at]):
                file.write(part)
            self._hash.update(part)
            self._left -= len(part)
            view = view[len(part) :]
        return len(data)

    def finish(self) -> tuple[Path, ...]:
        while not self._left and self._at + 1 < len(self._members):
            self._next()
        if self._left:
            raise DamageError("image.damaged", name=self._members[self._at].name, problem="it ends too early")
        self._check()
        return self._paths

    def close(self) -> None:
        if self._file is not None:
            with translated(self._paths[self._at]):
                self._file.close()
            self._file = None

    def _next(self) -> IO[bytes]:
        if self._at >= 0:
            self._check()
        if self._at + 1 >= len(self._members):
            raise DamageError("image.too_large", name=self._members[0].name)
        self._at += 1
        self._left = self._members[self._at].size
        self._hash = hashlib.sha256()
        with translated(self._paths[self._at]):
            self._file = self._paths[self._at].open("xb")
        return self._file

    def _check(self) -> None:
        self.close()
        member = self._members[self._at]
        if self._hash.hexdigest() != member.sha256:
            raise DamageError("image.damaged", name=member.name, problem="its hash differs")


def _compressor(size: int, window_log: int) -> zstandard.ZstdCompressor:
    import zstandard

    fitting = max(_LEAST_WINDOW_LOG, (max(size, 1) - 1).bit_length())
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, window_log=min(window_log, fitting), enable_ldm=True, write_content_size=True
    )
    return zstandard.ZstdCompressor(compression_params=parameters)


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    """Exactly `size` bytes of a file."""
    left = size
    with path.open("rb") as file:
        while left:
            block = file.read(min(READ_SIZE, left))
            if not block:
                break
            left -= len(block)
            yield block
        if left or file.read(1):
            raise DamageError("image.shorter", path=str(path), expected=size)
