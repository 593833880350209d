"""Likely secrets in a text: keys and tokens of known shapes, and values that are assigned to names like `password`.

The shapes and the rules for what is no secret after all are those of detect-secrets, with the token shapes of
assistants that it lacks. Only its expressions are used: nothing here ever asks a service whether a token is valid.
JSON need not be unescaped first: the expressions pass over `\\"` and `\\n`.

Hundreds of megabytes go up at first, so the expressions see only what stands around the places that one expression of
all of them finds (core.sources.secret_screen).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from core.sources.secret_screen import WORDS, screen

LONGEST_LINE = 1 << 16
CONTEXT = 40
_SHORTEST = 8
_LEAST_ENTROPY = 3.0
"""Bits a character of an assigned value: words and placeholders have less, keys more."""

_NAMED = re.compile("|".join(WORDS))
_ASSIGNED = re.compile(
    r"\w{3,40}(?:-key)?[\\\"'`\])]{0,4}[ \t]{0,4}(?::=|=>|={1,3}|:)[ \t]{0,4}\\?(?P<quote>[\"'`]?)"
    r"(?P<value>[^\s\\\"'`,;<>(){}\[\]|]{8,200})"
)
_LOOKUP = re.compile(r"\$?[A-Za-z_][\w-]*(?:[.:/][A-Za-z_][\w-]*)+|[a-z]+(?:[_-][a-z]+)*|[A-Z]+(?:_[A-Z]+)*|[A-Za-z]+")
_PLACEHOLDER = re.compile(
    r"(?i)example|placeholder|changeme|your[-_]|my[-_]?(?:secret|password|token|key)|x{4,}|\*{3,}|\.{3}|…|redacted"
    r"|\[hidden\]|dummy|insert|replace[-_]?me|^(?:user|pass(?:word)?|secret|token|test)\d{0,3}$"
)
_REST = re.compile(r"(?:[\w-]|[.+/=](?=[\w-]))*")
"""How a token goes on that an expression did not match to its end."""
_BEFORE, _AFTER = 256, 2048
"""Characters around such a place that the expressions see: more than any of them takes."""
_KEY_END = re.compile(r"-{3,5}END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-{3,5}")
_MOST_KEY = 16_384


@dataclass(frozen=True, slots=True)
class SecretMatch:
    """A likely secret in a text, from `start` to `end` (characters). Its repr does not show it."""

    kind: str
    start: int
    end: int
    value: str = field(repr=False)

    @property
    def masked(self) -> str:
        """The secret as it may be shown: its first letters, and how long it is."""
        return masked(self.value)


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: str
    expression: re.Pattern[str]
    guard: str
    valid: Callable[[str], bool]

    @property
    def grouped(self) -> bool:
        """Whether the first group is the secret, and the rest only tells what it is."""
        return self.kind in ("aws_key", "password_in_url") and self.expression.groups > 0


def find_secrets(text: str) -> list[SecretMatch]:
    """The likely secrets of a text, in order; none overlaps another."""
    found: list[SecretMatch] = []
    for start, end in _places(text):
        found += _search(text, start, end)
    return _apart(found)


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where in the text (characters) something may be a secret, with what stands around it; in order and apart."""
    data, seek = text.encode("utf-8", "surrogatepass"), screen().search
    match = seek(data)
    if match is None:
        return
    plain, seen_bytes, seen = len(data) == len(text), 0, 0
    low = high = -1
    while match is not None:
        start, end = match.span()
        if not plain:
            seen += len(data[seen_bytes:start].decode("utf-8", "surrogatepass"))
            seen_bytes, start, end = start, seen, seen + len(data[start:end].decode("utf-8", "surrogatepass"))
        if low < 0 or start - _BEFORE > high:
            if low >= 0:
                yield low, high
            low = max(0, start - _BEFORE)
        high = max(high, min(len(text), end + _AFTER))
        match = seek(data, max(match.end(), match.start() + 1))
    yield low, high


def _search(text: str, low: int, high: int) -> list[SecretMatch]:
    """What is found between two places of a text."""
    found: list[SecretMatch] = []
    for shape in _shapes():
        if shape.guard and text.find(shape.guard, low, high) < 0:
            continue
        for match in shape.expression.finditer(text, low, high):
            if shape.kind == "private_key":
                found.append(_private_key(text, match.start()))
                continue
            start, end = match.span(1 if shape.grouped and match.group(1) else 0)
            if shape.kind != "password_in_url":
                end = _REST.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing, too
            value = text[start:end]
            if shape.valid(value) and not _PLACEHOLDER.search(value):
                found.append(SecretMatch(shape.kind, start, end, value))
    found += _assigned(text, low, high)
    return found


def masked(value: str) -> str:
    """A secret as it may be shown."""
    shown = 4 if len(value) >= 16 else 2
    if "PRIVATE KEY" in value[:60]:
        return f"{value[: value.index('PRIVATE KEY') + 11]}…"
    return f"{value[:shown]}…({len(value)})"


def context_of(text: str, match: SecretMatch, matches: list[SecretMatch]) -> str:
    """What stands around a secret, on its line, with every secret in it masked."""
    start = max(text.rfind("\n", 0, match.start) + 1, match.start - CONTEXT)
    end = text.find("\n", match.end)
    end = min(len(text) if end < 0 else end, match.end + CONTEXT)
    parts, at = [], start
    for other in matches:
        if other.end > start and other.start < end:
            parts += [text[at : max(at, other.start)], other.masked]
            at = other.end
    parts.append(text[at:end] if at < end else "")
    return " ".join("".join(parts).split())


