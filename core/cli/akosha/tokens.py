"""`akosha token create`, `revoke`, `list`. A running hub has their file open too: what changes counts at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.cli.akosha.parser import USUAL_SCOPES
from core.cli.output import Output, ago

if TYPE_CHECKING:
    from core.akosha.access.tokens import Token


def create(options: Any, output: Output) -> int:
    """Make a token; its secret is shown this once."""
    from core.akosha.access.tokens import TokenStore
    from core.logs import remember_secret

    with TokenStore(options.settings.data) as tokens:
        made = tokens.create(options.system, options.scope or USUAL_SCOPES.split(","), options.note)
    remember_secret(made.secret or "")
    output.result(
        made.as_json(),
        [
            f"Token {made.id} for {made.system_id} ({', '.join(sorted(made.scopes))}):",
            "",
            f"    {made.secret}",
            "",
            f"It is shown this once: only its hash is kept. {_where(made)}",
            f"If it is ever lost or seen by others: `akosha token revoke {made.id}`.",
        ],
    )
    return 0


def _where(made: Token) -> str:
    """Where the secret goes: Cogzy sends with what may write alone."""
    if "write" in made.scopes:
        return "On that computer: `cogzy credentials set hub_token`."
    return "Send it as `Authorization: Bearer ak_…`."


def revoke(options: Any, output: Output) -> int:
    """End a token."""
    from core.akosha.access.tokens import TokenStore

    with TokenStore(options.settings.data) as tokens:
        gone = tokens.revoke(options.id)
    output.result(gone.as_json(), [f"Token {gone.id} of {gone.system_id} opens nothing any more."])
    return 0


def list_tokens(options: Any, output: Output) -> int:
    """List all tokens ever made."""
    from core.akosha.access.tokens import TokenStore

    with TokenStore(options.settings.data) as tokens:
        found = tokens.list()
    if output.json or not found:
        output.result(
            {"tokens": [token.as_json() for token in found]},
            ["There are no tokens. `akosha token create SYSTEM` makes one."],
        )
        return 0
    _show(found, time.time())
    return 0


def _show(found: Sequence[Token], now: float) -> None:
    from core.cli.akosha.shown import show_table

    show_table(
        ("id", "system", "scopes", "made", "last used", "state", "note"),
        [
            (
                token.id,
                token.system_id,
                ",".join(sorted(token.scopes)),
                ago(now - token.created_at),
                ago(now - token.last_used) if token.last_used is not None else "never",
                "active" if token.revoked_at is None else f"revoked {ago(now - token.revoked_at)}",
                token.note,
            )
            for token in found
        ],
    )
