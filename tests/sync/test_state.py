"""What this computer knows of its remotes: it moves with a commit or not at all, and losing it loses no data."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BusyError
from core.files import FileError
from core.sync import state_file
from core.sync.history import begin_run, end_run, latest_runs
from core.sync.records import EntryRecord, PieceRecord, Prepared, RemoteRecord, SourceRecord
from core.sync.state import SyncState
from core.sync.state_file import StateDamagedError

KEY, OTHER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sync" / "state.db"


@pytest.fixture
def state(path: Path) -> Iterator[SyncState]:
    state = SyncState(path)
    yield state
    state.close()


def piece(number: int, pack: str = "p1", upload: str | None = None) -> PieceRecord:
    return PieceRecord(number.to_bytes(32), "chunk", pack, number * 10, 10, 20, "zstd", upload)


def prepared(upload: str, chain: int = 1) -> Prepared:
    refs = tuple({"upload_id": f"u{number}", "sha256": "aa", "size": 1} for number in range(chain))
    return Prepared(upload, f"systems/s/uploads/{upload}/manifest.json", f"hash of {upload}", refs)


def entry(path: str, *pieces: int, signature: str | None = "s") -> EntryRecord:
    joined = b"".join(number.to_bytes(32) for number in pieces)
    return EntryRecord(path, b'{"path": "%s"}' % path.encode(), joined, signature, 7)


def upload(state: SyncState, name: str, entries: list[EntryRecord], used: list[int], *, chain: int, now: float) -> None:
    state.prepare(KEY, prepared(name, chain), entries, [], [], [number.to_bytes(32) for number in used])
    state.advance(KEY, now)


def claimed(state: SyncState) -> dict[int, str | None]:
    return {int.from_bytes(key): record.upload for key, record in state.pieces(KEY).items()}


@pytest.mark.parametrize("word", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE])
def test_on_a_full_disk_what_is_known_is_read_and_a_change_says_why_not(
    path: Path, monkeypatch: pytest.MonkeyPatch, word: int
) -> None:
    before = SyncState(path)
    before.set_fact("pause", {"until": 1})
    before.close()
    connect, room = sqlite3.connect, False

    def refusing(place: Path | str, *given: object, **named: object) -> sqlite3.Connection:
        if room or "uri" in named:
            return connect(place, *given, **named)  # type: ignore[call-overload,no-any-return]
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = word
        raise error

    monkeypatch.setattr(sqlite3, "connect", refusing)
    state = SyncState(path)
    assert state.read_only
    assert state.fact("pause") == {"until": 1}
    with pytest.raises(FileError) as caught:
        state.set_fact("pause", None)
    assert caught.value.code == "files.disk_full"

    room = True
    state.set_fact("pause", {"until": 2})
    assert (state.fact("pause"), state.read_only) == ({"until": 2}, False)
    state.close()


def test_a_remote_never_met_is_empty(state: SyncState) -> None:
    assert state.remote(KEY) == RemoteRecord(KEY)
    assert (state.pieces(KEY), state.entries(KEY), state.sources(KEY), state.prepared(KEY)) == ({}, {}, {}, None)


def test_what_was_prepared_shows_only_once_it_is_there(state: SyncState) -> None:
    state.add_pieces(KEY, [piece(1), piece(2)])
    source = SourceRecord("memory", "sig", 5.0, rows=3)
    state.prepare(KEY, prepared("u1"), [entry("a", 1)], [], [source], [piece(1).id])
    assert state.prepared(KEY) == prepared("u1")
    assert (state.entries(KEY), state.sources(KEY), state.remote(KEY).head) == ({}, {}, None)
    assert claimed(state) == {1: None, 2: None}
    state.advance(KEY, 10.0)
    assert state.prepared(KEY) is None
    assert state.entries(KEY) == {"a": entry("a", 1)}
    assert state.entry(KEY, "a") == entry("a", 1)
    assert state.entry_signatures(KEY) == {"a": "s"}
    assert state.sources(KEY) == {"memory": source}
    assert claimed(state) == {1: "u1", 2: None}
    assert state.remote(KEY) == RemoteRecord(KEY, "u1", "hash of u1", prepared("u1").chain, 10.0, 10.0, True)


def test_what_was_dropped_leaves_its_pieces_for_the_next_run(state: SyncState) -> None:
    state.add_pieces(KEY, [piece(1)])
    state.prepare(KEY, prepared("u1"), [entry("a", 1)], ["b"], [SourceRecord("m", "x", 1.0)], [piece(1).id])
    state.drop_prepared(KEY)
    assert (state.prepared(KEY), state.entries(KEY), state.sources(KEY)) == (None, {}, {})
    assert claimed(state) == {1: None}
    upload(state, "u2", [], [], chain=1, now=1)
    assert claimed(state) == {1: None}, "what the dropped upload claimed is not claimed by the next"


def test_preparing_again_replaces_what_was_prepared(state: SyncState) -> None:
    state.add_pieces(KEY, [piece(1), piece(2)])
    state.prepare(KEY, prepared("u1"), [entry("a", 1)], [], [], [piece(1).id])
    upload(state, "u2", [entry("b", 2)], [2], chain=1, now=1)
    assert set(state.entries(KEY)) == {"b"}
    assert claimed(state) == {1: None, 2: "u2"}


def test_an_upload_changes_adds_and_removes(state: SyncState) -> None:
    state.add_pieces(KEY, [piece(number) for number in range(4)])
    upload(state, "u1", [entry("a", 0), entry("b", 1), entry("c", 2)], [0, 1, 2], chain=1, now=1)
    state.prepare(KEY, prepared("u2", 2), [entry("b", 3)], ["c", "never there"], [], [piece(3).id])
    state.advance(KEY, 2)
    assert state.entries(KEY) == {"a": entry("a", 0), "b": entry("b", 3)}
    assert claimed(state) == {0: "u1", 1: "u1", 2: "u1", 3: "u2"}


def test_a_folded_chain_no_longer_names_what_nothing_uses(state: SyncState) -> None:
    state.add_pieces(KEY, [piece(number) for number in range(3)])
    upload(state, "u1", [entry("a", 0), entry("b", 1)], [0, 1], chain=1, now=1)
    upload(state, "u2", [entry("b", 2)], [2], chain=2, now=2)
    upload(state, "u3", [], [0, 2], chain=1, now=3)
    assert claimed(state) == {0: "u1", 1: None, 2: "u2"}


def test_a_touched_file_keeps_its_entry(state: SyncState) -> None:
    upload(state, "u1", [entry("a")], [], chain=1, now=1)
    state.touch_entries(KEY, [("a", "newer"), ("unknown", "x")])
    assert state.entries(KEY) == {"a": entry("a", signature="newer")}
    state.touch_source(KEY, SourceRecord("m", "one", 1.0))
    state.touch_source(KEY, SourceRecord("m", "two", 2.0))
    assert state.sources(KEY) == {"m": SourceRecord("m", "two", 2.0)}


def test_forgetting_one_remote_leaves_the_others(state: SyncState) -> None:
    for key in (KEY, OTHER):
        state.add_pieces(key, [piece(1)])
        state.prepare(key, prepared("u1"), [entry("a", 1)], [], [SourceRecord("m", "x", 1.0)], [piece(1).id])
        state.advance(key, 1)
        state.prepare(key, prepared("u2"), [entry("b", 1)], [], [], [])
    state.forget(KEY)
    assert state.remote(KEY) == RemoteRecord(KEY)
    assert (state.pieces(KEY), state.entries(KEY), state.sources(KEY), state.prepared(KEY)) == ({}, {}, {}, None)
    assert state.remote(OTHER).head == "u1"
    assert state.prepared(OTHER) == prepared("u2")
    assert set(state.entries(OTHER)) == {"a"}


def test_uncommitted_packs_are_those_no_upload_names(state: SyncState) -> None:
    state.add_pieces(KEY, [piece(1, "p1"), piece(2, "p2"), piece(3, "p2")])
    upload(state, "u1", [], [1], chain=1, now=1)
    assert state.uncommitted_packs(KEY) == ["p2"]
    state.drop_packs(KEY, ["p1", "p2"])
    assert set(claimed(state)) == {1}, "a committed piece is not dropped"


def test_adopting_takes_over_what_was_read_back(state: SyncState) -> None:
    state.add_pieces(KEY, [piece(9, "left by a killed run")])
    record = RemoteRecord(KEY, "u1", "hash", ({"upload_id": "u1", "sha256": "aa", "size": 1},), 3.0, 4.0, True)
    state.adopt(record, [entry("a", 1, signature=None)], [piece(1, upload="u1")])
    assert state.remote(KEY) == record
    assert state.entry_signatures(KEY) == {"a": None}
    assert claimed(state) == {1: "u1", 9: None}


def test_runs_and_facts_are_remembered(state: SyncState, path: Path) -> None:
    first = begin_run(state, "user", "auto", 1.0)
    second = begin_run(state, "schedule", "cloud", 2.0)
    end_run(state, second, "succeeded", {"bytes": 3}, 5.0)
    assert first != second
    newest, oldest = latest_runs(state)
    assert (newest["outcome"], newest["result"], newest["ended_at"]) == ("succeeded", {"bytes": 3}, 5.0)
    assert (oldest["outcome"], oldest["result"]) == ("interrupted", None)
    state.set_fact("pause", {"until": None})
    state.set_fact("pause", {"until": 7})
    state.close()
    again = SyncState(path)
    assert (again.fact("pause"), again.fact("nothing")) == ({"until": 7}, None)
    assert len(latest_runs(again, 1)) == 1
    again.close()


def test_old_history_goes(state: SyncState) -> None:
    begin_run(state, "user", "auto", 0.0)
    begin_run(state, "user", "auto", 401 * 86_400.0)
    assert len(latest_runs(state)) == 1


@pytest.mark.parametrize("content", [b"", b"\0", b"no database at all" * 500, os.urandom(8192)])
def test_what_is_no_database_is_set_aside_and_kept(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    state = SyncState(path)
    state.set_fact("works", True)
    assert state.fact("works")
    state.close()
    if len(content) > 1:
        assert state.set_aside is not None
        assert state.set_aside.read_bytes() == content


def test_a_state_of_a_newer_version_is_set_aside(path: Path) -> None:
    SyncState(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=999")
    db.close()
    state = SyncState(path)
    assert state.set_aside is not None
    state.close()


def test_damage_met_in_the_middle_is_told_and_the_next_one_begins_anew(path: Path) -> None:
    state = SyncState(path)
    state.add_pieces(KEY, [piece(number) for number in range(3000)])
    state.close()
    pages = path.stat().st_size // 4096
    with path.open("r+b") as file:
        for page in range(pages // 2, pages):
            file.seek(page * 4096)
            file.write(os.urandom(4096))
    state = SyncState(path)
    with pytest.raises(StateDamagedError):
        state.pieces(KEY)
    assert state.damaged
    state.close()
    again = SyncState(path)
    assert again.set_aside is not None
    assert again.pieces(KEY) == {}
    assert not again.damaged
    again.close()
    last = SyncState(path)
    assert last.set_aside is None
    last.close()


def test_text_that_is_none_is_damage(state: SyncState) -> None:
    with state.transaction() as db:
        db.execute("INSERT INTO fact VALUES('pause', CAST(x'ff' AS TEXT))")
    with pytest.raises(StateDamagedError):
        state.fact("pause")
    assert state.damaged


def test_a_state_without_its_tables_is_set_aside(path: Path) -> None:
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version={state_file.SCHEMA_VERSION}")
    with contextlib.closing(SyncState(path)) as state:
        assert state.set_aside is not None
        assert state.fact("pause") is None


def test_a_mistake_of_ours_is_not_told_as_a_disk_that_refuses(state: SyncState) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        state.one("SELECT * FROM nowhere")
    with pytest.raises(sqlite3.OperationalError, match="syntax error"), state.transaction() as db:
        db.execute("INSERT NOTHING")
    assert not state.damaged
    state.set_fact("works", 1)


def test_a_file_that_refuses_to_be_written_is_told_as_such(state: SyncState) -> None:
    with state.transaction() as db:
        db.execute("PRAGMA query_only=ON")
    with pytest.raises(FileError) as caught:
        state.set_fact("pause", None)
    assert caught.value.code == "files.not_writable"


def test_a_database_that_another_program_holds_is_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_file, "BUSY_SECONDS", 0.05)
    state = SyncState(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError):
        state.set_fact("a", 1)
    assert state.fact("a") is None, "reading goes on"
    other.execute("ROLLBACK")
    state.set_fact("a", 1)
    other.close()
    state.close()


def test_a_failed_transaction_leaves_nothing(state: SyncState) -> None:
    upload(state, "u1", [entry("a")], [], chain=1, now=1)

    def broken() -> Iterator[EntryRecord]:
        yield entry("b")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        state.prepare(KEY, prepared("u2"), broken(), [], [], [])
    assert state.prepared(KEY) is None
    assert set(state.entries(KEY)) == {"a"}
    state.set_fact("works", 1)


def test_threads_may_use_it_at_once(state: SyncState) -> None:
    problems: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for number in range(40):
                state.add_pieces(KEY, [piece(thread * 1000 + number, f"p{thread}")])
                assert state.piece(KEY, piece(thread * 1000 + number).id) is not None
                state.set_fact(f"at {thread}", number)
        except BaseException as error:  # noqa: BLE001  # told below
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(state.pieces(KEY)) == 240
    assert {state.fact(f"at {number}") for number in range(6)} == {39}


def test_two_processes_may_have_it_open(state: SyncState, path: Path) -> None:
    other = SyncState(path)
    state.set_fact("from", "one")
    assert other.fact("from") == "one"
    other.set_fact("from", "two")
    assert state.fact("from") == "two"
    other.close()


@given(
    steps=st.lists(
        st.tuples(
            st.sets(st.integers(0, 7), max_size=4),
            st.booleans(),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_a_committed_piece_is_located_in_the_chain_and_no_other_counts_as_such(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[set[int], bool, bool]]
) -> None:
    """Uploads that commit or not, folded or not, against a model: the chain's tables and what each one locates."""
    state = SyncState(tmp_path_factory.mktemp("state") / "state.db")
    state.add_pieces(KEY, [piece(number) for number in range(8)])
    chain: list[set[int]] = []
    live: set[int] = set()
    for number, (used, fold, commits) in enumerate(steps):
        located = used | live if fold or not chain else {one for one in used if claimed(state)[one] is None}
        tables = [located] if fold or not chain else [*chain, located]
        ids = [one.to_bytes(32) for one in located]
        state.prepare(KEY, prepared(f"u{number}", len(tables)), [entry("a", *used)], [], [], ids)
        if commits:
            state.advance(KEY, number)
            chain, live = tables, used
        else:
            state.drop_prepared(KEY)
        in_chain = set().union(*chain)
        assert {one for one, upload in claimed(state).items() if upload is not None} == in_chain
        assert live <= in_chain
    state.close()
