"""The command line: `cogzy ...`. Every command imports what it needs when it runs, and nothing before."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.cli.parser import Options

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong use, 3 damage, 4 refused, 5 busy)."""
    from core.cli.output import Output
    from core.errors import CogzyError, UsageError

    given = sys.argv[1:] if arguments is None else arguments
    output = Output(json="--json" in given)
    try:
        from core.cli.parser import parse

        options = parse(given)
        if options is None:
            return 0
        output = Output(json=options.json, verbose=options.verbose)
        code = _run(options, output)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has read enough; the interpreter must not try again while it ends
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except CogzyError as error:
        return output.error(error, usage=isinstance(error, UsageError))
    except OSError as error:
        from core.files import file_error

        return output.error(file_error(error, error.filename or ""))
    except Exception as error:
        import logging

        logging.getLogger("core.cli").exception("unexpected")
        return output.error(
            CogzyError("client.internal", kind=type(error).__name__, command=" ".join(["cogzy", *given]))
        )
    return code


def _run(options: Options, output: object) -> int:
    from importlib import import_module

    from core.logs import configure

    configure(options.vault, verbose=options.verbose)
    run = getattr(import_module(f"core.cli.{options.command.module}"), options.command.function)
    code: int = run(options, output)
    return code
