"""What the comparisons with peers copy: two DuckDB files that have lived, and a vault. Made up, from one seed."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.databases import WIDTH, Texts
from core.vault import LocalVaultService

NODES = 10_000


@dataclass(frozen=True)
class Workload:
    """Folders of one data set: `data` holds the databases, `vault` a Cogzy vault."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def vault(self) -> Path:
        return self.root / "vault"

    @property
    def paths(self) -> list[Path]:
        """What a peer must copy."""
        return [self.data, self.vault / "corpus", self.vault / "vectors"]


class Maker:
    """Makes a data set and its small changes. `python` is the interpreter whose DuckDB owns the databases."""

    def __init__(
        self, root: Path, *, scale: float = 1.0, rounds: int = 10, seed: int = 7, python: str = sys.executable
    ) -> None:
        self.set = Workload(root)
        self._scale = scale
        self._rounds = rounds
        self._seed = seed
        self._python = python
        self._texts = Texts(seed)
        self._random = np.random.default_rng(seed)

    def build(self) -> Workload:
        """Both databases, in rounds of inserts and checkpoints (one round: loaded in bulk), and the vault."""
        self.set.root.mkdir(parents=True, exist_ok=True)
        self._databases("build", "--scale", str(self._scale), "--rounds", str(self._rounds))
        vault = LocalVaultService.open(self.set.vault)
        count = int(NODES * self._scale)
        vault.write_nodes(self._nodes(count), self._vectors(count))
        return self.set

    def change(self, rows: int = 20) -> None:
        """A small session: `rows` new rows in each database, as many nodes and vectors."""
        self._seed += 1
        self._databases("change", "--rows", str(rows))
        LocalVaultService.open(self.set.vault).append_nodes(self._nodes(rows), self._vectors(rows))

    def _databases(self, action: str, *arguments: str) -> None:
        program = Path(__file__).with_name("databases.py")
        command = [self._python, str(program), action, str(self.set.data), "--seed", str(self._seed), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def _vectors(self, count: int) -> np.ndarray:
        vectors = self._random.standard_normal((count, WIDTH), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _nodes(self, count: int) -> list[dict[str, object]]:
        made = zip(self._texts.ids(count), self._texts.texts(count, 10), self._texts.texts(count, 22), strict=True)
        return [
            {
                "id": node,
                "source": "claude",
                "conversation_id": f"c{number // 8}",
                "sequence_index": number % 8,
                "created_at": "2026-01-01T00:00:00Z",
                "human_content": human,
                "assistant_content": assistant,
            }
            for number, (node, human, assistant) in enumerate(made)
        ]


def sizes(workload: Workload) -> dict[str, int]:
    """Bytes of each file of the data set."""
    files = [file for path in workload.paths for file in path.rglob("*") if file.is_file()]
    return {file.name: file.stat().st_size for file in files}


if __name__ == "__main__":
    print(json.dumps(sizes(Maker(Path(sys.argv[1])).build())))
