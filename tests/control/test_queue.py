"""Requests in the queue: none is lost, damaged ones do no harm."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.control import queue
from core.sync.events import Sync


def test_requests_keep_their_order_and_are_the_owners_alone(vault_dir: Path) -> None:
    left = [queue.leave(vault_dir, {"trigger": "user"}) for _ in range(5)]
    assert queue.waiting(vault_dir) == left
    assert {stat.S_IMODE(path.stat().st_mode) for path in left} == {0o600}


@pytest.mark.parametrize(
    ("requests", "merged"),
    [
        ([{}], Sync(trigger="session_end")),
        ([{"trigger": "user", "full": True}, {"trigger": "user"}], Sync(full=True)),
        ([{"only": "vault"}, {"only": "vault"}], Sync(only="vault", trigger="session_end")),
        ([{"only": "vault"}, {"only": "reflections"}], Sync(trigger="session_end")),
        ([{"method": "http"}, {"method": "http"}], Sync(method="http", trigger="session_end")),
        ([{"method": "http"}, {"method": "cloud"}], Sync(trigger="session_end")),
    ],
)
def test_one_sync_does_what_all_requests_ask_for(
    vault_dir: Path, requests: list[dict[str, object]], merged: Sync
) -> None:
    for request in requests:
        queue.leave(vault_dir, request)
    assert Sync(**queue.merged(queue.waiting(vault_dir))) == merged


def test_whatever_lies_in_the_queue_makes_a_sync(tmp_path: Path) -> None:
    folder = tmp_path / "sync" / "queue"
    folder.mkdir(parents=True)

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(st.binary(max_size=300) | st.sampled_from([b'{"method": ["x"]}', b'{"full": 7}', b'{"only": {}}', b"[1]"]))
    def read(content: bytes) -> None:
        (folder / "1.json").write_bytes(content)
        request = Sync(**queue.merged(queue.waiting(tmp_path)))
        assert request.method in ("auto", "cloud", "http")
        assert isinstance(request.full, bool)

    read()


def test_nobody_listens_where_there_is_no_owner(vault_dir: Path) -> None:
    assert not queue.poke(vault_dir)


def test_a_run_that_is_just_starting_is_not_started_again(vault_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr("subprocess.Popen", lambda *a, **k: started.append(a) or type("Child", (), {})())
    queue.leave(vault_dir, {})
    assert queue.start_drain(vault_dir)
    assert not queue.start_drain(vault_dir)
    queue.started(vault_dir)
    assert queue.start_drain(vault_dir)
    old = time.time() - 60
    os.utime(vault_dir / "sync" / "queue" / ".starting", (old, old))
    assert queue.start_drain(vault_dir), "a start that led nowhere does not hold up the next one"
    assert len(started) == 3
