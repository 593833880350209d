"""How fast an export comes into a vault, and in how much memory.

    python -m benchmarks.importing [--megabytes 500] [--messages-per-conversation 40] [--again] [--onto 100000]

Makes up a ChatGPT export of that size, imports it in a process of its own without embedding, and prints, as its last
line, one JSON object: messages, seconds, messages a second (wall and CPU), the peak of resident memory and what of it
stood there before; the same for a second import, which finds nothing new, and for one more conversation onto a vault
that holds `--onto` nodes already.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.importing.samples import gpt_conversation, gpt_message

_TEXT = 'tide moon sea sail knot wind wave harbour chart über größe 日本語 "quoted" def return data'
_WORDS = [*_TEXT.split(), "line\nbreak"]


def export(path: Path, megabytes: float, messages: int) -> int:
    """Write a made-up export; how many messages it has."""
    rng = random.Random(7)
    size = count = number = 0
    with path.open("wb") as out:
        out.write(b"[")
        while size < megabytes * 1e6:
            data = json.dumps(_conversation(rng, number, messages)).encode()
            out.write((b"," if number else b"") + data)
            size, number, count = size + len(data), number + 1, count + messages
        out.write(b"]")
    return count


def _conversation(rng: random.Random, number: int, messages: int) -> dict[str, Any]:
    nodes: list[Any] = [(f"c{number}-root", None, None)]
    for at in range(messages):
        role, words = ("user", 40) if at % 2 == 0 else ("assistant", 160)
        text = " ".join(rng.choices(_WORDS, k=words))
        nodes.append((f"c{number}-{at}", nodes[-1][0], gpt_message(role, [text], number * 1000 + at)))
    return gpt_conversation(f"conversation-{number}", nodes, nodes[-1][0])


def measured(vault: Path, path: Path) -> dict[str, Any]:
    """One import in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.importing", "--run", str(vault), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _run(vault_dir: Path, path: Path) -> None:
    from core.memory.pipeline import run_pipeline
    from core.vault import LocalVaultService

    vault = LocalVaultService.open(vault_dir)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    done = asyncio.run(run_pipeline(vault, [path], embed=False))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {
        "messages": done.report.messages,
        "new_turns": done.report.new_turns,
        "seconds": round(wall, 2),
        "messages_per_second": round(done.report.messages / wall),
        "messages_per_cpu_second": round(done.report.messages / cpu),
        "peak_mb": round(peak / 1024),
        "before_mb": round(before / 1024),
    }
    print(json.dumps(told))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--megabytes", type=float, default=500)
    parser.add_argument("--messages-per-conversation", type=int, default=40)
    parser.add_argument("--onto", type=int, default=100_000, help="nodes that a vault has before one more is added")
    parser.add_argument("--again", action="store_true", help="also import the same file a second time")
    parser.add_argument("--run", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        _run(*options.run)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        path = folder / "conversations.json"
        export(path, options.megabytes, options.messages_per_conversation)
        found = {"bytes": path.stat().st_size, "first": measured(folder / "vault", path)}
        if options.again:
            found["again"] = measured(folder / "vault", path)
        if options.onto:
            found["onto"] = _onto(folder, options.onto)
    print(json.dumps(found))


def _onto(folder: Path, nodes: int) -> dict[str, Any]:
    from core.vault import LocalVaultService

    vault = LocalVaultService.open(folder / "full")
    text = "the tide comes and goes " * 40
    vault.write_nodes({"id": f"n{n}", "human_content": text, "assistant_content": text} for n in range(nodes))
    vault.write_dedup_index([f"{n:032x}" for n in range(nodes)])
    path = folder / "one.json"
    path.write_text(json.dumps([_conversation(random.Random(1), 1, 40)]))
    added = measured(vault.root, path)
    return {"nodes": nodes, **added}


if __name__ == "__main__":
    main()
