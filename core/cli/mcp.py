"""`cogzy mcp`."""

from __future__ import annotations

import asyncio

from core.cli.output import Output
from core.cli.parser import Options


def mcp(options: Options, output: Output) -> int:
    """Give assistants this vault's memory, over standard input and output."""
    from core.assistants.mcp import serve

    asyncio.run(serve(options.vault))
    return 0
