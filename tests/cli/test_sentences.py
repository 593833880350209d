"""Small sentences: sizes, spans, results."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest

from core.cli import main
from core.cli.output import ago, notice, size
from core.cli.sync import _status_lines, _sync_lines
from core.errors import CogzyError, UsageError
from core.settings_model import SettingProblem
from core.sync.pauses import pause_end


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (48_000, "48 kB"),
        (1_234_567, "1.2 MB"),
        (118e6, "118 MB"),
        (5e12, "5000 GB"),
    ],
)
def test_sizes(count: float, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (200_000, "2 days ago")],
)
def test_spans(seconds: float, text: str) -> None:
    assert ago(seconds) == text


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("2h", 7200), ("1d", 86_400), ("45 min", 2700)])
def test_pauses_end_after_their_span(text: str, seconds: int) -> None:
    assert pause_end(text, 1000.0) == 1000.0 + seconds


def test_a_pause_until_tomorrow_ends_at_midnight_here() -> None:
    end = pause_end("tomorrow", time.time())
    assert end is not None
    assert 0 < end - time.time() <= 90_000
    assert datetime.fromtimestamp(end).hour == 0  # noqa: DTZ006


def test_a_pause_without_a_span_lasts_until_resumed() -> None:
    assert pause_end("", time.time()) is None


@pytest.mark.parametrize("text", ["0m", "m", "-3h", "3 weeks", "99999h", "1.5h"])
def test_other_spans_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        pause_end(text, time.time())


def test_a_sync_tells_bytes_against_bytes_covered_and_its_fallback() -> None:
    result = {
        "method": "http",
        "upload_id": "u1",
        "bytes_transferred": 48_000,
        "bytes_total": 118_000_000,
        "duration_seconds": 0.31,
        "rows_changed": 40,
        "attempts": [
            {
                "method": "cloud",
                "outcome": "failed",
                "reason": "storage.unreachable",
                "error": {"title": "The bucket cannot be reached"},
            },
            {"method": "http", "outcome": "succeeded"},
        ],
        "notices": [{"code": "files.disk_full", "params": {"path": "/x"}}],
    }
    lines = list(_sync_lines(result))
    assert lines[0] == "cloud: The bucket cannot be reached"
    assert lines[1] == "Sent 48 kB for 118 MB in 0.3 s (http)."
    assert "40 rows" in lines[2]
    assert lines[3] == "40 rows are at your hub, and not in your bucket."
    assert lines[4] == notice("files.disk_full", {"path": "/x"})


def test_a_sync_without_news_says_up_to_date() -> None:
    assert list(_sync_lines({"method": "cloud", "duration_seconds": 0.05})) == ["Up to date: nothing new (0.1 s)."]


def test_a_status_names_the_owner_and_the_error() -> None:
    lines = list(
        _status_lines(
            {
                "state": "error",
                "error": CogzyError("storage.key_refused", host="s3.example.com", detail="403").as_json(),
                "owner": {"kind": "app", "pid": 7},
                "vault": {"nodes": 12},
                "methods": {"cloud": {"last_success": time.time() - 130}, "http": {"configured": False}},
            }
        )
    )
    assert lines == [
        "The storage refused the key",
        "  s3.example.com does not accept the key id or its secret (403). "
        "Enter both again, or make a new key on the provider's page.",
        "  The app (pid 7) is working.",
        "Vault: 12 nodes",
        "cloud: last success 2 minutes ago",
        "http: not set up",
    ]


def test_a_status_tells_wrong_settings_from_none() -> None:
    wrong = SettingProblem("cloud_endpoint", "settings.url", {"value": "nowhere"}).as_json()
    nobody = {"kind": "none", "pid": None}
    methods = {"cloud": {"configured": False}, "http": {"configured": False}}
    told = {"state": "setup_needed", "owner": nobody, "methods": methods, "settings_problems": [wrong]}
    assert list(_status_lines(told))[-2:] == ["cloud: its settings are wrong (cloud_endpoint)", "http: not set up"]


def test_a_sync_counts_the_files_of_a_vault_and_one_row_as_one() -> None:
    sent = {"bytes_transferred": 11_000, "bytes_total": 105_000, "duration_seconds": 0.3}
    first = {**sent, "method": "cloud", "upload_id": "u1", "files_uploaded": 3, "rows_changed": 0}
    assert list(_sync_lines(first))[1:] == ["Upload u1: 3 files new or changed."]
    forced = {
        **sent,
        "method": "http",
        "rows_changed": 1,
        "attempts": [{"method": "cloud", "outcome": "skipped", "reason": "sync.another_forced"}],
    }
    assert list(_sync_lines(forced))[1:] == ["1 row is at your hub; nothing was sent to your bucket."]
    alone = {**forced, "attempts": [{"method": "cloud", "outcome": "skipped", "reason": "cloud.not_set_up"}]}
    assert list(_sync_lines(alone))[1:] == ["1 row is at your hub."]


def test_a_setting_that_is_empty_says_so_beside_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COGZY_SYSTEM_ID", raising=False)
    assert main(["--vault", str(tmp_path), "config", "get", "system_id"]) == 0
    said = capsys.readouterr()
    assert said.out == "\n"
    assert said.err == "system_id is not set. The first sync gives this computer one.\n"
