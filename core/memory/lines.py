"""The records of a corpus file, unparsed: the bytes that stand for each, and which of them are known from before.

The vault writes a record a line, "[⏎{…},⏎{…}⏎]⏎", and such a file is only cut at its line ends. No string of JSON holds
a bare line end, so when every piece is an object by itself, the file is the array of just these. A piece with a known
hash was looked at when it was new; the others are parsed here. A file of any other form, or one of which a piece is no
object, is parsed whole, and the canonical JSON of a record stands for it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DamageError
from core.memory.record import encode_json
from core.vault import records

Hashes = NDArray[np.bytes_]
Places = NDArray[np.int64]
Record = Mapping[str, Any]
HASH = "S16"
_SIZE = 16
_BEGIN, _BETWEEN, _END = b"[\n", b",\n", b"\n]\n"


@dataclass(frozen=True)
class Lines:
    """`texts` by place in the file, with their `hashes`; `before`: where each stood among those known, -1 for nowhere.

    `parsed`: the records of some places, of the new ones in any case.
    """

    texts: Sequence[bytes]
    hashes: Hashes
    before: Places
    parsed: Mapping[int, Record]
    relative: str = ""

    def __len__(self) -> int:
        return len(self.texts)

    def record(self, place: int) -> Record:
        """The record at `place`."""
        found = self.parsed.get(place)
        return _object(self.texts[place], self.relative) if found is None else found


def of_corpus(data: bytes, relative: str, known: Hashes) -> Lines:
    """The records of the corpus file `relative`. Raises DamageError("vault.unreadable") when it is none."""
    if data.startswith(_BEGIN) and data.endswith(_END) and len(data) >= len(_BEGIN + _END):
        texts = data.split(_BETWEEN)
        texts[0] = texts[0][len(_BEGIN) :]
        texts[-1] = texts[-1][: -len(_END)]
        try:
            return of_texts(texts, relative, known)
        except DamageError:
            pass  # laid out otherwise, or damaged: parsing it whole tells
    found = records.parse_corpus(data, relative).records
    texts = [encode_json(record) for record in found]
    hashes = _hashes(texts)
    return Lines(texts, hashes, same_places(known, hashes), dict(enumerate(found)), relative)


def of_texts(texts: Sequence[bytes], relative: str, known: Hashes) -> Lines:
    """Records that are cut already. Raises DamageError when a new one is no object."""
    hashes = _hashes(texts)
    before = same_places(known, hashes)
    parsed = {place: _object(texts[place], relative) for place in np.flatnonzero(before < 0).tolist()}
    return Lines(texts, hashes, before, parsed, relative)


def same_places(old: Hashes, new: Hashes) -> Places:
    """For each of `new` the place of an equal one in `old`, which is taken once; -1 where there is none."""
    shorter = min(len(old), len(new))
    head = _alike(old[:shorter], new[:shorter])
    tail = _alike(old[len(old) - shorter + head :][::-1], new[len(new) - shorter + head :][::-1])
    places = np.full(len(new), -1, np.int64)
    places[:head] = np.arange(head)
    places[len(new) - tail :] = np.arange(len(old) - tail, len(old))
    left: dict[bytes, list[int]] = defaultdict(list)
    between = range(head, len(old) - tail)
    for place, one in zip(reversed(between), reversed(old[head : len(old) - tail].tolist()), strict=True):
        left[one].append(place)
    for place, one in enumerate(new[head : len(new) - tail].tolist(), head):
        if left.get(one):
            places[place] = left[one].pop()
    return places


def _alike(old: Hashes, new: Hashes) -> int:
    """How many they have in common at the beginning."""
    differing = np.flatnonzero(old != new)
    return int(differing[0]) if len(differing) else len(old)


def _hashes(texts: Sequence[bytes]) -> Hashes:
    blake2b = hashlib.blake2b
    return np.frombuffer(b"".join([blake2b(text, digest_size=_SIZE).digest() for text in texts]), HASH)


def _object(text: bytes, relative: str) -> Record:
    found = records.parse_json(text, relative)
    if not isinstance(found, dict):
        raise DamageError("vault.unreadable", path=relative, kept="-", reason="a line that is no object")
    return found
