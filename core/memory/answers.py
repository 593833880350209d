"""What is asked of retrieval and what comes out: plain data, for callers that hold no index."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.errors import CogzyError

OWN_KINDS = ("node", "episode")
BESIDE_KINDS = ("conversation", "reflection", "entity")
KINDS = (*OWN_KINDS, *BESIDE_KINDS)
"""What can be found: the vault's own (a turn, a whole conversation), and what other programs keep."""
MOST_HITS = 10_000
MOST_AROUND = 50
MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Filters:
    """What may be found; None lets everything pass. Times are UNIX seconds: after <= created_at < before.

    `kind`: one of KINDS. Without it, conversations whose turns are there themselves are left out, so that nothing is
    found twice.
    """

    after: float | None = None
    before: float | None = None
    source: str | None = None
    project: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Found:
    """A memory that was found. `matches` are the (start, end) of the words in `snippet` that match.

    `score` is 0 to 1, among the hits of one answer. The shares say what part of it came by words and by meaning; `bm25`
    and `cosine` are what they were made of (cosine None: nothing to compare).
    """

    id: str
    kind: str
    conversation: str | None
    title: str | None
    created_at: float | None
    source: str | None
    project: str | None
    position: int | None
    snippet: str
    matches: tuple[tuple[int, int], ...]
    score: float
    lexical_share: float
    dense_share: float
    bm25: float
    cosine: float | None


@dataclass(frozen=True)
class Answer:
    """What a search found, best first. `memories`: how many could be found at all.

    `model`: what meaning was compared with; None: words alone counted, and `words_only` says why. `problems`: parts of
    the vault that could not be read. `sources` and `projects` are what can be filtered by: told
    when no text was given, and the sources when nothing is from the one that was asked for. `version` is another one
    after each change of the vault.
    """

    hits: tuple[Found, ...]
    memories: int
    model: str | None
    words_only: CogzyError | None
    problems: tuple[CogzyError, ...] = ()
    sources: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    searched_words: tuple[str, ...] = ()
    version: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy search --json` prints and that crosses the pipe."""
        return {
            "hits": [asdict(hit) for hit in self.hits],
            "memories": self.memories,
            "meaning": {
                "on": self.words_only is None,
                "model": self.model,
                "why_not": None if self.words_only is None else self.words_only.as_json(),
            },
            "problems": [problem.as_json() for problem in self.problems],
            "sources": list(self.sources),
            "projects": list(self.projects),
            "words": list(self.searched_words),
            "version": self.version,
            "seconds": round(self.seconds, 4),
        }


@dataclass(frozen=True)
class Part:
    """A piece of a memory: who wrote it (`human`, `assistant`, `attachment` for
    what was attached, another role, or None) and what.

    `matches` are the (start, end) of words in it that were looked for; `left_out` counts the characters behind `text`
    that a memory of more than MOST_CHARACTERS has.
    """

    role: str | None
    text: str
    matches: tuple[tuple[int, int], ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Memory:
    """A whole memory, and the turns before and after it in its conversation (which have no neighbours themselves)."""

    id: str
    kind: str
    conversation: str | None
    title: str | None
    created_at: float | None
    source: str | None
    project: str | None
    position: int | None
    parts: tuple[Part, ...]
    before: tuple[Memory, ...] = ()
    after: tuple[Memory, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return asdict(self)
