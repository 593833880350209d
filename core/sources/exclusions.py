"""Which files of a folder are left out: those a person excluded, and those that hold credentials, always.

A person's patterns are matched against the path below the source's root, with `/` on every system:

    name        any file or folder of that name, at any depth       `*.tmp`, `node_modules`
    a/b, /a     only this path, from the root                       `proj/cache`, `/tmp`
    .../        only folders                                        `cache/`

`*` and `?` stop at a slash, `**` does not, `[abc]` is one of these. An excluded folder is not entered. Case counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

CREDENTIAL_FILES = (
    ".credentials.json", "credentials*", "*.credentials", ".env", ".env.*", "*.env", "*.pem", "*.key", "*.p12", "*.pfx",
    "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.gpg", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".netrc",
    "_netrc", ".pgpass", ".npmrc", ".pypirc", ".git-credentials", ".htpasswd", ".vault-token", "token", "token.json",
    "tokens.json", "*_token.json", "*.token", "auth.json", "oauth*.json", "secrets.*", "client_secret*.json",
    "service-account*.json", "settings.json", "settings.local.json", ".claude.json", "mcp.json", ".mcp.json",
)  # fmt: skip
"""Names of files that hold keys, passwords or tokens; the last five are assistants' settings, which may. Any case."""

CREDENTIAL_FOLDERS = (".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store")

Matcher = Callable[[str, bool], bool]


def matcher(patterns: Sequence[str]) -> Matcher:
    """A function (relative path, is it a folder) -> is it excluded by one of `patterns`.

    It looks at this path alone: whoever walks must not enter an excluded folder.
    """
    of_any = [pattern for pattern in patterns if pattern.strip("/") and not pattern.endswith("/")]
    of_folders = [pattern.rstrip("/") for pattern in patterns if pattern.strip("/") and pattern.endswith("/")]
    any_match, folder_match = _compiled(of_any), _compiled(of_folders)

    def excluded(relative: str, is_folder: bool) -> bool:
        return any_match(relative) or (is_folder and folder_match(relative))

    return excluded


def _compiled(patterns: Sequence[str]) -> Callable[[str], bool]:
    if not patterns:
        return lambda _: False
    expression = re.compile("|".join(f"(?:{_expression(pattern)})" for pattern in patterns), re.DOTALL)
    return lambda relative: expression.fullmatch(relative) is not None


def _expression(pattern: str) -> str:
    """The regular expression of one pattern, to be matched against the whole relative path."""
    anywhere = "" if "/" in pattern else "(?:.*/)?"
    return anywhere + _body(pattern.lstrip("/"))


def _body(pattern: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        rest = pattern[at:]
        if rest.startswith("**/"):
            parts.append("(?:.*/)?")
            at += 3
        elif rest.startswith("**"):
            parts.append(".*")
            at += 2
        elif rest[0] == "*":
            parts.append("[^/]*")
            at += 1
        elif rest[0] == "?":
            parts.append("[^/]")
            at += 1
        elif rest[0] == "[" and (end := pattern.find("]", at + 2)) > 0:
            parts.append(_one_of(pattern[at + 1 : end]))
            at = end + 1
        else:
            parts.append(re.escape(rest[0]))
            at += 1
    return "".join(parts)


def _one_of(inside: str) -> str:
    """`[abc]`, `[a-c]`, `[!abc]`; what is no such set stands for itself."""
    safe = inside.replace("\\", "\\\\").replace("[", "\\[")
    expression = f"[^{safe[1:]}/]" if safe[0] in "!^" else f"[{safe}]"
    try:
        re.compile(expression)
    except re.error:
        return re.escape(f"[{inside}]")
    return expression


_credential_name = re.compile("|".join(f"(?:{_body(pattern)})" for pattern in CREDENTIAL_FILES))


def holds_credentials(name: str, is_folder: bool) -> bool:
    """Whether a file or folder called `name` (not its path) is one that keeps secrets, whatever its case."""
    folded = name.casefold()
    return folded in CREDENTIAL_FOLDERS if is_folder else _credential_name.fullmatch(folded) is not None
