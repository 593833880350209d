"""Who may ask: programs of this computer, not web pages in its browser."""

from __future__ import annotations

import pytest

from core.akosha.errors import RequestError
from core.akosha.web.protection import Protection


def _check(
    method: str = "GET", host: str = "127.0.0.1", allowed: tuple[str, ...] = (), /, **headers: str
) -> tuple[str, int] | None:
    given = {"host": "127.0.0.1:8682", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in given.items()]
    try:
        Protection(host, allowed).check({"type": "http", "method": method, "headers": raw})
    except RequestError as error:
        return error.code, error.status
    return None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8682", "localhost:1", "LOCALHOST", "[::1]:8682", "127.1.2.3"])
def test_this_computers_own_names_are_right(host: str) -> None:
    assert _check(host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8682",
        "192.168.0.7",
        "",
        "[::2]",
        "evil@127.0.0.1",
    ],
)
def test_a_name_that_was_pointed_here_is_refused(host: str) -> None:
    assert _check(host=host) == ("akosha.wrong_host", 421)


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8", "http://LocalHost"])
def test_a_page_of_this_computer_may_ask(origin: str) -> None:
    assert _check(origin=origin) is None


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1.evil.example",
        "file://",
        "chrome-extension://abc",
        "http://",
        "é",
    ],
)
def test_a_page_of_another_site_may_not(origin: str) -> None:
    assert _check(origin=origin) == ("akosha.wrong_origin", 403)


def test_what_a_browser_marks_as_cross_site_may_not() -> None:
    assert _check(sec_fetch_site="cross-site") == ("akosha.wrong_origin", 403)
    assert _check(sec_fetch_site="none") is None


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"]
)
def test_what_a_form_can_post_is_refused(kind: str) -> None:
    assert _check("POST", content_type=kind) == ("akosha.wrong_type", 415)


def test_json_may_be_posted_in_utf8_alone_and_uncompressed() -> None:
    assert _check("POST", **{"content_type": "application/json"}) is None
    assert _check("POST", content_type="application/json; charset=UTF-8") is None
    assert _check("POST", content_type="application/json; charset=utf-16") == ("akosha.wrong_type", 415)
    gzipped = {"content_type": "application/json", "content_encoding": "gzip"}
    assert _check("POST", **gzipped) == ("akosha.wrong_encoding", 415)


def test_methods_that_nobody_needs_are_refused() -> None:
    assert _check("TRACE") == ("akosha.wrong_method", 405)


def test_the_name_that_a_proxy_uses_is_right_when_it_was_set() -> None:
    known = ("hub.example.org",)
    assert _check(host="hub.example.org") == ("akosha.wrong_host", 421)
    assert _check("GET", "127.0.0.1", known, host="Hub.example.org", origin="https://hub.example.org") is None
    assert _check("GET", "127.0.0.1", known, host="other.example.org") == ("akosha.wrong_host", 421)


def test_beyond_loopback_any_name_will_do_and_origins_only_its_own() -> None:
    def check(**headers: str) -> tuple[str, int] | None:
        return _check("GET", "0.0.0.0", (), host="hub.lan:8682", **headers)

    assert check() is None
    assert check(origin="http://hub.lan:8682") is None
    assert check(origin="http://evil.example") == ("akosha.wrong_origin", 403)