def _assigned(text: str, low: int, high: int) -> Iterator[SecretMatch]:
    folded = text[low:high].lower()
    if len(folded) != high - low:  # a few letters grow when they are folded; these are not worth a wrong place
        folded = text[low:high]
    for named in _NAMED.finditer(folded):
        match = _ASSIGNED.match(text, low + named.start())
        if match is None:
            continue
        value, quoted = match["value"].rstrip(".!?"), bool(match["quote"])
        called = not quoted and text[match.end() : match.end() + 1] in ("(", "[", "{")
        if not called and _is_value(value, quoted=quoted):
            yield SecretMatch("assigned", match.start("value"), match.start("value") + len(value), value)


def _is_value(value: str, *, quoted: bool) -> bool:
    """Whether an assigned value can be a secret, and no word, name, path, reference or example."""
    from detect_secrets.filters import heuristic

    if len(value) < (_SHORTEST if quoted else _SHORTEST + 4) or value[0] in "/$~@%&#":
        return False
    if not any(letter.isdigit() for letter in value) and not (quoted and re.search(r"[!@#$%^&*+=]", value)):
        return False
    if "://" in value or _LOOKUP.fullmatch(value) or _PLACEHOLDER.search(value):
        return False
    if heuristic.is_not_alphanumeric_string(value) or heuristic.is_sequential_string(value):
        return False
    if heuristic.is_potential_uuid(value) or heuristic.is_templated_secret(value):
        return False
    return entropy(value) >= _LEAST_ENTROPY - (0.5 if quoted and len(value) < 16 else 0.0)


def entropy(value: str) -> float:
    """Shannon's entropy: bits a character."""
    total = len(value)
    return -sum(count / total * math.log2(count / total) for count in Counter(value).values())


def _private_key(text: str, at: int) -> SecretMatch:
    start = at - 5 if text[max(0, at - 5) : at] == "-----" else at
    end = _KEY_END.search(text, at, at + _MOST_KEY)
    stop = end.end() if end else min(len(text), at + _MOST_KEY, _line_end(text, at))
    return SecretMatch("private_key", start, stop, text[start:stop])


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _apart(found: list[SecretMatch]) -> list[SecretMatch]:
    """In order; of two that overlap the more telling one: known shapes come before assignments, long before short."""
    kept: list[SecretMatch] = []
    for match in sorted(found, key=lambda one: (one.kind == "assigned", one.start - one.end)):
        if all(match.end <= other.start or match.start >= other.end for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda one: one.start)


@cache
def _shapes() -> tuple[_Shape, ...]:
    """Every shape that is looked for. `guard`: a text without it has none of them, which is a hundred times faster."""
    from detect_secrets.plugins import (
        aws,
        azure_storage_key,
        basic_auth,
        discord,
        github_token,
        gitlab_token,
        jwt,
        mailchimp,
        npm,
        openai,
        private_key,
        pypi_token,
        sendgrid,
        slack,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )

    known = (
        ("aws_key", aws.AWSKeyDetector, ""),
        ("azure_key", azure_storage_key.AzureStorageKeyDetector, "AccountKey"),
        ("password_in_url", basic_auth.BasicAuthDetector, "://"),
        ("discord_token", discord.DiscordBotTokenDetector, ""),
        ("github_token", github_token.GitHubTokenDetector, "gh"),
        ("gitlab_token", gitlab_token.GitLabTokenDetector, "gl"),
        ("json_web_token", jwt.JwtTokenDetector, "eyJ"),
        ("mailchimp_key", mailchimp.MailchimpDetector, "-us"),
        ("npm_token", npm.NpmDetector, "_authToken"),
        ("openai_key", openai.OpenAIDetector, "T3BlbkFJ"),
        ("private_key", private_key.PrivateKeyDetector, "PRIVATE KEY"),
        ("pypi_token", pypi_token.PypiTokenDetector, "pypi-"),
        ("sendgrid_key", sendgrid.SendGridDetector, "SG."),
        ("slack_token", slack.SlackDetector, "xox"),
        ("slack_webhook", slack.SlackDetector, "hooks.slack.com"),
        ("square_token", square_oauth.SquareOAuthDetector, "sq0csp"),
        ("stripe_key", stripe.StripeDetector, "_live_"),
        ("telegram_token", telegram_token.TelegramBotTokenDetector, ":AA"),
        ("twilio_key", twilio.TwilioKeyDetector, ""),
    )
    shapes = [
        _Shape(kind, expression, guard, _valid(kind)) for kind, plugin, guard in known for expression in plugin.denylist
    ]
    own = (
        ("anthropic_key", r"sk-ant-[A-Za-z0-9_-]{20,200}", "sk-ant-"),
        ("openrouter_key", r"sk-or-v1-[0-9a-f]{32,128}", "sk-or-"),
        ("google_key", r"AIza[0-9A-Za-z_-]{35}", "AIza"),
        ("huggingface_token", r"hf_[A-Za-z]{34}", "hf_"),
        ("github_token", r"github_pat_[0-9A-Za-z_]{40,255}", "github_pat_"),
        ("xai_key", r"xai-[A-Za-z0-9]{60,120}", "xai-"),
    )
    return (
        *shapes,
        *(_Shape(kind, re.compile(expression), guard, _enough) for kind, expression, guard in own),
    )


def _valid(kind: str) -> Callable[[str], bool]:
    if kind == "json_web_token":
        from detect_secrets.plugins.jwt import JwtTokenDetector

        return JwtTokenDetector.is_formally_valid
    return _not_templated if kind == "password_in_url" else _enough


def _enough(value: str) -> bool:
    return entropy(value) >= _LEAST_ENTROPY or len(value) < _SHORTEST * 2


def _not_templated(value: str) -> bool:
    from detect_secrets.filters import heuristic

    return not heuristic.is_templated_secret(value) and not heuristic.is_prefixed_with_dollar_sign(value)
