"""Made-up memories for the search page: what Search and GetMemory answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.messages import render

TEXTS = (
    (
        "Deploy keys for staging",
        "How do we rotate the deploy keys for staging without stopping the build?",
        "Run `make rotate-keys`. The old key stays valid for a day; the agent drops it at night. "
        "Tell the platform group first, since their mirror uses the same key.",
        ("rotate", "deploy", "keys"),
        (0.93, 0.62, 0.38),
    ),
    (
        "A conversation with a title that is so long that nobody can read all of it in one line of the list",
        "Schreib eine Mail an die Vermieterin wegen der Heizung 🔥 und der Schlüssel (keys)",
        "Sehr geehrte Frau Meier,\n\ndie Heizung in der Küche ist seit gestern kalt.",
        ("keys",),
        (0.55, 1.0, 0.0),
    ),
    (None, "Who may change secrets?", "Anybody of the platform group; it is logged.", (), (0.41, 0.0, 1.0)),
    (
        "鍵の交換",
        "デプロイ keys を交換するには?",
        "`make rotate-keys` を実行します。",
        ("keys",),
        (0.12, 0.5, 0.5),
    ),
)
NO_MODEL = "embedding.no_model"


def _matches(text: str, words: Sequence[str]) -> list[list[int]]:
    return [[text.index(word), text.index(word) + len(word)] for word in words]


def hit(at: int) -> dict[str, Any]:
    """One hit."""
    title, human, _, wanted, (score, words, meaning) = TEXTS[at % len(TEXTS)]
    return {
        "id": f"n{at}",
        "kind": "node",
        "conversation": f"c{at}",
        "title": title,
        "created_at": 1_789_000_000.0 - 90_000 * at if at % 4 != 3 else None,
        "source": ("claude-code", "chatgpt", "claude", None)[at % 4],
        "project": ("platform", None, None, "house")[at % 4],
        "position": at,
        "snippet": human,
        "matches": _matches(human, wanted),
        "score": score,
        "lexical_share": words,
        "dense_share": meaning,
        "bm25": 3.1,
        "cosine": 0.4 if meaning else None,
    }


def answer(
    hits: int = 4, *, memories: int = 1204, why_not: str | None = None, problems: Sequence[str] = (), words: bool = True
) -> dict[str, Any]:
    """What a search answers."""

    def error(code: str, **params: str) -> dict[str, Any]:
        title, cause, next_step = render(code, params)
        return {"code": code, "params": params, "title": title, "cause": cause, "next_step": next_step}

    return {
        "hits": [hit(at) for at in range(hits)],
        "memories": memories,
        "meaning": {
            "on": why_not is None,
            "model": None if why_not else "all-MiniLM-L6-v2/int8-1",
            "why_not": error(why_not, path="~/.cache/cogzy/models/all-MiniLM-L6-v2-int8") if why_not else None,
        },
        "problems": [error(code, path="corpus/episodes.json", kept="-") for code in problems],
        "sources": ["chatgpt", "claude", "claude-code"],
        "projects": ["house", "platform"],
        "words": ["rotat", "deploy", "key"] if words else [],
        "version": "5a5a",
        "seconds": 0.012,
    }


def memory(at: int = 0, around: int = 1, *, alone: bool = False) -> dict[str, Any]:
    """What GetMemory answers."""
    title, human, assistant, wanted, _ = TEXTS[at % len(TEXTS)]
    whole = hit(at)
    beside = [] if alone else [memory(at + 1 + step, alone=True) for step in range(around)]
    return {
        **{name: whole[name] for name in ("id", "kind", "conversation", "created_at", "source", "project", "position")},
        "title": title,
        "parts": [
            {"role": "human", "text": human, "matches": _matches(human, wanted), "left_out": 0},
            {"role": "assistant", "text": assistant, "matches": [], "left_out": 0},
        ],
        "before": beside,
        "after": beside,
    }
