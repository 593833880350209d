"""What commands the hub has, and what each understands."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from core import __version__
from core.akosha.access.auth import SCOPES
from core.errors import UsageError

if TYPE_CHECKING:
    from core.akosha.settings import HubSettings

MOST_RESULTS = 1000
USUAL_SCOPES = "read,write"
_SPAN = re.compile(r"(\d{1,5})\s*([hdw])")
_UNITS = {"h": 3_600, "d": 86_400, "w": 604_800}

_COMMANDS = {
    "serve": "run the hub until it is stopped",
    "ingest": "take in the uploads of the bucket",
    "search": "search all memories",
    "status": "say what the hub holds and how it is",
    "token": "let systems in: create, revoke, list",
    "key": "let the hub read encrypted uploads: add, list, remove",
}
_EPILOGS = {
    "serve": """\
On this computer (127.0.0.1) no token is needed. With --host 0.0.0.0 others reach it too, and then nothing but
/health answers without a token (`akosha token create SYSTEM`). Put TLS in front of it: see docs/RUNBOOKS.md.
Ctrl-C or SIGTERM ends it after the requests that are under way, 30 s at most.

The bucket to take uploads from: AKOSHA_CLOUD_ENDPOINT, _BUCKET, _REGION, _PREFIX, _KEY_ID and _SECRET, else the
same of COGZY_CLOUD_…; a folder is file:///path.""",
    "ingest": """\
A hub that runs takes uploads in by itself, every 30 s; this asks it for a round now. Without one, the command opens
the data itself: one round with --once, else again and again until Ctrl-C or SIGTERM.
Exit code 1: the bucket could not be read, or a computer's uploads wait for the next round; the reason is said.
Exit code 3: an upload is malformed and was set aside; `akosha status` says which and why.""",
    "search": """\
  akosha search 'deploy keys for staging' -k 5
  akosha search 'what did we decide about caching' --system laptop-a --after 30d
DATE is 2025-06-01, 2025-06-01T14:00, or how long ago: 12h, 30d, 4w. Options may be repeated to allow several.""",
    "token create": """\
The secret is shown once. On the other computer:
  cogzy config set hub_url https://hub.example.org/mcp
  cogzy credentials set hub_token
Scopes: read (search everything), write (store, as SYSTEM only), admin (metrics, uploads, ingestion).""",
    "key add": """\
Asks for the vault's passphrase or recovery key (or reads one line of standard input), opens the vault's key in the
bucket with it, and keeps that key in vault_keys.json in the data folder: whoever can read that file can then read
the vault's uploads. VAULT_ID is what `akosha status` names beside an unreadable upload.""",
}


class Options(argparse.Namespace):
    """The parsed command line. `runs` is module:function below core.cli.akosha, `command` what a person typed first."""

    runs: str
    command: str
    settings: HubSettings
    data: Path | None = None
    host: str | None = None
    port: int | None = None
    json: bool = False
    verbose: bool = False


def parse(arguments: Sequence[str]) -> Options | None:
    """The options, or None when help or the version was shown. Raises UsageError for a wrong command line."""
    if not arguments or list(arguments) in (["help"], ["--help"], ["-h"]):
        print(overview())
        return None
    if "--version" in arguments and not set(arguments) & set(_COMMANDS):
        print(f"akosha {__version__}")
        return None
    try:
        options = _parser().parse_args(arguments, Options())
    except _ShownError:
        return None
    return options


def overview() -> str:
    """`akosha --help`."""
    return "\n".join(
        [
            "Akosha is the hub: it gathers the memory of your computers and searches all of it.",
            "",
            "usage: akosha COMMAND [options]",
            "",
            *(f"  {name:<10} {help}" for name, help in _COMMANDS.items()),
            "",
            "To begin:",
            "  akosha serve                   on this computer alone, no account and no token needed",
            "  akosha search 'what we said about caching'",
            "  akosha token create laptop-a   for a computer that reaches it over the network",
            "",
            "Everywhere:",
            "  --data DIR       the hub's data (else AKOSHA_DATA, else the usual place; `akosha status` names it)",
            "  --json           one JSON object on standard output, everything else on standard error",
            "  --verbose        show the log on standard error",
            "  --version        the version",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong use or settings, 3 damage found, 4 refused to protect data, 5 busy.",
            "`akosha COMMAND --help` says more about one.",
        ]
    )


