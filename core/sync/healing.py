"""After a verification that found damage: what is damaged is not relied on again.

The next sync sends those pieces anew, as far as their files are still on this computer, and when a table in the chain
of the newest upload is hurt, its own table stands alone. So the upload that it makes is whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sync.layout import SHA256, table_key

if TYPE_CHECKING:
    from core.sync.state import SyncState
    from core.sync.verify import VerifyReport


def resend_damaged(state: SyncState, key: str, vault_id: str, report: VerifyReport) -> None:
    """Let the next sync of the remote `key` send again what `report` found damaged."""
    if report.ok:
        return
    named = {str(hurt.error["params"].get("pack", "")) for hurt in report.damage}  # also those met on the way to a list
    chain = {table_key(vault_id, part["upload_id"]) for part in state.remote(key).chain}
    state.distrust(
        key,
        {pack for pack in named if SHA256.fullmatch(pack)},
        tables=not chain.isdisjoint(hurt.what for hurt in report.damage),
    )
