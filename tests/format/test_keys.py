"""The master key comes back by the right passphrase or recovery key, and every wrong one says what is wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CogzyError, DamageError, RefusedError, UsageError
from core.sync import keys
from core.sync.keys import (
    current,
    encode_wrapped,
    new_master_key,
    new_recovery_key,
    parse_recovery_key,
    unwrap,
    unwrap_with_recovery,
    wrap,
    wrap_with_recovery,
)
from core.sync.sealing import KeySealer
from core.sync.vault_format import VaultFormat, check_format, encode_format, parse_format
from tests.format.samples import MASTER, OTHER_VAULT, SEALED, VAULT

PASSPHRASE = "correct horse battery"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SCRYPT_LOG_N", 10)


def stored(wrapped: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(encode_wrapped(wrapped))
    return value


def test_the_real_cost_of_a_passphrase_is_2_to_the_17(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert keys.SCRYPT_LOG_N == 17
    wrapped = stored(wrap(MASTER, PASSPHRASE, VAULT))
    assert wrapped["kdf"]["log_n"] == 17
    assert unwrap(wrapped, PASSPHRASE, VAULT) == MASTER


def test_the_right_passphrase_opens_and_a_wrong_one_is_named() -> None:
    master = new_master_key()
    wrapped = stored(wrap(master, PASSPHRASE, VAULT))
    assert unwrap(wrapped, PASSPHRASE, VAULT) == master
    for wrong in ("correct horse batterY", "", PASSPHRASE + " "):
        with pytest.raises(UsageError) as caught:
            unwrap(wrapped, wrong, VAULT)
        assert caught.value.code == "keys.wrong_passphrase"


def test_a_passphrase_typed_on_another_system_is_the_same() -> None:
    wrapped = wrap(MASTER, "caf\u00e9 au lait", VAULT)
    assert unwrap(wrapped, "cafe\u0301 au lait", VAULT) == MASTER
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in "widekeys")
    assert unwrap(wrap(MASTER, wide, VAULT), "widekeys", VAULT) == MASTER


def test_neither_passphrase_nor_master_key_stands_in_the_wrapped_form() -> None:
    data = encode_wrapped(wrap(MASTER, PASSPHRASE, VAULT))
    assert PASSPHRASE.encode() not in data
    assert MASTER.hex().encode() not in data


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        wrap(MASTER, "seven77", VAULT)
    assert caught.value.code == "keys.short_passphrase"


def test_a_changed_passphrase_opens_and_the_old_one_no_longer_does() -> None:
    both = [wrap(MASTER, "the newer one", VAULT, LATER), wrap(MASTER, PASSPHRASE, VAULT, NOW)]
    assert unwrap(both, "the newer one", VAULT) == MASTER
    with pytest.raises(UsageError):
        unwrap(both, PASSPHRASE, VAULT)
    assert current(both, "passphrase") == both[0]
    assert current(both, "recovery") is None


def test_the_recovery_key_opens_however_it_is_typed() -> None:
    key = new_recovery_key()
    wrapped = [stored(wrap_with_recovery(MASTER, key, VAULT)), stored(wrap(MASTER, PASSPHRASE, VAULT))]
    assert len(key) == 9 * 4 + 8
    for typed in (
        key,
        key.lower(),
        key.replace("-", ""),
        key.replace("-", " "),
        key.replace("0", "o").replace("1", "l"),
    ):
        assert unwrap_with_recovery(wrapped, typed, VAULT) == MASTER


def test_a_typo_in_the_recovery_key_is_told_from_a_wrong_one() -> None:
    key = new_recovery_key()
    wrapped = wrap_with_recovery(MASTER, key, VAULT)
    for at, character in enumerate(key):
        if character == "-":
            continue
        typo = key[:at] + ("2" if character != "2" else "3") + key[at + 1 :]
        with pytest.raises(UsageError) as caught:
            parse_recovery_key(typo)
        assert caught.value.code == "keys.mistyped_recovery_key"
    for mistyped in (key[:-1], key + "0", "", "U" * 36, key.replace(key[0], "!", 1)):
        with pytest.raises(UsageError) as caught:
            unwrap_with_recovery(wrapped, mistyped, VAULT)
        assert caught.value.code == "keys.mistyped_recovery_key"
    with pytest.raises(UsageError) as caught:
        unwrap_with_recovery(wrapped, new_recovery_key(), VAULT)
    assert caught.value.code == "keys.wrong_recovery_key"


@given(st.data())
def test_any_change_of_a_wrapped_key_is_refused(data: st.DataObject) -> None:
    raw = bytearray(encode_wrapped(wrap_with_recovery(MASTER, RECOVERY, VAULT, NOW)))
    at = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[at // 8] ^= 1 << at % 8
    try:
        value = json.loads(bytes(raw).decode("utf-8", "surrogateescape"))
    except ValueError:
        return
    with pytest.raises(CogzyError) as caught:
        unwrap_with_recovery([value], RECOVERY, VAULT)
    assert caught.value.code in ("keys.malformed", "keys.future", "keys.wrong_recovery_key")


RECOVERY = new_recovery_key()


@pytest.mark.parametrize(
    "change",
    [
        {"log_n": 30},
        {"log_n": 10**18},
        {"log_n": 20, "r": 8},
        {"log_n": 17, "r": 10**9},
        {"log_n": 17, "p": 10**9},
        {"log_n": 17, "p": 1000},
    ],
)
def test_parameters_that_would_eat_the_machine_are_refused_before_any_work(change: dict[str, int]) -> None:
    wrapped = wrap(MASTER, PASSPHRASE, VAULT)
    wrapped["kdf"] |= change
    wrapped["checksum"] = keys._checksum(wrapped)
    with pytest.raises(RefusedError) as caught:
        unwrap(wrapped, PASSPHRASE, VAULT)
    assert caught.value.code == "keys.costly_kdf"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("format", 2, "keys.future"),
        ("vault_id", OTHER_VAULT, "keys.malformed"),
        ("kdf", {"name": "argon9", "salt": "A" * 24}, "keys.future"),
        ("kdf", {"name": "scrypt", "log_n": 10, "r": 8, "p": 1, "salt": ""}, "keys.malformed"),
        ("kdf", {"name": "scrypt", "log_n": True, "r": 8, "p": 1, "salt": "A" * 24}, "keys.malformed"),
        ("wrapped", 7, "keys.malformed"),
        ("wrapped", "A" * 10_000, "keys.malformed"),
        ("wrapped", "AAAA", "keys.wrong_passphrase"),
        ("id", "../../x", "keys.malformed"),
    ],
)
def test_a_wrapped_key_that_was_rewritten_with_its_checksum_is_refused(name: str, value: object, code: str) -> None:
    wrapped = wrap(MASTER, PASSPHRASE, VAULT)
    wrapped[name] = value
    wrapped["checksum"] = keys._checksum(wrapped)
    with pytest.raises(CogzyError) as caught:
        unwrap(wrapped, PASSPHRASE, VAULT)
    assert caught.value.code == code


@pytest.mark.parametrize("junk", [7, [], {"kind": "passphrase", "created_at": "zzzz"}, {"kind": "passphrase"}])
def test_junk_put_among_the_keys_locks_nobody_out(junk: Any) -> None:
    assert unwrap([junk, wrap(MASTER, PASSPHRASE, VAULT)], PASSPHRASE, VAULT) == MASTER


@pytest.mark.parametrize("junk", [{}, {"kind": "passphrase"}, {"kind": "passphrase", "created_at": "x"}, {"kind": 7}])
def test_junk_among_the_keys_is_an_error_with_a_code(junk: dict[str, object]) -> None:
    with pytest.raises((DamageError, UsageError)):
        unwrap([junk], PASSPHRASE, VAULT)


def format_value(*, encrypted: bool) -> VaultFormat:
    return VaultFormat(VAULT, encrypted, NOW, SEALED.check if encrypted else None)


@pytest.mark.parametrize("encrypted", [True, False])
def test_format_json_comes_back(encrypted: bool) -> None:
    value = format_value(encrypted=encrypted)
    assert parse_format(encode_format(value)) == value
    check_format(value, VAULT, encrypted=encrypted, check=value.check)


def test_a_clear_format_in_place_of_an_encrypted_one_is_refused_and_the_reverse() -> None:
    for said, pinned, code in ((False, True, "format.not_encrypted"), (True, False, "format.encrypted")):
        with pytest.raises(RefusedError) as caught:
            check_format(format_value(encrypted=said), VAULT, encrypted=pinned, check=SEALED.check)
        assert caught.value.code == code
        assert caught.value.exit_code == 4


def test_another_vaults_format_or_master_key_is_refused() -> None:
    with pytest.raises(RefusedError) as caught:
        check_format(format_value(encrypted=True), OTHER_VAULT, encrypted=True, check=SEALED.check)
    assert caught.value.code == "format.misplaced"
    with pytest.raises(RefusedError) as caught:
        check_format(format_value(encrypted=True), VAULT, encrypted=True, check=KeySealer(VAULT, bytes(32)).check)
    assert caught.value.code == "keys.wrong_master_key"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": 2}, "format.future"),
        ({"encrypted": True, "cipher": "rot13"}, "format.future"),
        ({"encrypted": True, "cipher": "aes-256-gcm", "check": "x"}, "format.malformed"),
        ({"encrypted": 1}, "format.malformed"),
        ({"vault_id": "x"}, "format.malformed"),
        ({"created_at": "2026-11-20T10:00:00"}, "format.malformed"),
    ],
)
def test_a_changed_format_json_is_refused(change: dict[str, object], code: str) -> None:
    value = json.loads(encode_format(format_value(encrypted=False))) | change
    with pytest.raises(CogzyError) as caught:
        parse_format(json.dumps(value).encode())
    assert caught.value.code == code
