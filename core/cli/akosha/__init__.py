"""The hub's command line: `akosha ...`. Every command imports what it needs when it runs, and nothing before."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.cli.akosha.parser import Options
    from core.cli.output import Output

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong use, 3 damage, 4 refused, 5 busy)."""
    from core.cli.output import Output
    from core.errors import CogzyError

    given = sys.argv[1:] if arguments is None else arguments
    output = Output(json="--json" in given)
    command = "akosha"
    try:
        from core.cli.akosha.parser import parse

        options = parse(given)
        if options is None:
            return 0
        output = Output(json=options.json, verbose=options.verbose)
        command = options.command
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
        return output.error(error)
    except OSError as error:
        from core.files import file_error

        return output.error(file_error(error, error.filename or ""))
    except Exception as error:
        import logging

        logging.getLogger("core.cli").exception("unexpected")
        return output.error(CogzyError("akosha_cli.internal", kind=type(error).__name__, command=command))
    return code


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
