"""How every command ends: its exit code, whatever it met, and the sentence for an error that somebody has to read."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable

from core.errors import CogzyError

INTERRUPTED = 130


def exit_code(
    run: Callable[[], int], tell: Callable[[CogzyError], int], unexpected: Callable[[str], CogzyError]
) -> int:
    """What `run` returns, or what `tell` makes of its error.

    `unexpected` makes an error of the name of an exception that nobody foresaw, which goes into the log whole.
    """
    try:
        code = run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has read enough; the interpreter must not try again while it ends
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except CogzyError as error:
        return tell(error)
    except OSError as error:
        from core.files import file_error

        return tell(file_error(error, error.filename or ""))
    except Exception as error:
        import logging

        logging.getLogger("core.cli").exception("unexpected")
        return tell(unexpected(type(error).__name__))
    return code
