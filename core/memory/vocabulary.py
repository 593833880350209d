"""The long words of an index, so that a compound is found by a part of it: "Datenbanksicherung" by "Sicherung".

    words, in no particular order, each between two line feeds, in UTF-8

Postings keep hashes, which know nothing of parts. Only a word of a query that occurs nowhere itself is looked for in
these: words that begin or end with it. A word that has left the index may still stand here; it has no postings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from mmap import mmap

LEAST_PART, LEAST_REST = 4, 3
"""Letters of the part that is looked for, and of the rest of the compound."""
LEAST, LONGEST = LEAST_PART + LEAST_REST, 48
"""Letters of words that are kept."""
_MOST = 64
_MOST_SEEN = 4096
"""So many places are looked at for one part: a common syllable is no part of a compound."""
_TIER = 3


@dataclass(frozen=True)
class Vocabulary:
    """Immutable: `stored` is on the disk, `fresh` is not."""

    stored: bytes | mmap = b""
    fresh: tuple[bytes, ...] = ()

    def added(self, words: Iterable[str]) -> Vocabulary:
        """With these as well. Small pieces are joined: there are never more than a few."""
        text = "\n".join(words)
        if not text:
            return self
        fresh = [*self.fresh, f"\n{text}\n".encode()]
        while len(fresh) > 1 and len(fresh[-2]) <= _TIER * len(fresh[-1]):
            fresh[-2:] = [b"".join(fresh[-2:])]
        return Vocabulary(self.stored, tuple(fresh))

    def __iter__(self) -> Iterator[str]:
        """Every word."""
        for piece in (bytes(self.stored), *self.fresh):
            yield from piece.decode().split()

    def with_part(self, part: str) -> list[str]:
        """Words that begin or end with `part`, at most 64."""
        if not LEAST_PART <= len(part) <= LONGEST or not part.isalpha():
            return []
        wanted, found = part.encode(), dict[str, None]()
        for piece in (self.stored, *self.fresh):
            for word in _words_around(piece, wanted):
                if is_compound(word, part):
                    found[word] = None
                    if len(found) == _MOST:
                        return list(found)
        return list(found)


def is_kept(word: str) -> bool:
    """Whether a word, normalised, may be a compound."""
    return LEAST <= len(word) <= LONGEST and word.isalpha()


def is_compound(word: str, part: str) -> bool:
    """Whether `word` is `part` and something before or behind it."""
    return len(word) >= len(part) + LEAST_REST and (word.startswith(part) or word.endswith(part))


def _words_around(piece: bytes | mmap, wanted: bytes) -> Iterator[str]:
    """The words of a piece that hold `wanted` anywhere."""
    at = piece.find(wanted)
    for _ in range(_MOST_SEEN):
        if at < 0:
            return
        end = piece.find(b"\n", at)
        yield piece[piece.rfind(b"\n", 0, at) + 1 : end].decode()
        at = piece.find(wanted, end)
