"""`cogzy` for which every index named `near` is of the method HNSW: `python -I hnsw_cogzy.py ARGUMENTS`.

The extension that makes such indexes has to be downloaded. Its children are the same program.
"""

from __future__ import annotations

import sys
from pathlib import Path


def _main() -> int:
    from cogzy.__main__ import main

    import core.process

    core.process.own_command = lambda *arguments: [sys.executable, "-I", str(Path(__file__).resolve()), *arguments]
    if sys.argv[1:2] == ["--database"]:
        import core.database.schema

        real = core.database.schema.index_method
        core.database.schema.index_method = lambda sql: "HNSW" if " near " in sql else real(sql)
    return main()


if __name__ == "__main__":
    sys.exit(_main())
