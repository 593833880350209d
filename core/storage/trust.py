"""Which certificates are good: the system's store, or certifi's when the system has none."""

from __future__ import annotations

import ssl
import sys
from functools import cache


@cache
def context() -> ssl.SSLContext:
    """The verifying context of every connection of this room; loading it costs about 20 ms, once."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath or sys.platform == "win32":
        return ssl.create_default_context()
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
