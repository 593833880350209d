"""Secrets: where they come from, where they are kept, and what it means when they cannot be had.

Invariants:
- A secret given by the environment is used and the keychain is then not touched at all. The passphrase given there
  (or recovery key) also answers for the master key: that is unwrapped, not looked up.
- Order: environment, this session's memory, the secrets file if the person made one, else the keychain; the AWS
  variables only where they are allowed, and shown as such. Never boto's own search.
- Nothing here waits for ever: a locked keychain may block its caller without end, so that it is asked in a daemon
  thread, and the thread is given up after `time_limit` seconds. While one is stuck no second one is started for a
  minute: each may put a question on the person's screen.
- No secret is kept in clear. With no keychain the person chooses: this session only, or the encrypted file.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import hashlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from core.errors import CogzyError, Param, UsageError
from core.logs import remember_secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SecretName = Literal[
    "cloud_key_id", "cloud_secret", "hub_token", "rest_token", "passphrase", "recovery_key", "master_key"
]
Origin = Literal["environment", "keychain", "file", "aws-environment", "session"]
SecretState = Literal["present", "absent", "locked", "denied", "wrong", "unavailable"]

SERVICE = "cogzy"
ENVIRONMENT: Mapping[SecretName, str] = {
    "cloud_key_id": "COGZY_CLOUD_KEY_ID",
    "cloud_secret": "COGZY_CLOUD_SECRET",
    "hub_token": "COGZY_HUB_TOKEN",
    "rest_token": "COGZY_REST_TOKEN",
    "passphrase": "COGZY_PASSPHRASE",
    "recovery_key": "COGZY_RECOVERY_KEY",
}
AWS_ENVIRONMENT: Mapping[SecretName, str] = {
    "cloud_key_id": "AWS_ACCESS_KEY_ID",
    "cloud_secret": "AWS_SECRET_ACCESS_KEY",
}
FILE_UNLOCKED_BY = "COGZY_SECRETS_PASSPHRASE"
NEW_PASSPHRASE = "COGZY_NEW_PASSPHRASE"  # noqa: S105  # the name of a variable
STUCK_SECONDS = 60.0
_LONGEST = 2000  # Windows keeps at most 2,560 bytes for one secret

T = TypeVar("T")


@dataclass(frozen=True)
class Secret:
    """A secret and where it came from; its repr does not show it."""

    value: str = field(repr=False)
    origin: Origin


class CredentialError(CogzyError):
    """A secret can be neither had nor ruled out. `state` says why: locked, denied, wrong or unavailable."""

    def __init__(self, code: str, state: SecretState, **params: Param) -> None:
        super().__init__(code, **params)
        self.state: SecretState = state


class Credentials:
    """The secrets of one vault. Every method answers within `time_limit` seconds and never blocks the event loop."""

    def __init__(
        self,
        vault: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        allow_aws_environment: bool = False,
        time_limit: float = 3.0,
    ) -> None:
        self._environ = environ
        self._allow_aws = allow_aws_environment
        self._time_limit = time_limit
        self._vault_key = hashlib.sha256(str(vault.resolve()).encode()).hexdigest()[:12]
        self._file = vault / "secrets.json"
        self._file_passphrase = environ.get(FILE_UNLOCKED_BY) or None
        self._file_seen: tuple[tuple[int, int], dict[str, str]] | None = None
        self._session: dict[SecretName, str] = {}
        self._session_only = False
        self._asked: concurrent.futures.Future[object] | None = None
        self._asked_at = 0.0

    def __repr__(self) -> str:
        return f"Credentials({self._vault_key})"

    async def get(self, name: SecretName) -> Secret | None:
        """The secret, or None when there is none anywhere. Raises CredentialError when that cannot be told."""
        found = await self._found(name)
        if found is not None:
            remember_secret(found.value)
        return found

    async def _found(self, name: SecretName) -> Secret | None:
        given = self._from_environment(name)
        if given is not None:
            return given
        if name in self._session:
            return Secret(self._session[name], "session")
        if self._answered_by_environment(name):
            return None
        found: Secret | None = None
        if self._file.exists():
            kept = (await self._read_file()).get(name)
            found = Secret(kept, "file") if kept else None
        elif not self._session_only:
            found = await self._from_keychain(name)
        return found or self._from_aws(name)

    async def set(self, name: SecretName, value: str) -> Origin:
        """Keep the secret where this vault keeps them; returns where that is.

        Raises CredentialError (unavailable) when there is no keychain and no other place was chosen.
        """
        if not value or "\0" in value or len(value.encode()) > _LONGEST:
            raise UsageError("credentials.not_a_secret", name=name, longest=_LONGEST)
        remember_secret(value)
        if self._session_only or self._answered_by_environment(name):
            self._session[name] = value
            return "session"
        if self._file.exists():
            await self._write_file({**await self._read_file(), name: value})
            return "file"
        user = self._user(name)

        def keep(keychain: KeyringBackend) -> str | None:
            keychain.set_password(SERVICE, user, value)
            return keychain.get_password(SERVICE, user)

        if await self._ask(keep) != value:
            raise CredentialError("credentials.not_kept", "unavailable", name=name)
        return "keychain"

    async def delete(self, name: SecretName) -> bool:
        """Forget the secret wherever this vault keeps it; False when there was none. The environment is not ours."""
        in_session = self._session.pop(name, None) is not None
        if self._file.exists():
            kept = await self._read_file()
            if name in kept:
                await self._write_file({n: v for n, v in kept.items() if n != name})
            return in_session or name in kept
        if self._session_only or self._answered_by_environment(name):
            return in_session
        user = self._user(name)

        def forget(keychain: KeyringBackend) -> bool:
            if keychain.get_password(SERVICE, user) is None:
                return False
            keychain.delete_password(SERVICE, user)
            return True

        return await self._ask(forget)

    async def state(self, name: SecretName) -> SecretState:
        """Whether the secret can be had now, and if not, why."""
        try:
            return "absent" if await self.get(name) is None else "present"
        except CredentialError as error:
            return error.state

    async def for_child(self) -> dict[str, str]:
        """What a child process cannot find by itself, as COGZY_* variables: the secrets of this session, and what
        opens the secrets file when it was unlocked here."""
        found = {ENVIRONMENT[name]: value for name, value in self._session.items() if name in ENVIRONMENT}
        if self._file.exists() and self._file_passphrase is not None:
            found[FILE_UNLOCKED_BY] = self._file_passphrase
        return found

    def use_session_only(self) -> None:
        """From now on keep secrets in this process's memory alone."""
        self._session_only = True

    async def use_file(self, passphrase: str) -> None:
        """From now on keep this vault's secrets in a file encrypted with `passphrase`; unlocks one that exists.

        Raises UsageError for a passphrase too short to protect anything, CredentialError (wrong) for a wrong one.
        """
        self._file_passphrase, self._file_seen = passphrase, None
        if self._file.exists():
            await self._read_file()
        else:
            await self._write_file(dict(self._session.items()))
        self._session_only, self._session = False, {}

    def _from_environment(self, name: SecretName) -> Secret | None:
        value = self._environ.get(ENVIRONMENT.get(name, ""))
        return Secret(value, "environment") if value else None

    def _answered_by_environment(self, name: SecretName) -> bool:
        if name not in ("master_key", "recovery_key"):
            return False
        return any(self._environ.get(ENVIRONMENT[given]) for given in ("passphrase", "recovery_key"))

    def _from_aws(self, name: SecretName) -> Secret | None:
        if not self._allow_aws or name not in AWS_ENVIRONMENT:
            return None
        pair = {n: self._environ.get(variable) for n, variable in AWS_ENVIRONMENT.items()}
        value = pair[name]
        if not value or not all(pair.values()):
            return None
        if self._environ.get("AWS_SESSION_TOKEN"):
            raise CredentialError("credentials.temporary_keys", "unavailable")
        return Secret(value, "aws-environment")

    async def _from_keychain(self, name: SecretName) -> Secret | None:
        user = self._user(name)
        try:
            value = await self._ask(lambda keychain: keychain.get_password(SERVICE, user))
        except CredentialError as error:
            if error.state == "unavailable" and self._from_aws(name):
                return None
            raise
        return Secret(value, "keychain") if value else None

    def _user(self, name: SecretName) -> str:
        return f"{self._vault_key}:{name}"

    async def _read_file(self) -> dict[str, str]:
        from core import secret_file

        if self._file_passphrase is None:
            raise CredentialError("credentials.file_locked", "locked", path=str(self._file))
        found = self._file.stat()
        now = (found.st_mtime_ns, found.st_ino)
        if self._file_seen is None or self._file_seen[0] != now:
            kept = await asyncio.to_thread(secret_file.read, self._file, self._file_passphrase)
            if kept is None:
                raise CredentialError("credentials.wrong_passphrase", "wrong", path=str(self._file))
            self._file_seen = now, kept
        return self._file_seen[1]

    async def _write_file(self, kept: Mapping[str, str]) -> None:
        from core import secret_file

        if self._file_passphrase is None:
            raise CredentialError("credentials.file_locked", "locked", path=str(self._file))
        self._file_seen = None
        await asyncio.to_thread(secret_file.write, self._file, self._file_passphrase, kept)

    def _is_asking(self) -> bool:
        asked = self._asked
        return asked is not None and not asked.done() and time.monotonic() < self._asked_at + STUCK_SECONDS

    async def _ask(self, question: Callable[[KeyringBackend], T]) -> T:
        """Put a question to the keychain in a thread of its own. Raises CredentialError for every way it can fail."""
        try:
            async with asyncio.timeout(self._time_limit):
                while self._is_asking() and self._asked is not None:
                    await asyncio.shield(asyncio.gather(asyncio.wrap_future(self._asked), return_exceptions=True))
                asked: concurrent.futures.Future[T] = concurrent.futures.Future()
                self._asked = asked  # type: ignore[assignment]  # only waited for
                self._asked_at = time.monotonic()
                threading.Thread(target=_answer, args=(question, asked), name="cogzy-keychain", daemon=True).start()
                return await asyncio.shield(asyncio.wrap_future(asked))
        except TimeoutError as error:
            raise CredentialError("credentials.locked", "locked", seconds=self._time_limit) from error


