"""`cogzy` with the fake engine, as a program: `python -I fake_cogzy.py ARGUMENTS`. Its children are the same."""

from __future__ import annotations

import sys
import types
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

HERE = Path(__file__).resolve()


def command(*arguments: str) -> list[str]:
    """What starts this program."""
    return [sys.executable, "-I", str(HERE), *arguments]


def _main() -> int:
    from cogzy.__main__ import main

    import core.process

    spec = spec_from_file_location("fake_engine", HERE.with_name("fake_engine.py"))
    assert spec is not None
    assert spec.loader is not None
    fake = module_from_spec(spec)
    spec.loader.exec_module(fake)
    engine = types.ModuleType("core.sync.engine")
    engine.SyncEngine = fake.SyncEngine  # type: ignore[attr-defined]
    sys.modules["core.sync.engine"] = engine
    core.process.own_command = command
    return main()


if __name__ == "__main__":
    sys.exit(_main())
