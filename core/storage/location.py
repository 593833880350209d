"""Where a store is: an S3 endpoint with bucket and prefix, or a folder given as a `file:///…` endpoint.

Pure: nothing here touches disk or network. What is known about a remote is keyed by `identity`, so two spellings of
the same place must give the same identity.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from core.storage.errors import AccessError

_STRANGE = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_LONGEST_KEY = 1000
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class StoreLocation:
    """An empty endpoint means Amazon S3 itself."""

    endpoint: str = ""
    bucket: str = ""
    region: str = "auto"
    prefix: str = ""

    @property
    def is_folder(self) -> bool:
        """True for a directory, network share or USB disk."""
        return self.endpoint.lower().startswith("file:")

    @property
    def folder(self) -> Path:
        """The directory of a folder store; the bucket, when given, is a sub-folder. Raises AccessError."""
        path = _local_path(self.endpoint)
        if not self.is_folder or not Path(path).is_absolute() or self.bucket in (".", "..") or "/" in self.bucket:
            raise AccessError("storage.bad_location", endpoint=self.endpoint, bucket=self.bucket)
        return Path(path) / self.bucket

    @property
    def key_prefix(self) -> str:
        """The prefix as it stands before every key: empty, or without a leading and with one trailing slash."""
        parts = [part for part in self.prefix.split("/") if part]
        return "/".join([*parts, ""]) if parts else ""

    @property
    def host(self) -> str:
        """Host name of the endpoint, in lower case; Amazon's when there is none."""
        return self._url.hostname or "s3.amazonaws.com"

    @property
    def port(self) -> int:
        """TCP port of the endpoint."""
        return self._url.port or _PORTS.get(self._url.scheme, 443)

    @property
    def is_tls(self) -> bool:
        """True when the way there is encrypted."""
        return self._url.scheme != "http"

    @property
    def identity(self) -> str:
        """`endpoint|bucket|prefix` in one spelling: the region and a trailing slash do not make another place."""
        prefix = self.key_prefix.rstrip("/")
        if self.is_folder:
            return f"{self.folder.as_uri()}||{prefix}"
        url = self._url
        port = f":{url.port}" if url.port not in (None, _PORTS.get(url.scheme)) else ""
        path = url.path.rstrip("/")
        return f"{url.scheme}://{self.host}{port}{path}|{self.bucket}|{prefix}"

    @property
    def url(self) -> str:
        """The endpoint as clients want it: with a scheme and without a trailing slash; empty for Amazon."""
        return f"{self._url.scheme}://{self._url.netloc}{self._url.path.rstrip('/')}" if self.endpoint.strip() else ""

    @property
    def _url(self) -> SplitResult:
        text = self.endpoint.strip()
        if not text:
            text = "https://s3.amazonaws.com"
        return urlsplit(text if "://" in text else f"https://{text}")

    @property
    def bucket_in_endpoint(self) -> bool:
        """True when the bucket's name was pasted into the endpoint too, so that it would be named twice."""
        path = self._url.path.strip("/").split("/")
        return bool(self.bucket) and (self.host.startswith(f"{self.bucket.lower()}.") or self.bucket in path)


def _local_path(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    share = f"//{parts.netloc}" if parts.netloc not in ("", "localhost") else ""
    if sys.platform == "win32":
        from urllib.request import url2pathname  # 20 ms

        return url2pathname(share + parts.path)
    return unquote(share + parts.path)


def check(location: StoreLocation) -> None:
    """Raise AccessError for a location that cannot work or would send secrets in clear."""
    if location.is_folder:
        _ = location.folder
        return
    try:
        scheme, port = location._url.scheme, location._url.port
    except ValueError:
        raise AccessError("storage.bad_location", endpoint=location.endpoint, bucket=location.bucket) from None
    bad_bucket = not location.bucket or any(c in location.bucket for c in "/\\?#% \0")
    if scheme not in _PORTS or port == 0 or not location._url.hostname or bad_bucket:
        raise AccessError("storage.bad_location", endpoint=location.endpoint, bucket=location.bucket)
    if scheme == "http" and not is_loopback(location.host):
        raise AccessError("storage.plain_http", endpoint=location.endpoint)


def is_loopback(host: str) -> bool:
    """True for names and addresses that cannot leave this computer. (`localhost.` may be asked of a name server.)"""
    host = host.lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_key(key: str) -> str:
    """Return `key` when it is a plain relative path. Raises AccessError for one that could lead elsewhere."""
    if not is_key(key):
        raise AccessError("storage.bad_key", key=key)
    return key


def is_key(key: str) -> bool:
    """True for a plain relative path that every kind of store can hold."""
    if not key or _STRANGE.search(key) or len(key.encode("utf-8", "surrogatepass")) > _LONGEST_KEY:
        return False
    return not any(part in ("", ".", "..") for part in key.split("/"))
