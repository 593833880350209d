"""Which texts may hold a likely secret: one expression that says no, at hundreds of megabytes a second, to most.

It matches wherever an expression of core.sources.secret_text does, and in some texts more. The library those are from
takes a tenth of a second to import; so they are repeated here, as RE2 writes them, and a test holds the two together.

Before it comes a rough one, which matches wherever it does and is up to thirty times as fast: RE2 has a state for each
way in which a text can stand inside long runs of letters and digits, and of code and base64 too many to keep.
"""

from __future__ import annotations

from typing import Any

from core.expressions import compiled

WORDS = ("passw", "pwd", "passphrase", "secret", "token", "api_key", "api-key", "apikey", "access_key", "access-key",
         "accesskey", "auth_key", "authkey", "private_key", "privatekey", "account_key", "accountkey")  # fmt: skip
"""What a name has in it to which a secret is assigned."""

SHAPES = (
    r"(?:(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16})",
    r"""(?i:aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}?[\'\"]([0-9a-zA-Z/+]{40})[\'\"])""",
    r"(?:AccountKey=[a-zA-Z0-9+\/=]{88})",
    r"(?:://[^:/\?\#\[\]@!\$\&'\(\)\*\+,;=\s]+:([^:/\?\#\[\]@!\$\&'\(\)\*\+,;=\s]+)@)",
    r"(?:[MNO][a-zA-Z\d_-]{23,25}\.[a-zA-Z\d_-]{6}\.[a-zA-Z\d_-]{27})",
    r"(?:(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9_]{36})",
    r"(?:(glpat|gldt|glft|glsoat|glrt)-[A-Za-z0-9_\-]{20,50})",
    r"(?:GR1348941[A-Za-z0-9_\-]{20,50})",
    r"(?:glcbt-([0-9a-fA-F]{2}_)?[A-Za-z0-9_\-]{20,50})",
    r"(?:glimt-[A-Za-z0-9_\-]{25})",
    r"(?:glptt-[A-Za-z0-9_\-]{40})",
    r"(?:glagent-[A-Za-z0-9_\-]{50,})",
    r"(?:gloas-[A-Za-z0-9_\-]{64})",
    r"(?:eyJ[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+\.?[A-Za-z0-9-_.+/=]*?)",
    r"(?:[0-9a-z]{32}-us[0-9]{1,2})",
    r"(?:\/\/.+\/:_authToken=\s*((npm_.+)|([A-Fa-f0-9-]{36})).*)",
    r"(?:sk-[A-Za-z0-9-_]*[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})",
    r"(?:BEGIN DSA PRIVATE KEY)",
    r"(?:BEGIN EC PRIVATE KEY)",
    r"(?:BEGIN OPENSSH PRIVATE KEY)",
    r"(?:BEGIN PGP PRIVATE KEY BLOCK)",
    r"(?:BEGIN PRIVATE KEY)",
    r"(?:BEGIN RSA PRIVATE KEY)",
    r"(?:BEGIN SSH2 ENCRYPTED PRIVATE KEY)",
    r"(?:PuTTY-User-Key-File-2)",
    r"(?:pypi-AgEIcHlwaS5vcmc[A-Za-z0-9-_]{70,})",
    r"(?:pypi-AgENdGVzdC5weXBpLm9yZw[A-Za-z0-9-_]{70,})",
    r"(?:SG\.[a-zA-Z0-9_-]{22}\.[a-zA-Z0-9_-]{43})",
    r"(?i:xox(?:a|b|p|o|s|r)-(?:\d+-)+[a-z0-9]+)",
    r"(?i:https://hooks\.slack\.com/services/T[a-zA-Z0-9_]+/B[a-zA-Z0-9_]+/[a-zA-Z0-9_]+)",
    r"(?:sq0csp-[0-9A-Za-z\\\-_]{43})",
    r"(?:(?:r|s)k_live_[0-9a-zA-Z]{24})",
    r"(?:\d{8,10}:[0-9A-Za-z_-]{35})",
    r"(?:AC[a-z0-9]{32})",
    r"(?:SK[a-z0-9]{32})",
    r"(?:sk-ant-[A-Za-z0-9_-]{20,200})",
    r"(?:sk-or-v1-[0-9a-f]{32,128})",
    r"(?:AIza[0-9A-Za-z_-]{35})",
    r"(?:hf_[A-Za-z]{34})",
    r"(?:github_pat_[0-9A-Za-z_]{40,255})",
    r"(?:xai-[A-Za-z0-9]{60,120})",
)
_ASSIGNED = (
    rf"(?i:{'|'.join(WORDS)})[\pL\pN\pM_]*(?:-key)?[\\\"'`\])]*[ \t]*(?::=|=>|={{1,3}}|:)[ \t]*"
    r"\\?[\"'`]?[^\s\\\"'`,;<>(){}\[\]|]{8}"
)
ROUGH_SHAPES = {
    r"(?:[MNO][a-zA-Z\d_-]{23,25}\.[a-zA-Z\d_-]{6}\.[a-zA-Z\d_-]{27})": r"(?:\.[a-zA-Z\d_-]{6}\.[a-zA-Z\d_-]{12})",
    r"(?:[0-9a-z]{32}-us[0-9]{1,2})": r"(?:[0-9a-z]-us[0-9])",
    r"(?:sk-[A-Za-z0-9-_]*[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})": r"(?:T3BlbkFJ)",
    r"(?:\d{8,10}:[0-9A-Za-z_-]{35})": r"(?:\d{8}:[0-9A-Za-z_-]{12})",
    r"(?:AC[a-z0-9]{32})": r"(?:AC[a-z0-9]{8})",
    r"(?:SK[a-z0-9]{32})": r"(?:SK[a-z0-9]{8})",
}
"""A part of each shape that is most of the work."""
PATTERN = "|".join((*SHAPES, _ASSIGNED))
"""The expression, for RE2."""
ROUGH = "|".join((*(ROUGH_SHAPES.get(shape, shape) for shape in SHAPES), _ASSIGNED))
"""The rough one."""


def may_hold(data: bytes) -> bool:
    """Whether a likely secret may stand in a text (UTF-8)."""
    return compiled(ROUGH).search(data) is not None and screen().search(data) is not None


def screen() -> Any:
    """The compiled expression."""
    return compiled(PATTERN)
