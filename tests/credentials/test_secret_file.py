"""The encrypted file of secrets: nothing in clear, nothing accepted that was changed, nothing costly computed."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from core import secret_file
from core.errors import DamageError, RefusedError, UsageError

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(secret_file, "_N", 1 << 10)
    path = tmp_path / "secrets.json"
    secret_file.write(path, PASSPHRASE, {"cloud_secret": "pl4inly-visible"})
    return path


def _change(path: Path, **kdf: Any) -> None:
    envelope = json.loads(path.read_text())
    envelope["kdf"] |= kdf
    path.write_text(json.dumps(envelope))


def _what_opens(path: Path) -> dict[str, str] | None:
    try:
        return secret_file.read(path, PASSPHRASE)
    except DamageError:
        return None


def test_what_is_written_comes_back_and_is_not_on_the_disk_in_clear(path: Path) -> None:
    assert secret_file.read(path, PASSPHRASE) == {"cloud_secret": "pl4inly-visible"}
    assert b"pl4inly" not in path.read_bytes()
    assert b"cloud_secret" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_writes_of_the_same_secrets_share_no_bytes_that_matter(path: Path) -> None:
    first = json.loads(path.read_text())
    secret_file.write(path, PASSPHRASE, {"cloud_secret": "pl4inly-visible"})
    second = json.loads(path.read_text())
    assert first["nonce"] != second["nonce"]
    assert first["kdf"]["salt"] != second["kdf"]["salt"]


def test_a_wrong_passphrase_opens_nothing(path: Path) -> None:
    assert secret_file.read(path, PASSPHRASE + " ") is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff\xfe", b'{"format": 1}', b"[" * 100_000, b"0"])
def test_a_file_that_is_none_is_damage(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(DamageError, match="damaged"):
        secret_file.read(path, PASSPHRASE)


@pytest.mark.parametrize("part", ["sealed", "nonce"])
def test_every_flipped_byte_is_noticed(path: Path, part: str) -> None:
    envelope = json.loads(path.read_text())
    text = envelope[part]
    for at in range(len(text) - 3):
        envelope[part] = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        path.write_text(json.dumps(envelope))
        assert _what_opens(path) is None


@pytest.mark.parametrize("kdf", [{"n": 1 << 30}, {"r": 1 << 20}, {"p": 1000}, {"n": 1 << 19}])
def test_a_file_that_asks_for_too_much_memory_is_refused_before_any_work(
    path: Path, monkeypatch: pytest.MonkeyPatch, kdf: dict[str, int]
) -> None:
    _change(path, **kdf)
    monkeypatch.setattr(secret_file, "_key", lambda *_: pytest.fail("a key was derived"))
    with pytest.raises(RefusedError, match="refused"):
        secret_file.read(path, PASSPHRASE)


@pytest.mark.parametrize("kdf", [{"n": 0}, {"n": 3}, {"n": -2}, {"r": 0}, {"p": 0}, {"n": "x"}, {"name": "plain"}])
def test_parameters_that_make_no_sense_are_damage(path: Path, kdf: dict[str, Any]) -> None:
    _change(path, **kdf)
    with pytest.raises(DamageError):
        secret_file.read(path, PASSPHRASE)


def test_a_short_passphrase_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="short"):
        secret_file.write(tmp_path / "secrets.json", "1234567", {})
    assert list(tmp_path.iterdir()) == []
