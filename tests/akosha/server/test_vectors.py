"""Vectors that are taken out of a batch's text: every memory is what it would have been without that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from core.akosha.errors import RequestError
from core.akosha.web import limits
from core.akosha.web.vectors import MOST_NUMBERS, parsed_apart
from core.errors import CogzyError
from core.memory.rows import from_wire, row_problem

MOST = 4_000_000
GOOD = [0.1, -2.5e-3, 7, 1e-40, True]
EMBEDDINGS: dict[str, Any] = {
    "numbers": GOOD,
    "base64": "AACAPwAAAEA=",
    "zeros": [0.0, 0.0],
    "nothing": None,
    "no numbers": [],
    "text": ["0.5", "1"],
    "brackets in text": ["]", 1.0],
    "a list in it": [[1.0], 2.0],
    "beyond float32": [1e39, 1.0],
    "beyond every float": [10**400],
    "not a number": [float("nan"), 1.0],
    "too wide": [0.5] * (MOST_NUMBERS + 1),
    "an object": {"embedding": [1.0, 2.0]},
}


def _body(items: Sequence[Any], indent: int | None = None, tool: str = "batch_store_memories") -> bytearray:
    params = {"name": tool, "arguments": {"memories": items}}
    return bytearray(json.dumps({"id": 1, "params": params}, indent=indent).encode())


def _item(embedding: Any, **more: Any) -> dict[str, Any]:
    return {"memory_id": "a", "text": "what is remembered", "embedding": embedding, **more}


def _outcome(item: Any) -> object:
    try:
        row = from_wire(item)
    except CogzyError as error:
        return error.code
    return row_problem(row) or row


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("name", EMBEDDINGS)
def test_a_memory_is_the_same_with_its_vector_taken_out(name: str, indent: int | None) -> None:
    given = [_item(GOOD), _item(EMBEDDINGS[name]), {**_item(None), "memory_id": "b"}]
    body = _body([*given, _item("x" * limits._INLINE)], indent)
    found = asyncio.run(limits.parse(bytearray(body)))["params"]["arguments"]["memories"][:3]
    plain = json.loads(body)["params"]["arguments"]["memories"][:3]
    assert [_outcome(item) for item in found] == [_outcome(item) for item in plain]


def test_numbers_become_bytes_and_never_objects() -> None:
    value = parsed_apart(_body([_item(GOOD), _item([1.5] * MOST_NUMBERS)]), MOST)
    assert value is not None
    assert [len(item["embedding"]) for item in value["params"]["arguments"]["memories"]] == [20, 4 * MOST_NUMBERS]


@pytest.mark.parametrize(
    "items",
    [
        [_item(GOOD, metadata={"embedding": [1.0, 2.0]})],
        [_item(GOOD), {"inner": _item(GOOD)}],
        [_item(GOOD), [_item(GOOD)]],
    ],
)
def test_what_is_named_so_elsewhere_stays_a_list(items: list[Any]) -> None:
    assert parsed_apart(_body(items), MOST) is None


def test_words_of_a_text_are_no_key() -> None:
    said = 'they sent {"embedding": [1, 2]} and "embedding": [3], and \\"embedding": [4]'
    value = parsed_apart(_body([_item(GOOD, text=said, **{'x"embedding': [5.0]})]), MOST)
    assert value is not None
    (item,) = value["params"]["arguments"]["memories"]
    assert (item["text"], item['x"embedding']) == (said, [5.0])


def test_of_one_name_given_twice_the_last_counts_as_everywhere() -> None:
    body = bytearray(_body([_item(GOOD)]).replace(b'"embedding"', b'"embedding": [9.0], "embedding"'))
    assert parsed_apart(body, MOST) is None  # parsed as it stands


@pytest.mark.parametrize("tail", [b"", b"]", b"}}}x", b"\xff"])
def test_what_is_not_json_is_refused_as_without_vectors(tail: bytes) -> None:
    body = _body([_item([0.5] * 1000) for _ in range(30)])[:-4] + tail
    with pytest.raises(RequestError) as caught:
        asyncio.run(limits.parse(bytearray(body)))
    with pytest.raises(RequestError) as plain:
        limits._parsed_whole(body)
    assert (caught.value.code, caught.value.params) == (plain.value.code, plain.value.params)


def test_more_values_than_are_allowed_are_not_packed_either() -> None:
    assert parsed_apart(_body([_item([1] * 1000)] * 3), 3_000) is None


def test_lists_that_do_not_end_are_not_searched_again_and_again() -> None:
    body = bytearray(b'[{"embedding":[' * 1_000_000)
    assert parsed_apart(body, MOST) is None  # it would take minutes
