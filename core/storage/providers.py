"""What differs between S3 providers, as data.

Only what must be known before the first request stands here; what a server honours is learnt by probe.py.
"""

from __future__ import annotations

import re

_REGIONS: tuple[tuple[str, str], ...] = (
    # (host pattern whose group is the region that signatures must name)
    (r"s3[.-]([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?", r"\1"),
    (r".+\.r2\.cloudflarestorage\.com", "auto"),
    (r"s3\.([a-z0-9-]+)\.backblazeb2\.com", r"\1"),
    (r"s3\.([a-z0-9-]+)\.wasabisys\.com", r"\1"),
    (r"([a-z0-9]+)\.digitaloceanspaces\.com", r"\1"),
    (r"s3\.([a-z-]+)\.scw\.cloud", r"\1"),
    (r"s3\.([a-z0-9-]+)\.(?:io|perf)\.cloud\.ovh\.[a-z]+", r"\1"),
    (r"([a-z0-9]+)\.your-objectstorage\.com", r"\1"),
    (r"s3\.([a-z0-9-]+)\.cloud-object-storage\.appdomain\.cloud", r"\1"),
    (r".+\.compat\.objectstorage\.([a-z0-9-]+)\.oraclecloud\.com", r"\1"),
    (r"([a-z0-9-]+)\.linodeobjects\.com", r"\1"),
    (r"storage\.googleapis\.com", "auto"),
)

DEFAULT_REGION = "us-east-1"
"""What a server without regions expects, and what Amazon answers with the right name to."""


def signing_region(host: str, configured: str) -> str:
    """The region to sign for: the configured one, or for "auto" the one that the host name tells."""
    if configured not in ("", "auto"):
        return configured
    for pattern, region in _REGIONS:
        if found := re.fullmatch(pattern, host):
            return found.expand(region)
    return DEFAULT_REGION
