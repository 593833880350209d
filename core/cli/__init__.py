"""The command line: `cogzy ...`. Every command imports what it needs when it runs, and nothing before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.cli.parser import Options


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong use, 3 damage, 4 refused, 5 busy)."""
    from core.cli.ending import exit_code
    from core.cli.output import Output
    from core.errors import CogzyError, UsageError

    given = sys.argv[1:] if arguments is None else arguments
    output = Output(json="--json" in given)

    def run() -> int:
        nonlocal output
        from core.cli.parser import parse

        options = parse(given)
        if options is None:
            return 0
        output = Output(json=options.json, verbose=options.verbose)
        return _run(options, output)

    return exit_code(
        run,
        lambda error: output.error(error, usage=isinstance(error, UsageError)),
        lambda kind: CogzyError("client.internal", kind=kind, command=" ".join(["cogzy", *given])),
    )


def _run(options: Options, output: object) -> int:
    from importlib import import_module

    from core.logs import configure

    configure(options.vault, verbose=options.verbose)
    run = getattr(import_module(f"core.cli.{options.command.module}"), options.command.function)
    code: int = run(options, output)
    return code
