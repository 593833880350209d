"""Secrets at the command line: from a hidden prompt or standard input, never from the arguments."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from core.errors import UsageError

if TYPE_CHECKING:
    from core.credentials import Credentials, SecretName

SETTABLE = ("cloud_key_id", "cloud_secret", "hub_token", "passphrase", "recovery_key")
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

    async def undo(self) -> None:
        """Keep what was kept before."""
        if self.before is None:
            await self.credentials.delete("passphrase")
        else:
            await self.credentials.set("passphrase", self.before)


def new_passphrase() -> str:
    """A new passphrase from the person."""
    value = read_secret("passphrase", twice=True)
    if len(value) < SHORTEST_PASSPHRASE:
        raise UsageError("cli.short_passphrase", least=SHORTEST_PASSPHRASE)
    return value


async def keep(vault: Path, value: str) -> Kept:
    """Keep a passphrase where this vault keeps its secrets."""
    credentials = await opened(vault)
    before = await credentials.get("passphrase")
    await credentials.set("passphrase", value)
    return Kept(credentials, before.value if before else None)


async def opened(vault: Path, *, in_file: bool = False) -> Credentials:
    """The secrets of the vault. `in_file`: from now on in the encrypted file, which COGZY_SECRETS_PASSPHRASE opens."""
    from core.credentials import FILE_UNLOCKED_BY, Credentials

    credentials = Credentials(vault)
    if in_file:
        passphrase = os.environ.get(FILE_UNLOCKED_BY, "")
        if not passphrase:
            raise UsageError("cli.no_file_passphrase", variable=FILE_UNLOCKED_BY)
        await credentials.use_file(passphrase)
    return credentials
