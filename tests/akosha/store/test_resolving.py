"""What becomes of rows: the decisions, compared with the rule said in another way."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.akosha.store.preparing import prepare
from core.akosha.store.resolving import Key, Known, Plan, Resolving
from core.memory.rows import MemoryRow, Tombstone

_PUTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.lists(
            st.tuples(st.sampled_from(["1", "2", "3"]), st.sampled_from(["x", "y", None]), st.integers(1, 4)),
            max_size=6,
        ),
    ),
    max_size=6,
)
"""system, and of each row: id, text (None: a tombstone), moment."""
_TEXTS = {
    bytes.fromhex(MemoryRow("memory", identity, text).content_hash): text for identity in "123" for text in "xy"
} | {None: None}
_labels = itertools.count(1)


@given(_PUTS, st.lists(st.integers(0, 5)))
def test_puts_give_the_same_whether_they_share_a_transaction_or_not(
    puts: list[tuple[str, list[tuple[str, str | None, int]]]], cuts: list[int]
) -> None:
    stored: dict[Key, Known] = {}
    model: dict[Key, tuple[int, str | None]] = {}
    waiting: list[int] = []
    for number, (system, rows) in enumerate(puts):
        for identity, text, moment in rows:
            key = (system, "memory", identity)
            if moment >= model.get(key, (0, None))[0]:
                model[key] = (moment, text)
        waiting.append(number)
        if number in cuts or number == len(puts) - 1:
            _transact(stored, [puts[one] for one in waiting])
            waiting = []
    assert {key: (known.as_of, _TEXTS[known.content_hash]) for key, known in stored.items()} == model
    assert len({known.label for known in stored.values()}) == len(stored)


def _transact(stored: dict[Key, Known], puts: list[tuple[str, list[tuple[str, str | None, int]]]]) -> None:
    resolving = Resolving({key: replace(known) for key, known in stored.items()})
    for system, rows in puts:
        given_rows = [
            Tombstone("memory", identity) if text is None else MemoryRow("memory", identity, text)
            for identity, text, _ in rows
        ]
        ready, errors = prepare(system, given_rows, [moment for _, _, moment in rows], 1e9)
        done = resolving.take(system, ready)
        assert not errors
        assert done.stored + done.unchanged + done.deleted + done.superseded == len(rows)
        assert min(done.stored, done.unchanged, done.deleted, done.superseded) >= 0
    _apply(stored, resolving.plan())


def _apply(stored: dict[Key, Known], plan: Plan) -> None:
    places = {known.place: key for key, known in stored.items()}
    for place, moment in plan.moved:
        stored[places[place]].as_of = moment
    for place in plan.cleared:
        del stored[places[place]]
    for label, system, row, _ in plan.written:
        key = (system, row.kind, row.id)
        assert key not in stored
        number = 1 + max((one.place for one in stored.values()), default=0)
        stored[key] = Known(
            number, label or next(_labels), row.as_of, row.deleted, row.content_hash, row.origin, row.model
        )