def _answer(question: Callable[[KeyringBackend], T], asked: concurrent.futures.Future[T]) -> None:
    try:
        asked.set_result(question(_keychain()))
    except CredentialError as error:
        asked.set_exception(error)
    except Exception as error:  # noqa: BLE001  # carried to the caller as what it means
        asked.set_exception(_keychain_error(error))


def _keychain() -> KeyringBackend:
    """The platform's keychain. Raises CredentialError when there is none that keeps secrets safely."""
    if os.environ.get("PYTHON_KEYRING_BACKEND") == "":
        del os.environ["PYTHON_KEYRING_BACKEND"]  # keyring takes the empty name for a module and raises ValueError
    import keyring

    backend = keyring.get_keyring()
    if type(backend).__module__.startswith("keyrings.alt"):
        raise CredentialError("credentials.plain_keychain", "unavailable", backend=type(backend).__qualname__)
    return backend


def _keychain_error(error: Exception) -> CredentialError:
    """What an exception of keyring or of a backend means. Its text is not repeated: it could quote a secret."""
    from keyring import errors

    reasons = {type(e).__name__ for e in _causes(error)}
    if reasons & {"KeychainDenied", "PermissionError"} or "AccessDenied" in str(error):
        return CredentialError("credentials.denied", "denied")
    if isinstance(error, errors.KeyringLocked) or reasons & {"LockedException", "PromptDismissedException"}:
        return CredentialError("credentials.locked", "locked", seconds=0)
    if isinstance(error, errors.NoKeyringError | errors.InitError):
        return CredentialError("credentials.no_keychain", "unavailable")
    return CredentialError("credentials.keychain_failed", "unavailable", reason=type(error).__name__)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
