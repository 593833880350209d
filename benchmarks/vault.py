"""A vault of 100,000 nodes with vectors of 384 floats: opening it, appending 20 nodes, asking its status.

The peer is what the same change costs a program that keeps the same two files with nothing but json and NumPy: load
both, add 20, write both to a temporary file, fsync, rename. Same data, same disk, same run; medians.

    python -m benchmarks.vault [--nodes 100000] [--width 384] [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.vault import LocalVaultService

_OPEN = """
import sys, time
from pathlib import Path
from core.vault import LocalVaultService
start = time.perf_counter()
vault = LocalVaultService.open(Path(sys.argv[1]))
opened = time.perf_counter()
status = vault.get_status()
print(opened - start, time.perf_counter() - opened, status.nodes)
"""


def node(number: int) -> dict[str, Any]:
    """A node of a usual size, about 0.7 KB."""
    return {
        "id": f"node-{number}",
        "source": "anthropic",
        "conversation_id": f"conversation-{number // 20}",
        "sequence_index": number % 20,
        "created_at": "2026-01-01T00:00:00Z",
        "human_content": f"How does part {number} of the engine keep its promise? " * 4,
        "assistant_content": f"It stages, journals and renames, é {number}. " * 8,
    }


def main() -> None:
    """Build, measure, print; the last line is one JSON object."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--nodes", type=int, default=100_000)
    arguments.add_argument("--width", type=int, default=384)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="cogzy-bench-") as folder:
        result = measure(Path(folder), options.nodes, options.width, options.rounds)
    for name, value in result.items():
        print(f"{name:28} {value}")
    print(json.dumps(result))


def measure(folder: Path, nodes: int, width: int, rounds: int) -> dict[str, Any]:
    """All times in seconds, medians of `rounds`."""
    vault, peer = LocalVaultService.open(folder / "vault"), folder / "peer"
    peer.mkdir()
    built = _build(vault, peer, nodes, width)
    new = [node(nodes + i) for i in range(20)]
    new_rows = np.ones((20, width), np.float32)
    appends, peers, opens, statuses, warm = [], [], [], [], []
    for _ in range(rounds):
        appends.append(_timed(lambda: vault.append_nodes(new, new_rows)))
        peers.append(_timed(lambda: _load_and_rewrite(peer, new, new_rows)))
        fresh = subprocess.run(
            [sys.executable, "-c", _OPEN, str(vault.root)], check=True, capture_output=True, text=True
        ).stdout.split()
        opens.append(float(fresh[0]))
        statuses.append(float(fresh[1]))
        warm.append(_timed(vault.get_status))
    read = _timed(vault.read_nodes_with_embeddings)
    checked = _timed(vault.check)
    append, rewritten = statistics.median(appends), statistics.median(peers)
    return {
        "benchmark": "vault",
        "nodes": nodes,
        "width": width,
        "corpus_mb": round((vault.root / "corpus/nodes.json").stat().st_size / 1e6, 1),
        "vectors_mb": round((vault.root / "vectors/nodes.npy").stat().st_size / 1e6, 1),
        "build_seconds": round(built, 3),
        "open_seconds": round(statistics.median(opens), 4),
        "status_cold_seconds": round(statistics.median(statuses), 4),
        "status_seconds": round(statistics.median(warm), 5),
        "append_20_seconds": round(append, 3),
        "append_20_worst_seconds": round(max(appends), 3),
        "read_all_seconds": round(read, 3),
        "check_seconds": round(checked, 3),
        "peer": f"json + NumPy {np.__version__} rewriting both files, Python {platform.python_version()}",
        "peer_append_20_seconds": round(rewritten, 3),
        "append_ratio": round(append / rewritten, 3),
    }


def _build(vault: LocalVaultService, peer: Path, nodes: int, width: int) -> float:
    rows = np.random.default_rng(7).standard_normal((nodes, width), dtype=np.float32)
    records = [node(number) for number in range(nodes)]
    _rewrite(peer, records, rows)
    return _timed(lambda: vault.write_nodes(records, rows))


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _load_and_rewrite(folder: Path, new: list[dict[str, Any]], new_rows: Any) -> None:
    records = json.loads((folder / "nodes.json").read_bytes())
    rows = np.load(folder / "nodes.npy")
    _rewrite(folder, [*records, *new], np.concatenate([rows, new_rows]))


def _rewrite(folder: Path, records: list[dict[str, Any]], rows: Any) -> None:
    with (folder / "nodes.json.tmp").open("w", encoding="utf-8") as out:
        json.dump(records, out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    with (folder / "nodes.npy.tmp").open("wb") as out_rows:
        np.save(out_rows, rows)
        out_rows.flush()
        os.fsync(out_rows.fileno())
    (folder / "nodes.json.tmp").replace(folder / "nodes.json")
    (folder / "nodes.npy.tmp").replace(folder / "nodes.npy")


if __name__ == "__main__":
    main()
