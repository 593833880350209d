"""The one entry point: console scripts, Briefcase and PyInstaller all start here.

Invariants:
- Nothing is imported from the folder that it is started in, nor from PYTHONPATH: a project there may have a `core` of
  its own. So both leave `sys.path` before anything of ours is imported.
- `sync --queue` is answered with the standard library alone: a session-end hook waits for it.
- The child processes (`--worker`, `--database`, `--embed`, `--hub`, `--serve`) are recognised before anything else is
  imported.
- `--akosha` is the hub's command line, where one program alone is installed.
"""

from __future__ import annotations

import contextlib
import os
import sys


def main() -> int:
    """Do what the command line asks for; returns the exit code."""
    _leave_other_programs_modules_alone()
    try:
        return _main(sys.argv[1:])
    except KeyboardInterrupt:  # while something was still being imported
        return 130


def akosha() -> int:
    """Do what the command line of the hub asks for; returns the exit code."""
    _leave_other_programs_modules_alone()
    try:
        from core.cli.akosha import main as command_line

        return command_line(sys.argv[1:])
    except KeyboardInterrupt:  # while something was still being imported
        return 130


def _main(arguments: list[str]) -> int:
    if arguments[:1] == ["--worker"]:
        from core.worker import main as worker

        return worker()
    if arguments[:1] == ["--database"]:
        from core.database.child import main as database

        return database()
    if arguments[:1] == ["--embed"]:
        from core.memory.embedding_child import main as embed

        return embed()
    if arguments[:1] == ["--akosha"]:
        from core.cli.akosha import main as hub

        return hub(arguments[1:])
    if arguments[:1] == ["--hub"]:
        _end_with_the_parent()
        from core.cli.akosha import main as hub

        return hub(arguments[1:])
    if arguments[:1] == ["--serve"]:
        _end_with_the_parent()
        from core.cli import main as command_line

        return command_line(["serve", *arguments[1:]])
    request = _queue_request(arguments)
    if request is not None:
        return _queue(*request)
    if _asks_for_the_window(arguments):
        return _window(arguments)
    from core.cli import main as command_line

    return command_line(arguments)


def _end_with_the_parent() -> None:
    """This is a server of the app: the end of standard input, whatever ended the app, ends it too."""
    import signal
    import threading

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _leave_other_programs_modules_alone() -> None:
    """Take off `sys.path` what the environment and the working folder put there."""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  # before any import
    foreign = {os.path.abspath(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry}  # noqa: PTH100
    with contextlib.suppress(OSError):  # a working folder that was deleted: nothing can be imported from it
        foreign.add(os.getcwd())  # noqa: PTH109
    foreign -= {ours, os.path.dirname(os.__file__)}  # noqa: PTH120
    if "site" in sys.modules:
        foreign -= set(sys.modules["site"].getsitepackages())
    sys.path[:] = [entry for entry in sys.path if entry and os.path.abspath(entry) not in foreign]  # noqa: PTH100


def _queue_request(arguments: list[str]) -> tuple[str | None, dict[str, object], bool] | None:
    """The vault, the request and whether JSON is wanted, when this is a plain `sync --queue`; else None.

    Whatever else stands there is left to the command line proper, which explains what is wrong with it.
    """
    if "--queue" not in arguments or "sync" not in arguments:
        return None
    vault: str | None = None
    as_json = False
    request: dict[str, object] = {"trigger": "session_end"}
    choices = {"--method": ("auto", "cloud", "http"), "--only": ("reflections", "knowledge-graph", "vault")}
    seen = {"sync": 0, "--queue": 0}
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if argument in seen:
            seen[argument] += 1
        elif argument == "--json":
            as_json = True
        elif argument == "--full":
            request["full"] = True
        elif name == "--vault" or name in choices:
            value = value if equals else next(rest, "")
            if name == "--vault" and value:
                vault = value
            elif value in choices.get(name, ()):
                request[name[2:]] = value
            else:
                return None
        else:
            return None
    return (vault, request, as_json) if set(seen.values()) == {1} else None


def _queue(vault: str | None, request: dict[str, object], as_json: bool) -> int:
    from core.control.place import vault_dir
    from core.control.queue import request_sync

    place = vault_dir(vault)
    try:
        told = request_sync(place, request)
    except OSError as error:
        return _say_unwritable(str(place), error.strerror or str(error), as_json)
    if as_json:
        print('{"queued": true, "owner_told": %s}' % ("true" if told else "false"))  # no json module for this
    return 0


def _say_unwritable(place: str, reason: str, as_json: bool) -> int:
    from core.errors import CogzyError

    error = CogzyError("files.not_writable", path=place, reason=reason)
    if as_json:
        import json

        print(json.dumps({"error": error.as_json()}))
    print(f"{error.title}\n{error.cause}\n{error.next_step}", file=sys.stderr)
    return error.exit_code


def _asks_for_the_window(arguments: list[str]) -> bool:
    """Whether no command and no other option stands there: `--hidden`, `--vault DIR` and `--page PAGE` at most."""
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in ("--vault", "--page"):
            if not (value if equals else next(rest, "")):
                return False
        elif argument != "--hidden":
            return False
    return True


def _window(arguments: list[str]) -> int:
    from importlib.util import find_spec

    found = find_spec("desktop")
    if found is not None and found.origin is not None:
        from importlib import import_module

        code: int = import_module("desktop").main(arguments)
        return code
    print(
        "Cogzy has no window in this version.\n"
        "Everything works from here: `cogzy sync` sends what is new, `cogzy status` says how things are,\n"
        "`cogzy --help` lists the rest.",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
