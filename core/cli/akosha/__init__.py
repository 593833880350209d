"""The hub's command line: `akosha ...`. Every command imports what it needs when it runs, and nothing before."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.cli.akosha.parser import Options
    from core.cli.output import Output


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong use, 3 damage, 4 refused, 5 busy)."""
    from core.cli.ending import exit_code
    from core.cli.output import Output
    from core.errors import CogzyError

    given = sys.argv[1:] if arguments is None else arguments
    output = Output(json="--json" in given)
    command = "akosha"

    def run() -> int:
        nonlocal output, command
        from core.cli.akosha.parser import parse

        options = parse(given)
        if options is None:
            return 0
        output = Output(json=options.json, verbose=options.verbose)
        command = options.command
        return _run(options, output)

    return exit_code(
        run,
        lambda error: output.error(error),
        lambda kind: CogzyError("akosha_cli.internal", kind=kind, command=command),
    )


def _run(options: Options, output: Output) -> int:
    from importlib import import_module

    from core.akosha.settings import load
    from core.logs import configure, remember_secret

    settings = options.settings = load(os.environ, data=options.data, host=options.host, port=options.port)
    for secret in (
        settings.cloud_key_id,
        settings.cloud_secret.get_secret_value(),
        settings.passphrase.get_secret_value(),
    ):
        remember_secret(secret)
    level = {"COGZY_LOG_LEVEL": settings.log_level}
    configure(settings.data, {**os.environ, **level}, verbose=options.verbose)
    module, _, function = options.runs.partition(":")
    code: int = getattr(import_module(f"core.cli.akosha.{module}"), function)(options, output)
    return code
