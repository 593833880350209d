"""The one place where answers of S3 servers and failures of the network become StorageErrors.

Imports botocore and aiohttp: only s3.py does so, once its client is there.

The rule behind the table: keys are blamed only by an answer in S3's own XML (or by a bare HEAD status, which has no
body). A page of HTML, whatever its status, came from something else: a captive portal, a proxy, a wrong address.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import aiohttp
from botocore import exceptions as boto  # type: ignore[import-untyped]

from core.errors import Param
from core.storage.clock import MOST_SKEW_SECONDS
from core.storage.errors import (
    AccessError,
    AlreadyExistsError,
    NotFoundError,
    ServerError,
    StorageError,
    ThrottledError,
    UnreachableError,
)
from core.storage.location import StoreLocation
from core.storage.retry import retry_after

FOREIGN = (boto.ClientError, boto.BotoCoreError, aiohttp.ClientError, OSError)
"""Every exception that a call of the client can end with, cancellation apart."""

_NETWORK = (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError, OSError, type(None))

_WRONG_KEY = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "AuthFailure"}
_SKEWED = {"RequestTimeTooSkewed", "RequestExpired"}
_DAMAGED = {"BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "InvalidDigest", "IncompleteBody"}
_FULL = {"QuotaExceeded", "XMinioStorageFull", "StorageFull", "InsufficientStorage", "InsufficientCapacity"}
_REGION = {"AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraint"}
_WRITES = {"put", "delete"}


def translate(error: Exception, operation: str, key: str, location: StoreLocation, skew: float | None) -> StorageError:
    """What `error`, which ended `operation` on `key`, means. `skew` is our clock minus the server's, if known."""
    if isinstance(error, boto.ClientError):
        return _refusal(error.response, operation, key, location, skew)
    inner = _inner(error)
    if isinstance(inner, StorageError):
        return inner
    host = location.host
    reason = _reason(error)
    if isinstance(error, boto.SSLError | aiohttp.ClientSSLError):
        return UnreachableError("storage.tls", retryable=False, host=host, reason=reason)
    if isinstance(error, boto.ConnectTimeoutError | boto.ReadTimeoutError | TimeoutError):
        return UnreachableError("storage.timeout", host=host, operation=operation)
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return AccessError("storage.no_keys")
    if isinstance(error, boto.HTTPClientError) and not isinstance(inner, _NETWORK):
        raise error  # aiobotocore wraps whatever happens; this is a fault of the program
    broken = isinstance(inner, aiohttp.ClientResponseError | aiohttp.http_exceptions.HttpProcessingError)
    if broken or type(error).__name__ == "ResponseParserError":
        return ServerError("storage.bad_answer", host=host, reason=reason)
    return UnreachableError("storage.unreachable", host=host, reason=reason)


def _refusal(
    answer: Mapping[str, Any], operation: str, key: str, location: StoreLocation, skew: float | None
) -> StorageError:
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    headers: Mapping[str, str] = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    code, message = (str(answer.get("Error", {}).get(name) or "") for name in ("Code", "Message"))
    spoken = bool(code) and not code.isdigit()
    if code in ("301", "302", "307", "308") and "location" in headers:
        spoken = False
    params: dict[str, Param] = {"host": location.host, "bucket": location.bucket, "status": status}
    detail = f"{code}: {message}".strip(": ") or str(status)

    if status == 500 and not spoken and headers.get("content-type", "").startswith("text/html"):
        # botocore turns a 200 whose body is no XML into a 500
        return ServerError("storage.bad_answer", host=location.host, reason="a page of HTML")
    if status >= 500 or status == 429 or code in ("SlowDown", "RequestTimeout", "Throttling", "TooManyRequests"):
        return _server_trouble(status, code, headers, params, detail)
    if code == "PreconditionFailed" or status == 412:
        return AlreadyExistsError("storage.exists", key=key)
    if code in _DAMAGED:
        return ServerError("storage.damaged_on_the_way", retryable=True, **params)
    if status == 409:
        return ServerError("storage.server_error", retryable=True, **params, detail=detail)
    if not spoken and operation != "head":
        if location.bucket_in_endpoint or status == 404:
            return AccessError("storage.wrong_endpoint", endpoint=location.endpoint, bucket=location.bucket)
        return ServerError("storage.bad_answer", host=location.host, reason=detail)
    return _spoken_refusal(status, code, operation, key, location, skew, params, detail)


def _server_trouble(
    status: int, code: str, headers: Mapping[str, str], params: dict[str, Param], detail: str
) -> StorageError:
    if code == "RequestTimeout":
        return UnreachableError("storage.timeout", host=params["host"], operation="put")
    if code in _FULL or status == 507:
        return AccessError("storage.bucket_full", **params)
    wait = retry_after(headers)
    if status == 429 or wait is not None or code in ("SlowDown", "Throttling", "TooManyRequests"):
        return ThrottledError("storage.throttled", retry_after=wait, **params, seconds=wait)
    return ServerError("storage.server_error", retryable=status != 501, **params, detail=detail)


def _spoken_refusal(
    status: int,
    code: str,
    operation: str,
    key: str,
    location: StoreLocation,
    skew: float | None,
    params: dict[str, Param],
    detail: str,
) -> StorageError:
    denied = status in (401, 403)
    if code in _SKEWED or (denied and skew is not None and abs(skew) > MOST_SKEW_SECONDS):
        minutes = None if skew is None else round(abs(skew) / 60)
        return AccessError("storage.clock_skewed", host=location.host, minutes=minutes)
    if code in _FULL:
        return AccessError("storage.bucket_full", **params)
    if code in _WRONG_KEY or status == 401:
        return AccessError("storage.key_refused", **params, detail=detail)
    of_bucket = operation in ("put", "list") or code != "NoSuchKey"
    if location.bucket_in_endpoint and of_bucket and (denied or status in (400, 404)):
        return AccessError("storage.wrong_endpoint", endpoint=location.endpoint, bucket=location.bucket)
    if denied:
        return AccessError("storage.read_only" if operation in _WRITES else "storage.bucket_refused", **params)
    if code in ("NoSuchBucket", "InvalidBucketName") or (status == 404 and operation in ("put", "list")):
        return AccessError("storage.no_such_bucket", **params)
    if status == 404:
        return NotFoundError("storage.not_found", key=key)
    if 300 <= status < 400 or code in _REGION:
        return AccessError("storage.wrong_region", host=location.host, region=location.region, detail=detail)
    return AccessError("storage.refused", **params, detail=detail)


def _inner(error: Exception) -> object:
    return error.kwargs.get("error") if isinstance(error, boto.BotoCoreError) else error


def _reason(error: Exception) -> str:
    inner = _inner(error)
    if isinstance(inner, aiohttp.ClientConnectorError) and not isinstance(inner, aiohttp.ClientSSLError):
        cause = inner.os_error  # aiohttp's own words: "ssl:default [Connect call failed (...)]"
        return os.strerror(cause.errno) if cause.errno and cause.errno > 0 else cause.strerror or str(cause)
    text = str(inner) if isinstance(inner, Exception) else str(error)
    return (text or type(inner).__name__)[:200]
