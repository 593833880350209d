"""Made-up computers: each with a home, a vault and a `cogzy` of its own, and nothing of this computer's user."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.cli.demo.processes import clean_environment, running
from core.errors import CogzyError
from core.process import own_command

_LONGEST_SECONDS = 300


@dataclass(frozen=True)
class Answer:
    """What one `cogzy` process did: its exit code, the object that it printed, and how long it took."""

    code: int
    data: dict[str, Any]
    seconds: float

    @property
    def error(self) -> dict[str, Any] | None:
        """The error that it ended with."""
        return self.data.get("error")


@dataclass(frozen=True)
class Computer:
    """A home folder. `data` is where its Session-Buddy keeps its databases; `cloud` the settings of its bucket."""

    name: str
    home: Path
    data: Path
    cloud: Mapping[str, str]

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.home / "vault"

    def cogzy(self, *arguments: str, **settings: str) -> Answer:
        """Run `cogzy ... --json` here, with further settings and secrets by the environment (cloud_bucket="x")."""
        environment = self.environment()
        environment |= {f"COGZY_{name.upper()}": value for name, value in {**self.cloud, **settings}.items()}
        return answer_of(f"cogzy {arguments[0]}", own_command(*arguments, "--json"), environment)

    def environment(self) -> dict[str, str]:
        """Where everything of this computer is: nothing is looked for anywhere else."""
        return clean_environment(self.home) | {
            "COGZY_VAULT_DIR": str(self.vault),
            "COGZY_SYSTEM_ID": self.name,
            "COGZY_STATE_DIR": str(self.home / "state"),
            "COGZY_RUNTIME_DIR": str(self.home / "run"),
            "COGZY_SESSION_BUDDY_DIR": str(self.data),
            "COGZY_RETRY_BACKOFF_SECONDS": "0.1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONIOENCODING": "utf-8",
        }


def answer_of(program: str, command: Sequence[str], environment: Mapping[str, str]) -> Answer:
    """Run one command that prints a JSON object. Raises CogzyError when it prints none."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started = time.monotonic()
    with running(command, environment, **pipes) as process:
        try:
            out, said = process.communicate(timeout=_LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            raise CogzyError("demo.too_long", program=program, seconds=_LONGEST_SECONDS) from None
    try:
        data = json.loads(out)
    except ValueError:
        said = said[-400:].strip()
        raise CogzyError("demo.said_nothing", program=program, exit_code=process.returncode, said=said) from None
    return Answer(process.returncode, data, time.monotonic() - started)
