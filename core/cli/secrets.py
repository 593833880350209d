"""Secrets at the command line: from a hidden prompt or standard input, never from the arguments."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from core.cli.output import Output
from core.errors import UsageError

if TYPE_CHECKING:
    from core.credentials import Credentials, SecretName

SETTABLE = ("cloud_key_id", "cloud_secret", "hub_token", "passphrase")
LONGEST = 8192
SHORTEST_PASSPHRASE = 8


def known_name(name: str) -> SecretName:
    """`name`, when it is a secret that a person keeps. `-` counts as `_`."""
    from core.credentials import SecretName

    plain = name.strip().lower().replace("-", "_").removeprefix("cogzy_")
    if plain not in SETTABLE or plain not in get_args(SecretName):
        raise UsageError("cli.unknown_secret", name=name, known=", ".join(SETTABLE))
    return cast("SecretName", plain)


def read_secret(name: str, *, twice: bool = False) -> str:
    """A secret from a hidden prompt, or one line of standard input when that is no terminal."""
    from core.logs import remember_secret

    if sys.stdin is not None and sys.stdin.isatty():
        import getpass

        value = getpass.getpass(f"{name}: ")
        if twice and getpass.getpass(f"{name}, again: ") != value:
            raise UsageError("cli.not_the_same")
    else:
        value = sys.stdin.readline(LONGEST + 2) if sys.stdin is not None else ""
        value = value.rstrip("\r\n")
    if not value or len(value) > LONGEST or not value.isprintable():
        raise UsageError("cli.empty_secret", name=name)
    remember_secret(value)
    return value


@dataclass(frozen=True)
class Kept:
    """A passphrase that was just kept, and the one before it."""

    credentials: Credentials
    before: str | None

    def undo(self) -> None:
        """Keep what was kept before."""
        before = self.before
        asyncio.run(self.credentials.delete("passphrase") if before is None else self._set(before))

    async def _set(self, value: str) -> bool:
        await self.credentials.set("passphrase", value)
        return True


def new_passphrase(vault: Path, output: Output) -> Kept | None:
    """Ask for a new passphrase and keep it in the keychain; None when COGZY_PASSPHRASE gives it."""
    if os.environ.get("COGZY_PASSPHRASE"):
        return None
    value = read_secret("passphrase", twice=True)
    if len(value) < SHORTEST_PASSPHRASE:
        raise UsageError("cli.short_passphrase", least=SHORTEST_PASSPHRASE)
    from core.credentials import Credentials

    credentials = Credentials(vault)

    async def keep() -> Kept:
        before = await credentials.get("passphrase")
        await credentials.set("passphrase", value)
        return Kept(credentials, before.value if before else None)

    kept: Kept = run(keep())
    return kept


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that needs no engine."""
    return asyncio.run(work)
