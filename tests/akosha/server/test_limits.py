"""Limits: rates, bodies and JSON are bounded, whatever a client says about them."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.akosha.errors import ComeAgainError, RequestError
from core.akosha.web import limits
from core.akosha.web.limits import DEEPEST, MOST_VALUES, SMALL, Bodies, Rate
from core.akosha.web.limits import parse as parse_body


def _sent(pieces: Iterable[bytes], pause: float = 0.0) -> Any:
    rest = [*pieces]

    async def receive() -> dict[str, object]:
        await asyncio.sleep(pause)
        if not rest:
            return {"type": "http.disconnect"}
        piece = rest.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(rest)}

    return receive


async def _read(bodies: Bodies, pieces: Iterable[bytes], declared: int | None = None, pause: float = 0.0) -> bytes:
    async with bodies.read(_sent(pieces, pause), declared) as body:
        return bytes(body)


async def parse(body: bytes) -> Any:
    held = bytearray(body)
    try:
        return await parse_body(held)
    finally:
        assert held == b"", "the body's memory was kept"


class TestRate:
    def test_a_burst_passes_and_then_one_at_a_time(self) -> None:
        rate = Rate(2.0, burst_seconds=5)
        for _ in range(10):
            rate.take("a", 100.0)
        with pytest.raises(ComeAgainError) as caught:
            rate.take("a", 100.0)
        assert caught.value.status == 429
        assert caught.value.retry_after == pytest.approx(0.5)
        rate.take("a", 100.5)

    def test_one_key_does_not_use_up_anothers(self) -> None:
        rate = Rate(1.0, burst_seconds=1)
        rate.take("a", 0.0)
        rate.take("b", 0.0)
        with pytest.raises(ComeAgainError):
            rate.take("a", 0.0)

    def test_keys_without_end_do_not_fill_the_memory(self) -> None:
        rate = Rate(1.0)
        for number in range(20_000):
            rate.take(str(number), float(number))
        assert len(rate._levels) <= 10_000

    @given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
    def test_never_more_than_the_burst_and_the_rate_allow(self, moments: list[float]) -> None:
        rate, passed, waits = Rate(1.0, burst_seconds=3), 0, []
        for moment in sorted(moments):
            try:
                rate.take("a", moment)
                passed += 1
            except ComeAgainError as error:
                waits.append(error.retry_after)
        assert all(0 < wait <= 1 for wait in waits)
        assert passed <= 3 + math.ceil(max(moments) - min(moments))


class TestBodies:
    @pytest.mark.asyncio
    async def test_a_body_in_pieces_is_whole(self) -> None:
        assert await _read(Bodies(100, 1), [b"ab", b"", b"cd"]) == b"abcd"

    @pytest.mark.asyncio
    async def test_a_declared_length_beyond_the_limit_is_refused_before_reading(self) -> None:
        with pytest.raises(RequestError) as caught:
            await _read(Bodies(100, 1), [b"x"], declared=101)
        assert (caught.value.status, caught.value.params["limit"]) == (413, 100)

    @pytest.mark.asyncio
    async def test_a_length_that_lies_or_is_absent_does_not_help(self) -> None:
        for declared in (None, 1):
            with pytest.raises(RequestError) as caught:
                await _read(Bodies(100, 1), [b"x" * 60, b"x" * 60], declared)
            assert caught.value.status == 413

    @pytest.mark.asyncio
    async def test_a_body_that_hardly_moves_is_given_up(self) -> None:
        with pytest.raises(RequestError) as caught:
            await _read(Bodies(100, 0.1), [b"x"] * 50, pause=0.03)
        assert (caught.value.code, caught.value.status) == ("akosha.body_too_slow", 408)

    @pytest.mark.asyncio
    async def test_a_large_body_that_keeps_moving_may_take_longer_than_the_grace(self) -> None:
        pieces = [b"x" * 8192] * 8
        assert len(await _read(Bodies(1 << 20, 0.1), pieces, pause=0.04)) == 8 * 8192

    @pytest.mark.asyncio
    async def test_a_cut_body_is_not_taken_for_whole(self) -> None:
        async def receive() -> Any:
            return messages.pop(0)

        messages = [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]
        with pytest.raises(RequestError, match="cut off"):
            async with Bodies(100, 1).read(receive, 100):
                pytest.fail("half a body was handed on")

    @pytest.mark.asyncio
    async def test_all_bodies_together_stay_within_the_budget_and_wait_for_their_turn(self) -> None:
        size = 2 * SMALL
        bodies, order = Bodies(size, 1, budget_bytes=size), []

        async def read(name: str, pause: float) -> None:
            async with bodies.read(_sent([b"x" * SMALL] * 2), size):
                order.append(f"{name} in")
                await asyncio.sleep(pause)
                order.append(f"{name} out")

        async with asyncio.TaskGroup() as group:
            for number in range(3):
                group.create_task(read(str(number), 0.05))
            await asyncio.sleep(0.01)
            assert await _read(bodies, [b"small"]) == b"small", "a small one waits for nobody"
            assert order == ["0 in"]
        assert order == ["0 in", "0 out", "1 in", "1 out", "2 in", "2 out"]

    @pytest.mark.asyncio
    async def test_waiting_for_the_budget_is_not_the_clients_slowness_but_has_an_end(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        size = 2 * SMALL
        bodies = Bodies(size, 0.05, budget_bytes=size)
        async with bodies.read(_sent([b"x" * size]), size):
            late = asyncio.create_task(_read(bodies, [b"x" * size], size))
            await asyncio.sleep(0.2)
            monkeypatch.setattr(limits, "PATIENCE_SECONDS", 0.05)
            with pytest.raises(ComeAgainError):
                await _read(bodies, [b"x" * size], size)
        assert len(await late) == size

    @pytest.mark.asyncio
    async def test_who_leaves_the_queue_takes_nothing_with_him(self) -> None:
        size = 2 * SMALL
        bodies = Bodies(size, 1, budget_bytes=size)
        async with bodies.read(_sent([b"x" * size]), size):
            waiting = [asyncio.create_task(_read(bodies, [b"x" * size], size)) for _ in range(2)]
            await asyncio.sleep(0.01)
            waiting[0].cancel()
        waiting[1].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert len(await _read(bodies, [b"x" * size], size)) == size


class TestParse:
    @pytest.mark.asyncio
    async def test_what_is_not_utf8_says_where(self) -> None:
        with pytest.raises(RequestError) as caught:
            await parse(b'{"text": "caf\xe9"}')
        assert (caught.value.code, caught.value.params["at"]) == ("akosha.not_utf8", 13)

    @pytest.mark.asyncio
    @pytest.mark.parametrize("body", [b"", b"{", b"{}}", b"[1,]", b"nope", b"{'a': 1}"])
    async def test_what_is_not_json_is_refused(self, body: bytes) -> None:
        with pytest.raises(RequestError) as caught:
            await parse(body)
        assert (caught.value.code, caught.value.status) == ("akosha.not_json", 400)

    @pytest.mark.asyncio
    async def test_what_pythons_encoder_writes_beyond_json_is_let_through_to_be_named_item_by_item(self) -> None:
        value = await parse(json.dumps([float("nan"), float("inf"), 1.5]).encode())
        assert math.isnan(value[0])
        assert math.isinf(value[1])

    @pytest.mark.asyncio
    @pytest.mark.parametrize("levels", [DEEPEST + 1, 2_000, 200_000])
    @pytest.mark.parametrize("opening", [b"[", b'{"a":'])
    async def test_deep_nesting_is_refused_and_breaks_nothing(self, levels: int, opening: bytes) -> None:
        closing = b"]" if opening == b"[" else b"}"
        with pytest.raises(RequestError) as caught:
            await parse(opening * levels + b"1" + closing * levels)
        assert caught.value.code == "akosha.json_too_deep"

    @pytest.mark.asyncio
    async def test_nesting_behind_numbers_is_seen_too(self) -> None:
        body = b"[1.5," + b"[" * 100 + b"]" * 100 + b"]"
        with pytest.raises(RequestError):
            await parse(body)

    @pytest.mark.asyncio
    async def test_values_without_end_are_refused_before_they_become_objects(self) -> None:
        with pytest.raises(RequestError) as caught:
            await parse(b"[" + b"[]," * MOST_VALUES + b"1]")
        assert caught.value.code == "akosha.json_too_big"

    @given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=20))
    def test_sane_json_is_what_it_was(self, value: object) -> None:
        try:
            body = orjson.dumps(value)
        except TypeError:
            return  # half of a surrogate pair
        assert asyncio.run(parse(body)) == orjson.loads(body)
