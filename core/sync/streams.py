"""Streams: the pieces that make up one file, in order, as a list of ids that grows with the change only.

Up to 64 ids stand in the table itself (depth 0). A longer list is written as 32-byte ids one after the other, cut into
LIST pieces where the ids themselves say so, and the ids of those pieces form the list one level up, until at most 64
are left. An insertion therefore makes one or two new LIST pieces a level, whatever the file's size.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from core.errors import DamageError
from core.sync.pieces import ID_SIZE, PieceId

MOST_DIRECT = 64
LIST_LEAST = 32
LIST_MOST = 512
# A list ends after an id whose first two bytes are a multiple of this: with the 32 before, 128 ids on average.
LIST_DIVISOR = 96
MOST_DEPTH = 6
MOST_PIECES = 1 << 24


@dataclass(frozen=True)
class Stream:
    """`size` bytes with SHA-256 `sha256` ("" where members carry it), made of pieces.

    `ids` are data pieces at depth 0, else LIST pieces that name the ids one level down.
    """

    size: int
    sha256: str
    depth: int
    ids: tuple[PieceId, ...]


def build_stream(ids: Sequence[PieceId], size: int, sha256: str, put_list: Callable[[bytes], PieceId]) -> Stream:
    """The stream of these data pieces; `put_list` stores the plain bytes of a LIST piece and returns its id."""
    level = list(ids)
    depth = 0
    while len(level) > MOST_DIRECT:
        level = [put_list(b"".join(part)) for part in _cut_ids(level)]
        depth += 1
    return Stream(size, sha256, depth, tuple(level))


GetLists = Callable[[Sequence[PieceId]], Awaitable[Mapping[PieceId, bytes]]]


async def expand_streams(streams: Sequence[Stream], get_lists: GetLists) -> list[tuple[PieceId, ...]]:
    """The data piece ids of each stream. `get_lists` is asked once a level, for the lists of all streams together."""
    return [ids for ids, _ in await _expand(streams, get_lists)]


async def expand_stream(stream: Stream, get_lists: GetLists) -> tuple[PieceId, ...]:
    """The data piece ids of one stream."""
    return (await expand_streams([stream], get_lists))[0]


async def all_pieces(streams: Sequence[Stream], get_lists: GetLists) -> set[PieceId]:
    """Every piece these streams need, LIST pieces included: what a folded table must locate."""
    needed: set[PieceId] = set()
    for ids, lists in await _expand(streams, get_lists):
        needed |= lists
        needed.update(ids)
    return needed


async def _expand(streams: Sequence[Stream], get_lists: GetLists) -> list[tuple[tuple[PieceId, ...], set[PieceId]]]:
    levels = [list(stream.ids) for stream in streams]
    lists: list[set[PieceId]] = [set() for _ in streams]
    for depth in range(max((stream.depth for stream in streams), default=0), 0, -1):
        due = [i for i, stream in enumerate(streams) if stream.depth >= depth]
        found = await get_lists(list(dict.fromkeys(piece for i in due for piece in levels[i])))
        for i in due:
            lists[i].update(levels[i])
            most = min(MOST_PIECES, streams[i].size)
            levels[i] = list(islice(_ids_of(levels[i], found), most + 1))
            if len(levels[i]) > most:
                raise DamageError("table.malformed", where="stream", problem="more pieces than bytes")
    return [(tuple(level), seen) for level, seen in zip(levels, lists, strict=True)]


def _ids_of(lists: Iterable[PieceId], found: Mapping[PieceId, bytes]) -> Iterator[PieceId]:
    for piece_id in lists:
        plain = found[piece_id]
        if not plain or len(plain) % ID_SIZE:
            raise DamageError("table.malformed", where="stream", problem="a list of ids is cut")
        yield from split_ids(plain)


def split_ids(joined: bytes) -> Iterator[PieceId]:
    """Ids that stand one after the other."""
    return (joined[at : at + ID_SIZE] for at in range(0, len(joined), ID_SIZE))


def _cut_ids(ids: Sequence[PieceId]) -> Iterator[Sequence[PieceId]]:
    start = 0
    for at, piece_id in enumerate(ids, 1):
        count = at - start
        ends = count >= LIST_LEAST and int.from_bytes(piece_id[:2], "big") % LIST_DIVISOR == 0
        if ends or count == LIST_MOST:
            yield ids[start:at]
            start = at
    if start < len(ids):
        yield ids[start:]
