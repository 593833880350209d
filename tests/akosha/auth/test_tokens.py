"""Tokens: told once, kept as hashes, revoked at once, by any process."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.akosha.access.auth import SCOPES
from core.akosha.access.tokens import LONGEST_NOTE, TokenStore
from core.errors import BusyError, CogzyError, DamageError, RefusedError, UsageError
from core.files import FileError


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[TokenStore]:
    with TokenStore(tmp_path / "hub") as store:
        yield store


def elsewhere(data: Path, line: str) -> str:
    """Run a line about `tokens` in another process."""
    imports = "import sys; from pathlib import Path; from core.akosha.access.tokens import TokenStore"
    whole = f"{imports}; tokens = TokenStore(Path(sys.argv[1])); {line}"
    return subprocess.run(
        [sys.executable, "-c", whole, str(data)], capture_output=True, text=True, check=True, timeout=30
    ).stdout.strip()


def test_a_secret_opens_as_its_system_with_its_scopes(tokens: TokenStore) -> None:
    made = tokens.create("laptop-a", {"read", "write"}, "the old one")
    assert made.secret is not None
    assert re.fullmatch(r"ak_[A-Za-z0-9_-]{43}", made.secret)
    principal = tokens.verify(made.secret)
    assert principal is not None
    assert (principal.system_id, principal.scopes, principal.token_id) == (
        "laptop-a",
        frozenset({"read", "write"}),
        made.id,
    )
    assert principal.may("read")
    assert not principal.may("admin")


def test_the_secret_stands_in_no_file(tokens: TokenStore) -> None:
    made = [tokens.create(f"s{n}", SCOPES, "note") for n in range(3)]
    for token in made:
        assert token.secret is not None
        assert tokens.verify(token.secret)
    everything = b"".join(path.read_bytes() for path in tokens.path.parent.iterdir())
    assert b"note" in everything
    for token in made:
        assert token.secret is not None
        assert token.secret.encode() not in everything
        assert token.secret[3:].encode() not in everything


def test_the_list_never_tells_a_secret(tokens: TokenStore) -> None:
    tokens.create("laptop-a", {"read"})
    (listed,) = tokens.list()
    assert listed.secret is None
    assert "secret" not in listed.as_json()


@pytest.mark.parametrize("wrong", ["", "ak_", "ak_" + "A" * 43, "x" * 5000, "ak_\udcff", "ak_" + "A" * 43 + "\0"])
def test_what_is_no_secret_opens_nothing(tokens: TokenStore, wrong: str) -> None:
    tokens.create("laptop-a", SCOPES)
    assert tokens.verify(wrong) is None


def test_a_secret_must_be_exact(tokens: TokenStore) -> None:
    secret = tokens.create("laptop-a", SCOPES).secret or ""
    for near in (secret[:-1], secret + "A", secret.swapcase(), secret[3:], f" {secret}"):
        assert tokens.verify(near) is None


def test_a_revoked_token_opens_nothing_and_stays_listed(tokens: TokenStore) -> None:
    first, second = tokens.create("a", {"read"}), tokens.create("a", {"read"})
    before = tokens.revoke(first.id)
    assert before.revoked_at is not None
    assert tokens.verify(first.secret or "") is None
    assert tokens.verify(second.secret or "")
    assert tokens.revoke(first.id).revoked_at == before.revoked_at
    assert [bool(token.revoked_at) for token in tokens.list()] == [True, False]


def test_there_are_active_tokens_until_the_last_is_revoked(tokens: TokenStore) -> None:
    assert not tokens.any_active()
    made = tokens.create("a", {"read"})
    assert tokens.any_active()
    tokens.revoke(made.id)
    assert not tokens.any_active()


def test_another_process_makes_and_revokes_what_counts_here_at_once(tokens: TokenStore) -> None:
    secret = elsewhere(tokens.path.parent, "print(tokens.create('b', {'read'}).secret)")
    principal = tokens.verify(secret)
    assert principal is not None
    elsewhere(tokens.path.parent, f"tokens.revoke({principal.token_id!r})")
    assert tokens.verify(secret) is None


def test_a_revocation_counts_and_stays_when_this_process_opened_the_file_twice(tokens: TokenStore) -> None:
    """As the hub does on a terminal, to say whether there is a token yet."""
    made = tokens.create("a", {"read"})
    assert tokens.verify(made.secret or "")
    with TokenStore(tokens.path.parent) as again:
        assert again.any_active()
    elsewhere(tokens.path.parent, "tokens.list()")
    other = elsewhere(tokens.path.parent, "print(tokens.create('b', {'read'}).secret)")
    assert tokens.verify(other)
    elsewhere(tokens.path.parent, f"tokens.revoke({made.id!r})")
    assert tokens.verify(made.secret or "") is None
    tokens.close()
    assert elsewhere(tokens.path.parent, f"print(tokens.verify({made.secret!r}))") == "None"


def test_a_file_put_back_from_a_backup_counts_at_once(tokens: TokenStore, tmp_path: Path) -> None:
    secret = tokens.create("a", {"read"}).secret or ""
    with TokenStore(tmp_path / "empty"):
        pass
    (tmp_path / "empty" / "tokens.db").replace(tokens.path)
    for end in ("-wal", "-shm"):
        tokens.path.with_name(tokens.path.name + end).unlink(missing_ok=True)
    assert tokens.verify(secret) is None
    tokens.path.unlink()
    assert tokens.verify(secret) is None
    assert tokens.create("a", {"read"})


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with TokenStore(tmp_path / "hub") as tokens:
            tokens.create("a", {"read"})
            assert stat.S_IMODE(tokens.path.parent.stat().st_mode) == 0o700
            for path in tokens.path.parent.iterdir():
                assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    finally:
        os.umask(before)


def test_last_use_is_noted_coarsely(tokens: TokenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tokens.create("a", {"read"}).secret or ""
    now = time.time()
    for at, expected in ((now, now), (now + 3_000, now), (now + 4_000, now + 4_000), (now - 9_000, now - 9_000)):
        monkeypatch.setattr(time, "time", lambda at=at: at)
        assert tokens.verify(secret)
        assert tokens.list()[0].last_used == expected


def test_a_request_does_not_wait_for_somebody_who_writes(tokens: TokenStore) -> None:
    secret = tokens.create("a", {"read"}).secret or ""
    other = sqlite3.connect(tokens.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = time.monotonic()
    assert tokens.verify(secret)
    assert time.monotonic() - before < 8, "that takes as long as the other writes, or ten seconds"
    other.execute("ROLLBACK")
    other.close()
    assert tokens.list()[0].last_used is None
    assert tokens.verify(secret)
    assert tokens.list()[0].last_used is not None


@pytest.mark.parametrize(
    ("system_id", "scopes", "note", "code"),
    [
        ("", {"read"}, "", "tokens.bad_system"),
        ("../a", {"read"}, "", "tokens.bad_system"),
        ("a\n", {"read"}, "", "tokens.bad_system"),
        ("a" * 101, {"read"}, "", "tokens.bad_system"),
        ("a", set(), "", "tokens.bad_scope"),
        ("a", {"root"}, "", "tokens.bad_scope"),
        ("a", {"read"}, "x" * (LONGEST_NOTE + 1), "tokens.bad_note"),
        ("a", {"read"}, "\x1b[2J", "tokens.bad_note"),
    ],
)
def test_what_cannot_be_a_token_is_refused(
    tokens: TokenStore, system_id: str, scopes: set[str], note: str, code: str
) -> None:
    with pytest.raises(UsageError) as raised:
        tokens.create(system_id, scopes, note)
    assert raised.value.code == code
    assert tokens.list() == []


def test_revoking_what_is_not_there_names_the_way_to_look(tokens: TokenStore) -> None:
    with pytest.raises(UsageError) as raised:
        tokens.revoke("nothing")
    assert raised.value.code == "tokens.unknown"
    assert "akosha token list" in raised.value.next_step


def test_a_file_that_is_none_is_named_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "tokens.db").write_bytes(b"no database at all, by far" * 100)
    with pytest.raises(DamageError) as raised:
        TokenStore(tmp_path)
    assert raised.value.code == "tokens.damaged"
    assert str(tmp_path) in raised.value.cause


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    TokenStore(tmp_path).close()
    with sqlite3.connect(tmp_path / "tokens.db") as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    with pytest.raises(RefusedError) as raised:
        TokenStore(tmp_path)
    assert raised.value.code == "tokens.future"


def test_a_data_folder_that_is_a_file_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "hub").write_text("")
    with pytest.raises(FileError) as raised:
        TokenStore(tmp_path / "hub")
    assert raised.value.next_step


def test_somebody_who_writes_for_long_is_busy_not_damage(tokens: TokenStore) -> None:
    other = sqlite3.connect(tokens.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    tokens._careful.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(BusyError) as raised:
        tokens.create("a", {"read"})
    assert raised.value.code == "tokens.busy"
    other.execute("ROLLBACK")
    other.close()


def test_many_threads_and_a_store_that_is_made_twice_at_once(tmp_path: Path) -> None:
    stores: list[TokenStore] = []
    problems: list[CogzyError] = []

    def use() -> None:
        try:
            store = TokenStore(tmp_path / "hub")
            stores.append(store)
            for _ in range(5):
                assert store.verify(store.create("a", {"read"}).secret or "")
        except CogzyError as error:
            problems.append(error)

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(stores[0].list()) == 30
    for store in stores:
        store.close()


def test_the_own_administrator_is_trusted_in_this_process_alone(tokens: TokenStore) -> None:
    tokens.trust("the secret of this start")
    principal = tokens.verify("the secret of this start")
    assert principal is not None
    assert principal.system_id is None
    assert principal.may("admin")
    assert elsewhere(tokens.path.parent, "print(tokens.verify('the secret of this start'))") == "None"
    assert tokens.list() == []
