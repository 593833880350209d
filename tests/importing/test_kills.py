"""kill -9 at every step of an import: the vault holds all of the old or all of the new, and a restart goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.memory.pipeline import CRASH_POINTS, FOLDER
from core.vault import CRASH_POINTS as COMMIT_POINTS
from core.vault import LocalVaultService
from core.vault.layout import is_staged_name
from tests.importing import killed
from tests.importing.reading import write_json
from tests.importing.samples import claude_plain, gpt_branched

STEPS = [*(f"{point}" for point in CRASH_POINTS), "import.conversation:2"]
STEPS += [f"{point}:{n}" for point in COMMIT_POINTS for n in ((1, 2, 3) if point.endswith(("ing", "ed")) else (1,))]
STEPS = [step for step in STEPS if not step.startswith(("vault.all_", "vault.journal")) or step.endswith((":1", "ed"))]


def said(vault: LocalVaultService) -> tuple[list[str], list[int], int]:
    """Ids of nodes, messages of episodes, fingerprints; after proving that all is whole and nothing lies about."""
    assert vault.check() == []
    assert not [path for path in vault.root.rglob("*") if is_staged_name(path.name)]
    episodes = [len(episode["messages"]) for episode in vault.read_episodes()]
    return [node["id"] for node in vault.read_nodes()], episodes, len(vault.read_dedup_index())


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_all_of_the_old_or_all_of_the_new(vault_dir: Path, step: str) -> None:
    export = vault_dir.parent / "in" / "conversations.json"
    assert killed.run(vault_dir, write_json(export, [claude_plain("a", 1)])) == 0
    old = said(LocalVaultService.open(vault_dir))
    write_json(export, [claude_plain("a", 3), claude_plain("b", 2)])

    assert killed.run(vault_dir, export, step) == killed.KILLED

    now = said(LocalVaultService.open(vault_dir))
    assert killed.run(vault_dir, export) == 0
    new = said(LocalVaultService.open(vault_dir))
    assert now in (old, new)
    assert (len(new[0]), new[1]) == (5, [6, 4])
    assert list((vault_dir / FOLDER).iterdir()) == []
    assert killed.run(vault_dir, write_json(export, [gpt_branched()])) == 0
