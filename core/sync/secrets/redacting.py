"""Taking secrets out of the vault's own records, at a person's word. Files of other programs are never changed.

One transaction: each secret's text is replaced, in place, by what kind it was; everything else of a record stays. What
went up before stays in the cloud.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.errors import UsageError
from core.sources.secret_text import SecretMatch, find_secrets
from core.sync.looking import VAULT
from core.sync.secrets.memory import ScanMemory

if TYPE_CHECKING:
    from core.vault import LocalVaultService

MARK = "[{kind} removed]"


def redact(vault: LocalVaultService, ids: Sequence[str]) -> dict[str, int]:
    """Replace the secrets with these ids wherever nodes and episodes hold them. Blocking.

    Returns how many records were changed, and how many secrets were replaced in them. Raises UsageError when there is
    none, DamageError, FileError.
    """
    wanted = frozenset(ids)
    with ScanMemory(vault.root) as memory, vault.transaction() as tx:
        changed = replaced = 0
        for read, write in ((vault.read_nodes, tx.write_nodes), (vault.read_episodes, tx.write_episodes)):
            records, touched = read(), 0
            for at, record in enumerate(records):
                clean, count = _without(record, wanted, memory)
                if count:
                    records[at], touched, replaced = clean, touched + 1, replaced + count
            if touched:
                write(records)
            changed += touched
        memory.release(ids, VAULT)
        if not replaced:
            raise UsageError("preview.nothing_to_redact")
    return {"records": changed, "secrets": replaced}


def _without(value: Any, wanted: frozenset[str], memory: ScanMemory) -> tuple[Any, int]:
    """The value without these secrets, and how many were taken out."""
    if isinstance(value, str):
        return _text_without(value, wanted, memory)
    if isinstance(value, dict):
        parts = {key: _without(inner, wanted, memory) for key, inner in value.items()}
        return {key: part for key, (part, _) in parts.items()}, sum(count for _, count in parts.values())
    if isinstance(value, list):
        items = [_without(inner, wanted, memory) for inner in value]
        return [item for item, _ in items], sum(count for _, count in items)
    return value, 0


def _text_without(text: str, wanted: frozenset[str], memory: ScanMemory) -> tuple[str, int]:
    found: list[SecretMatch] = [match for match in find_secrets(text) if memory.id_of(match.value) in wanted]
    parts, at = [], 0
    for match in found:
        parts += [text[at : match.start], MARK.format(kind=match.kind)]
        at = match.end
    return "".join([*parts, text[at:]]), len(found)
