"""The demo's hub: a real `akosha serve` with a folder, a port and tokens of its own, and what is asked of it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.cli.demo.computer import Answer, answer_of
from core.cli.demo.network import LOOPBACK, Wire
from core.cli.demo.processes import clean_environment, running
from core.errors import CogzyError
from core.process import own_command

_ANSWER_SECONDS = 30
_SELDOM = "3600"


@dataclass(frozen=True)
class Hub:
    """A running hub. `wire` is the way to it."""

    environment: Mapping[str, str]
    wire: Wire

    @property
    def url(self) -> str:
        """What the computers set as `hub_url`."""
        return f"{self.wire.url}/mcp"

    def akosha(self, *arguments: str) -> Answer:
        """Run `akosha ... --json` beside it."""
        return answer_of(f"akosha {arguments[0]}", own_command("--akosha", *arguments, "--json"), self.environment)

    def counts(self) -> dict[str, int]:
        """How many memories it says that it holds, by system."""
        systems = self.akosha("status").data.get("systems", ())
        return {str(system["system_id"]): int(system["memories"]) for system in systems}

    def search(self, text: str) -> Answer:
        """`akosha search`."""
        return self.akosha("search", text, "-k", "5")

    def write_as(self, system: str, token: str) -> str:
        """Try to store a memory as `system`, as a program that is not Cogzy: what becomes of it."""
        item = {"memory_id": "forged", "text": "forged", "system_id": system}
        call = {"name": "batch_store_memories", "arguments": {"memories": [item]}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"{self.url}/v1", json.dumps(message).encode(), headers)  # noqa: S310
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=_ANSWER_SECONDS) as answer:
            result: dict[str, Any] = json.loads(answer.read())["result"]
        return "stored" if result["stored"] else str(result["errors"][0]["code"])


@contextlib.contextmanager
def serving_hub(home: Path, bucket: Mapping[str, str]) -> Iterator[Hub]:
    """A hub while the block lasts. `bucket`: the settings of the bucket that it takes uploads from."""
    home.mkdir()
    environment = clean_environment(home) | {
        "AKOSHA_DATA": str(home / "data"),
        "AKOSHA_REQUIRE_TOKEN": "true",
        "AKOSHA_INGEST_INTERVAL_SECONDS": _SELDOM,
        "COGZY_MODEL_DIR": str(home / "no-model"),
        "PYTHONIOENCODING": "utf-8",
    }
    environment |= {f"AKOSHA_{name.upper()}": value for name, value in bucket.items()}
    with (home / "hub.log").open("w", encoding="utf-8") as log:
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}  # it ends with its input
        command = own_command("--hub", "serve", "--host", LOOPBACK, "--port", "0", "--json")
        with running(command, environment, **streams) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise CogzyError("demo.process_ended", program="the hub", exit_code=process.wait())
            yield Hub(environment, Wire(int(json.loads(line)["url"].rpartition(":")[2])))
