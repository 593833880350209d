"""Who is let in, where, and as whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.akosha.access.auth import GUESSES_AT_ONCE, SCOPES, AuthError, Gate, Principal, authenticate
from core.akosha.access.tokens import TokenStore
from core.akosha.settings import HubSettings

EVERYWHERE = "0.0.0.0"
HERE = ["127.0.0.1", "localhost", "::1", "127.3.4.5"]
ELSEWHERE = [EVERYWHERE, "::", "192.168.1.5", "hub.example.org", "10.0.0.1"]


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[TokenStore]:
    with TokenStore(tmp_path) as store:
        yield store


def gate(
    tokens: TokenStore, host: str = "127.0.0.1", require: bool | None = None, *names: str, clock: Clock | None = None
) -> Gate:
    settings = HubSettings(host=host, data=tokens.path.parent, require_token=require, allowed_hosts=names)
    return Gate(settings, tokens, clock=clock or Clock())


def bearer(secret: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def refused(check: Gate, headers: dict[str, str], client: str = "a") -> AuthError:
    with pytest.raises(AuthError) as raised:
        check.authenticate(headers, client)
    return raised.value


@pytest.mark.parametrize("host", HERE)
def test_on_loopback_anybody_may_do_everything(tokens: TokenStore, host: str) -> None:
    principal = gate(tokens, host).authenticate({})
    assert principal == Principal(None, frozenset(SCOPES))


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("require", [None, True, False])
def test_beyond_loopback_a_token_is_needed_whatever_the_settings_say(
    tokens: TokenStore, host: str, require: bool | None
) -> None:
    check = gate(tokens, host, require)
    assert check.tokens_required
    assert (refused(check, {}).code, refused(check, {}).status) == ("auth.token_missing", 401)
    made = tokens.create("laptop-a", {"read"})
    assert check.authenticate(bearer(made.secret)).system_id == "laptop-a"


@pytest.mark.parametrize("host", HERE)
def test_on_demand_a_token_is_needed_on_loopback_too(tokens: TokenStore, host: str) -> None:
    assert refused(gate(tokens, host, True), {}).code == "auth.token_missing"
    assert refused(gate(tokens, host, None, "hub.example.org"), {}).code == "auth.token_missing"


@pytest.mark.parametrize(
    "name",
    [
        *("X-Forwarded-For", "Forwarded", "Via", "x-real-ip", "X-Forwarded-Host", "X-Forwarded-Proto"),
        *("x-forwarded-server", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP", "X-Original-Forwarded-For"),
    ],
)
def test_what_came_through_a_proxy_is_not_from_this_computer(tokens: TokenStore, name: str) -> None:
    error = refused(gate(tokens), {name: "203.0.113.9"})
    assert (error.code, error.status) == ("auth.forwarded", 401)
    assert "AKOSHA_REQUIRE_TOKEN=true" in error.next_step
    made = tokens.create("a", {"read"})
    assert gate(tokens).authenticate({name: "203.0.113.9", **bearer(made.secret)}).system_id == "a"


@pytest.mark.parametrize("host", ["127.0.0.1", EVERYWHERE])
@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Bearer ak_wrong", "Basic YTpi", "ak_bare", "Bearer a b", "\udcff"]
)
def test_a_wrong_token_is_refused_even_where_none_is_needed(tokens: TokenStore, host: str, value: str) -> None:
    error = refused(gate(tokens, host), {"Authorization": value})
    assert (error.code, error.status) == ("auth.token_wrong", 401)


def test_a_revoked_token_does_not_go_on_as_anybody(tokens: TokenStore) -> None:
    made = tokens.create("a", {"read"})
    check = gate(tokens)
    check.authenticate(bearer(made.secret))
    tokens.revoke(made.id)
    assert refused(check, bearer(made.secret)).code == "auth.token_wrong"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", " Bearer "])
@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_the_spelling_of_the_header_does_not_matter(tokens: TokenStore, scheme: str, name: str) -> None:
    made = tokens.create("a", {"read"})
    assert gate(tokens).authenticate({name: f"{scheme} {made.secret}"}).token_id == made.id


def test_a_token_may_what_its_scopes_say_and_is_told_what_it_lacks(tokens: TokenStore) -> None:
    principal = gate(tokens).authenticate(bearer(tokens.create("laptop-a", {"read"}).secret))
    principal.require("read")
    with pytest.raises(AuthError) as raised:
        principal.require("write")
    assert raised.value.status == 403
    assert "akosha token create laptop-a --scope write" in raised.value.next_step


def test_a_system_writes_as_itself_only(tokens: TokenStore) -> None:
    principal = gate(tokens).authenticate(bearer(tokens.create("laptop-a", {"write"}).secret))
    assert principal.system_for(None) == "laptop-a"
    assert principal.system_for("laptop-a") == "laptop-a"
    assert principal.system_for(None, "laptop-b") == "laptop-a"
    with pytest.raises(AuthError) as raised:
        principal.system_for("laptop-b")
    assert (raised.value.code, raised.value.status) == ("auth.another_system", 403)


def test_on_open_loopback_an_item_says_whose_it_is(tokens: TokenStore) -> None:
    anybody = gate(tokens).authenticate({})
    assert anybody.system_for("a", "b") == "a"
    assert anybody.system_for(None, "b") == "b"
    assert anybody.system_for("", "") == "local"


def guess(check: Gate, times: int, client: str = "attacker") -> list[str]:
    return [refused(check, bearer(f"ak_{n}"), client).code for n in range(times)]


def test_guessing_is_slowed_down(tokens: TokenStore) -> None:
    clock = Clock()
    check = gate(tokens, EVERYWHERE, clock=clock)
    assert guess(check, GUESSES_AT_ONCE) == ["auth.token_wrong"] * GUESSES_AT_ONCE
    error = refused(check, bearer("ak_x"), "attacker")
    assert (error.code, error.status, error.retry_after) == ("auth.throttled", 429, 1)
    clock.now += 3
    assert guess(check, 5) == ["auth.token_wrong"] * 3 + ["auth.throttled"] * 2


def test_a_right_token_is_never_refused_for_what_was_guessed_at_its_address(tokens: TokenStore) -> None:
    made = tokens.create("a", {"read"})
    check = gate(tokens, EVERYWHERE)  # as after a restart: it has seen no right token yet
    guess(check, GUESSES_AT_ONCE + 5)
    assert check.authenticate(bearer(made.secret), "attacker").system_id == "a"
    assert guess(check, 1) == ["auth.throttled"]


def test_a_request_without_a_token_is_no_guess(tokens: TokenStore) -> None:
    check = gate(tokens, EVERYWHERE)
    assert {refused(check, {}).code for _ in range(GUESSES_AT_ONCE * 2)} == {"auth.token_missing"}


def test_a_million_addresses_do_not_fill_the_memory(tokens: TokenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.akosha.access.auth._MOST_CLIENTS", 50)
    check = gate(tokens, EVERYWHERE)
    for n in range(200):
        refused(check, bearer("ak_x"), f"address {n}")
    assert len(check._guesses) == 50


def test_once_without_memory_of_guesses(tokens: TokenStore) -> None:
    settings = HubSettings(host=EVERYWHERE, data=tokens.path.parent)
    made = tokens.create("a", {"read"})
    assert authenticate(bearer(made.secret), settings, tokens).system_id == "a"
    with pytest.raises(AuthError):
        authenticate({}, settings, tokens)