def moment(text: str, now: float | None = None) -> float:
    """The UNIX time of a date, of a date and time (of this computer's zone when it names none), or of `30d` ago."""
    span = _SPAN.fullmatch(text.strip())
    if span is not None:
        return (time.time() if now is None else now) - int(span[1]) * _UNITS[span[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write 2025-06-01, or 30d for thirty days ago") from None


def _parser() -> _Parser:
    everywhere = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    everywhere.add_argument("--data", type=_folder, metavar="DIR", help="the hub's data")
    everywhere.add_argument("--json", action="store_true", help="one JSON object on standard output")
    everywhere.add_argument("--verbose", action="store_true", help="show the log on standard error")
    root = _Parser(prog="akosha", parents=[everywhere])
    commands = _below(root, "COMMAND")

    serve = _command(commands, everywhere, "serve", "serve:serve")
    serve.add_argument("--host", help="the address to listen at (default: AKOSHA_HOST, else 127.0.0.1)")
    serve.add_argument("--port", type=int, help="the port (default: AKOSHA_PORT, else 8682)")

    ingest = _command(commands, everywhere, "ingest", "ingest:ingest")
    ingest.add_argument("--once", action="store_true", help="one round, then end")

    search = _command(commands, everywhere, "search", "looking:search")
    search.add_argument("text", metavar="TEXT", help="what to look for")
    search.add_argument("-k", type=_count, default=10, metavar="N", help="how many results (default: 10)")
    search.add_argument("--system", action="append", default=[], metavar="S", help="of this system only")
    search.add_argument("--kind", action="append", default=[], metavar="K", help="reflection, conversation, …")
    search.add_argument("--project", action="append", default=[], metavar="P", help="of this project only")
    search.add_argument("--after", type=moment, metavar="DATE", help="from this time on")
    search.add_argument("--before", type=moment, metavar="DATE", help="before this time")

    _command(commands, everywhere, "status", "looking:status")

    token = _below(_command(commands, everywhere, "token"), "ACTION")
    create = _command(token, everywhere, "create", "tokens:create", "make a token for one system", "token create")
    create.add_argument("system", metavar="SYSTEM", help="the system that it writes as, such as laptop-a")
    create.add_argument(
        "--scope",
        type=_scopes,
        action="extend",
        metavar="SCOPE",
        help=f"{', '.join(SCOPES)}; may be repeated (default: {USUAL_SCOPES})",
    )
    create.add_argument("--note", default="", help="a reminder of what it is for")
    revoke = _command(token, everywhere, "revoke", "tokens:revoke", "end a token at once")
    revoke.add_argument("id", metavar="ID", help="an id of `akosha token list`")
    _command(token, everywhere, "list", "tokens:list_tokens", "list all tokens, without their secrets")

    key = _below(_command(commands, everywhere, "key"), "ACTION")
    add = _command(key, everywhere, "add", "keys:add", "let the hub read a vault's encrypted uploads", "key add")
    add.add_argument("vault_id", metavar="VAULT_ID", help="32 hexadecimal digits")
    _command(key, everywhere, "list", "keys:list_keys", "list the vaults that the hub can read")
    remove = _command(key, everywhere, "remove", "keys:remove", "forget a vault's key")
    remove.add_argument("vault_id", metavar="VAULT_ID", help="an id of `akosha key list`")
    return root


def _below(parser: argparse.ArgumentParser, what: str) -> Any:
    return parser.add_subparsers(dest=what, metavar=what, required=True, parser_class=_Parser)


def _command(
    below: Any,
    everywhere: argparse.ArgumentParser,
    name: str,
    runs: str | None = None,
    help: str | None = None,
    explained: str | None = None,
) -> argparse.ArgumentParser:
    says = help or _COMMANDS[name]
    made: argparse.ArgumentParser = below.add_parser(
        name,
        parents=[everywhere],
        help=says,
        description=f"{says[:1].upper()}{says[1:]}.",
        epilog=_EPILOGS.get(explained or name if help is None else explained or ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if runs is not None:
        made.set_defaults(runs=runs, command=made.prog)
    return made


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("it names no folder")
    return Path(text).expanduser().absolute()


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_RESULTS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_RESULTS}")
    return int(text)


def _scopes(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class _ShownError(Exception):
    """Help was shown."""


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are shown like all others."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**{**keywords, "allow_abbrev": False})

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise _ShownError

    def error(self, message: str) -> NoReturn:
        raise UsageError("akosha_cli.wrong_arguments", reason=message.rstrip("."), command=self.prog)
