"""What commands there are, and what each understands. Only the command that is used gets its parser built."""

from __future__ import annotations

import argparse
import keyword
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from core import __version__
from core.errors import UsageError
from core.memory.answers import KINDS


class Command(NamedTuple):
    """A command: where its function is, what it is for, and its arguments as (flags, add_argument keywords)."""

    name: str
    module: str
    help: str
    arguments: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = ()

    @property
    def function(self) -> str:
        """The name of its function in core.cli.<module>."""
        return self.name.replace("-", "_") + ("_" if keyword.iskeyword(self.name) else "")


class Options(argparse.Namespace):
    """The parsed command line."""

    command: Command
    vault: Path
    chosen_vault: str | None
    json: bool
    verbose: bool


def _argument(*flags: str, **keywords: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    return flags, keywords


def _percent(text: str) -> float:
    value = float(text.removesuffix("%"))
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not a percentage")
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return value


_UPLOAD = _argument("upload_id", metavar="UPLOAD_ID", help="an upload of `cogzy uploads`, or `latest`")
_YES = _argument("--yes", action="store_true", help="do not ask")

GROUPS: dict[str, tuple[Command, ...]] = {
    "Every day": (
        Command(
            "sync",
            "sync",
            "send what is new",
            (
                _argument("--method", choices=("auto", "cloud", "http"), default="auto", help="auto: cloud, then hub"),
                _argument("--full", action="store_true", help="send whole images of the databases"),
                _argument("--only", choices=("reflections", "knowledge-graph", "vault"), help="a part of the memory"),
                _argument("--queue", action="store_true", help="ask for a sync and return at once"),
                _argument("--drain-queue", action="store_true", help=argparse.SUPPRESS),
            ),
        ),
        Command("status", "sync", "say how things are"),
        Command(
            "preview",
            "preview",
            "show what would go up now, and likely secrets in it",
            (
                _argument("part", nargs="?", metavar="PART", help="the files of this part"),
                _argument("--file", metavar="PATH", help="the first lines of this file of the part"),
                _argument("--send", nargs="+", metavar="ID", help="let these likely secrets go up; `all`: every one"),
                _argument("--redact", nargs="+", metavar="ID", help="take these out of the vault's own memories"),
                _argument("--exclude", nargs="+", metavar="ID", help="leave out the files or sources that hold these"),
                _argument("--ask-again", nargs="+", metavar="ID", help="forget that these may go up"),
                _YES,
            ),
        ),
        Command(
            "pause",
            "sync",
            "pause background sync",
            (
                _argument(
                    "until",
                    nargs="?",
                    default="",
                    metavar="30m|2h|tomorrow",
                    help="how long (default: until `cogzy resume`)",
                ),
            ),
        ),
        Command("resume", "sync", "end a pause"),
        Command(
            "search",
            "search",
            "find memories of this vault",
            (
                _argument("text", nargs="+", metavar="TEXT", help="words, or a question"),
                _argument("-k", type=int, default=10, metavar="N", help="how many (default: 10)"),
                _argument("--after", metavar="DATE", help="not before that day: 2026-05-08"),
                _argument("--before", metavar="DATE", help="before that day"),
                _argument("--source", metavar="NAME", help="only what came from there, such as chatgpt"),
                _argument("--project", metavar="NAME", help="only of this project"),
                _argument(
                    "--kind",
                    choices=KINDS,
                    help="single turns (node), whole conversations (episode), or what Session-Buddy keeps",
                ),
            ),
        ),
    ),
    "Bringing memory in": (
        Command(
            "import",
            "importing",
            "take over what you exported from an assistant",
            (
                _argument("paths", nargs="*", metavar="PATH", help="zips as they were downloaded, folders, files"),
                _argument(
                    "--source",
                    choices=("auto", "chatgpt", "claude", "claude-code", "gemini", "grok", "anthropic", "openai"),
                    default="auto",
                    help="take only this assistant's files (default: whatever is recognised)",
                ),
                _argument("--dry-run", action="store_true", help="only say what would be taken over"),
                _argument("--embed", action="store_true", help="instead: let what is there be found by meaning, too"),
                _argument("--anew", action="store_true", help="with --embed: also what another model has embedded"),
            ),
        ),
    ),
    "For assistants and programs": (
        Command("mcp", "mcp", "give assistants this memory (MCP over standard input and output)"),
        Command("install-mcp", "hooks", "have Claude Code and Claude Desktop start `cogzy mcp`"),
        Command("uninstall-mcp", "hooks", "take it out of them again"),
        Command("install-hook", "hooks", "have Claude Code ask for a sync at the end of a session"),
        Command("uninstall-hook", "hooks", "take that hook out again"),
        Command(
            "serve",
            "serve",
            "let programs of this computer ask, over REST",
            (
                _argument("--port", type=_port, default=8683, help="where to listen (default: 8683; 0: any)"),
                _argument("--show-token", action="store_true", help="only show the token that programs need"),
                _argument("--new-token", action="store_true", help="make a new token; the old one ends"),
            ),
        ),
    ),
    "Getting memory back": (
        Command(
            "uploads",
            "cloud",
            "list what is in the cloud",
            (_argument("upload_id", nargs="?", metavar="UPLOAD_ID", help="the files of this one, or of `latest`"),),
        ),
        Command(
            "restore",
            "cloud",
            "bring back an upload, or one file of it",
            (
                _UPLOAD,
                _argument("--to", metavar="DIR", help="the folder to restore into"),
                _argument("--file", metavar="PATH", help="only this file of the upload"),
                _argument("--in-place", metavar="SOURCE", help="put this source back where it was"),
                _YES,
            ),
        ),
        Command(
            "reset",
            "cloud",
            "replace this vault by the cloud's copy",
            (
                _argument("--from-cloud", action="store_true", required=True, help="required: says what is meant"),
                _argument("--upload", metavar="ID", help="this upload (default: the newest of this vault)"),
                _argument("--override", action="store_true", help="even an older or partial upload"),
                _YES,
            ),
        ),
        Command("undo-reset", "cloud", "put back the vault that the last reset replaced"),
        Command(
            "verify",
            "cloud",
            "read the cloud's copy back and check it",
            (_argument("--sample", type=_percent, default=1.0, metavar="PERCENT", help="how much (default: 1)"),),
        ),
    ),
    "Setting up": (
        Command(
            "config",
            "config",
            "show or change settings",
            (
                _argument("action", choices=("get", "set", "path")),
                _argument("name", nargs="?", metavar="NAME"),
                _argument("value", nargs="?", metavar="VALUE", help="the new value; none: back to the default"),
            ),
        ),
        Command(
            "credentials",
            "config",
            "keep or forget a secret (read from a prompt or standard input)",
            (
                _argument("action", choices=("set", "delete")),
                _argument(
                    "name", metavar="NAME", help="cloud_key_id, cloud_secret, hub_token, passphrase, recovery_key"
                ),
                _argument("--in-file", action="store_true", help="in a file that COGZY_SECRETS_PASSPHRASE encrypts"),
            ),
        ),
        Command("test-connection", "cloud", "try what sync does, step by step"),
        Command(
            "encrypt",
            "cloud",
            "encrypt the cloud's copy",
            (
                _argument("--new", dest="action", action="store_const", const="new", help="start an encrypted copy"),
                _argument("--change", dest="action", action="store_const", const="change", help="a new passphrase"),
                _argument(
                    "--recovery-key",
                    dest="action",
                    action="store_const",
                    const="recovery-key",
                    help="a new key to print and keep",
                ),
            ),
        ),
    ),
    "When something is wrong": (
        Command("check", "local", "name every damaged file of the vault"),
        Command(
            "diagnose",
            "local",
            "write a file for a bug report, without secrets or memories",
            (_argument("--to", metavar="FILE", help="the zip to write (default: into the current folder)"),),
        ),
        Command(
            "demo",
            "local",
            "show everything, on made-up data",
            (
                _argument("--scale", type=float, default=1.0, help="how much data there is (default: 1, some 12 MB)"),
                _argument("--writer", metavar="DIR", help=argparse.SUPPRESS),
            ),
        ),
    ),
}
COMMANDS = {command.name: command for group in GROUPS.values() for command in group}


def parse(arguments: Sequence[str]) -> Options | None:
    """The options, or None when help or the version was shown. Raises UsageError for a wrong command line."""
    name = _command_name(arguments)
    if name is None:
        if "--version" in arguments:
            print(f"cogzy {__version__}")
            return None
        if set(arguments) & {"-h", "--help", "help"} or not arguments:
            print(overview())
            return None
        raise UsageError("cli.no_command")
    command = COMMANDS.get(name)
    if command is None:
        import difflib

        near = difflib.get_close_matches(name, COMMANDS, 1)
        suggestion = f"Did you mean `cogzy {near[0]}`?" if near else "`cogzy --help` lists the commands."
        raise UsageError("cli.unknown_command", name=name, suggestion=suggestion)
    description = f"{command.help[:1].upper()}{command.help[1:]}."
    parser = _Parser(prog=f"cogzy {name}", description=description, add_help=False)
    for flags, keywords in command.arguments:
        parser.add_argument(*flags, **keywords)
    _add_global(parser)
    parser.add_argument("-h", "--help", action="store_true", help="show this")
    rest = list(arguments)
    rest.remove(name)
    if set(rest) & {"-h", "--help"}:
        print(parser.format_help().rstrip())
        return None
    options = parser.parse_args(rest, Options(command=command))
    from core.control.place import vault_dir

    options.vault = vault_dir(options.chosen_vault)
    return options


def overview() -> str:
    """`cogzy --help`."""
    lines = ["Cogzy keeps your AI memory safe in your own bucket or folder.", "", "usage: cogzy COMMAND [options]"]
    for group, commands in GROUPS.items():
        lines += ["", f"{group}:"]
        lines += [f"  {command.name:<16} {command.help}" for command in commands]
    lines += [
        "",
        "Everywhere:",
        "  --vault DIR      the vault to use (else COGZY_VAULT_DIR, else the usual place)",
        "  --json           one JSON object on standard output, everything else on standard error",
        "  --verbose        show the log on standard error",
        "  --version        the version",
        "",
        "Exit codes: 0 done, 1 failed, 2 wrong use or settings, 3 damage found, 4 refused to protect data, 5 busy.",
        "`cogzy COMMAND --help` says more about one.",
    ]
    return "\n".join(lines)


def _add_global(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vault", dest="chosen_vault", metavar="DIR", help="the vault to use")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--verbose", action="store_true", help="show the log on standard error")


def _command_name(arguments: Sequence[str]) -> str | None:
    """The first word that is no option; `--vault` takes the word after it."""
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument == "--vault":
            skip = True
        elif not argument.startswith("-"):
            return None if argument == "help" else argument
    return None


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are shown like all others."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise UsageError("cli.wrong_arguments", reason=message, command=self.prog)
