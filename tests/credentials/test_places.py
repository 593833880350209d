"""Where a secret comes from, which place wins, and where it is kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from core import secret_file
from core.credentials import CredentialError, Credentials, SecretState
from core.errors import UsageError


class Stand(KeyringBackend):
    """A keychain in memory, which can be told to fail."""

    priority = 0.1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None
        self.calls = 0
        self.seconds = 0.0

    def _called(self) -> None:
        self.calls += 1
        time.sleep(self.seconds)
        if self.failure is not None:
            raise self.failure

    def get_password(self, service: str, username: str) -> str | None:
        self._called()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._called()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._called()
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def _quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_file, "_N", 1 << 10)


@pytest.fixture
def stand() -> Iterator[Stand]:
    before, stand = keyring.get_keyring(), Stand()
    keyring.set_keyring(stand)
    yield stand
    keyring.set_keyring(before)


def _refused_by_macos() -> Exception:
    class KeychainDenied(Exception):  # the name that keyring.backends.macOS.api gives it
        pass

    error = keyring.errors.KeyringLocked("Can't get password from keychain")
    error.__cause__ = KeychainDenied()
    return error


@pytest.mark.asyncio
async def test_environment_then_keychain(vault_dir: Path, stand: Stand) -> None:
    credentials = Credentials(vault_dir, {"COGZY_CLOUD_KEY_ID": "AKIA", "COGZY_CLOUD_SECRET": ""})
    assert await credentials.set("cloud_secret", "kept") == "keychain"
    calls = stand.calls
    key_id = await credentials.get("cloud_key_id")
    assert key_id is not None
    assert (key_id.value, key_id.origin, stand.calls) == ("AKIA", "environment", calls)
    secret = await credentials.get("cloud_secret")
    assert secret is not None
    assert (secret.value, secret.origin) == ("kept", "keychain")


@pytest.mark.asyncio
async def test_aws_variables_count_only_where_allowed_only_as_a_pair_and_only_when_nothing_else_is_there(
    vault_dir: Path, stand: Stand
) -> None:
    pair = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "aws"}
    assert await Credentials(vault_dir, pair).get("cloud_secret") is None
    allowed = Credentials(vault_dir, pair, allow_aws_environment=True)
    found = await allowed.get("cloud_secret")
    assert found is not None
    assert (found.value, found.origin) == ("aws", "aws-environment")
    half = Credentials(vault_dir, {"AWS_ACCESS_KEY_ID": "AKIA"}, allow_aws_environment=True)
    assert await half.get("cloud_key_id") is None
    assert await allowed.get("hub_token") is None
    await allowed.set("cloud_secret", "mine")
    found = await allowed.get("cloud_secret")
    assert found is not None
    assert found.origin == "keychain"


@pytest.mark.asyncio
async def test_temporary_aws_keys_are_refused_by_name(vault_dir: Path, stand: Stand) -> None:
    environ = {"AWS_ACCESS_KEY_ID": "ASIA", "AWS_SECRET_ACCESS_KEY": "aws", "AWS_SESSION_TOKEN": "t"}
    with pytest.raises(CredentialError, match="Temporary"):
        await Credentials(vault_dir, environ, allow_aws_environment=True).get("cloud_secret")


@pytest.mark.asyncio
async def test_without_a_keychain_the_aws_variables_still_count(vault_dir: Path, stand: Stand) -> None:
    stand.failure = keyring.errors.NoKeyringError("none")
    environ = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "aws"}
    assert await Credentials(vault_dir, environ, allow_aws_environment=True).state("cloud_secret") == "present"
    assert await Credentials(vault_dir, environ).state("cloud_secret") == "unavailable"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("failure", "state", "code"),
    [
        (_refused_by_macos(), "denied", "credentials.denied"),
        (PermissionError(13, "no"), "denied", "credentials.denied"),
        (keyring.errors.KeyringLocked("locked"), "locked", "credentials.locked"),
        (keyring.errors.InitError("no bus"), "unavailable", "credentials.no_keychain"),
        (RuntimeError("the secret is s3cret"), "unavailable", "credentials.keychain_failed"),
    ],
)
async def test_each_failure_of_a_keychain_has_its_own_state_and_sentence(
    vault_dir: Path, stand: Stand, failure: Exception, state: SecretState, code: str
) -> None:
    stand.failure = failure
    with pytest.raises(CredentialError) as caught:
        await Credentials(vault_dir, {}).get("cloud_secret")
    assert (caught.value.state, caught.value.code) == (state, code)
    assert caught.value.next_step
    assert "s3cret" not in str(caught.value.as_json())


@pytest.mark.asyncio
async def test_a_slow_keychain_does_not_stop_the_event_loop(vault_dir: Path, stand: Stand) -> None:
    stand.seconds = 0.6
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    credentials = Credentials(vault_dir, {}, time_limit=0.3)
    assert await credentials.state("cloud_secret") == "locked"
    ticking.cancel()
    assert ticks >= 4
    stand.seconds = 0
    async with asyncio.timeout(60):
        while await credentials.state("cloud_secret") != "absent":  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_many_questions_at_once_are_all_answered(vault_dir: Path, stand: Stand) -> None:
    stand.seconds = 0.01
    credentials = Credentials(vault_dir, {})
    await credentials.set("hub_token", "t")
    assert await asyncio.gather(*(credentials.state("hub_token") for _ in range(8))) == ["present"] * 8


@pytest.mark.asyncio
async def test_session_only_keeps_nothing_beyond_this_object(vault_dir: Path, stand: Stand) -> None:
    credentials = Credentials(vault_dir, {})
    credentials.use_session_only()
    assert await credentials.set("cloud_secret", "s") == "session"
    found = await credentials.get("cloud_secret")
    assert found is not None
    assert found.origin == "session"
    assert await credentials.delete("cloud_secret")
    assert await credentials.get("cloud_secret") is None
    assert stand.calls == 0


@pytest.mark.asyncio
async def test_the_file_keeps_secrets_across_objects_and_takes_over_those_of_the_session(
    vault_dir: Path, stand: Stand
) -> None:
    first = Credentials(vault_dir, {})
    first.use_session_only()
    await first.set("cloud_secret", "of the session")
    await first.use_file("correct horse battery")
    assert await first.set("hub_token", "token") == "file"
    second = Credentials(vault_dir, {"COGZY_SECRETS_PASSPHRASE": "correct horse battery"})
    for name, value in (("cloud_secret", "of the session"), ("hub_token", "token")):
        found = await second.get(name)
        assert found is not None
        assert (found.value, found.origin) == (value, "file")
    assert await second.delete("hub_token")
    assert await first.get("hub_token") is None
    assert stand.calls == 0


@pytest.mark.asyncio
async def test_the_file_is_locked_until_its_passphrase_is_given_and_wrong_has_its_own_state(
    vault_dir: Path, stand: Stand
) -> None:
    await Credentials(vault_dir, {}).use_file("correct horse battery")
    assert await Credentials(vault_dir, {}).state("cloud_secret") == "locked"
    wrong = Credentials(vault_dir, {"COGZY_SECRETS_PASSPHRASE": "incorrect horse"})
    assert await wrong.state("cloud_secret") == "wrong"
    with pytest.raises(CredentialError, match="passphrase is wrong"):
        await wrong.set("cloud_secret", "x")


@pytest.mark.asyncio
@pytest.mark.parametrize("value", ["", "a\0b", "x" * 2001])
async def test_what_cannot_be_a_secret_is_refused_before_it_is_kept(vault_dir: Path, stand: Stand, value: str) -> None:
    with pytest.raises(UsageError):
        await Credentials(vault_dir, {}).set("cloud_secret", value)
    assert stand.calls == 0


@pytest.mark.asyncio
async def test_a_passphrase_in_the_environment_keeps_the_master_key_out_of_the_keychain(
    vault_dir: Path, stand: Stand
) -> None:
    credentials = Credentials(vault_dir, {"COGZY_PASSPHRASE": "words of mine"})
    assert await credentials.get("master_key") is None
    assert await credentials.set("master_key", "ab" * 32) == "session"
    found = await credentials.get("master_key")
    assert found is not None
    assert found.origin == "session"
    assert await credentials.delete("master_key")
    assert stand.calls == 0
