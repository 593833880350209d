"""What can go wrong with a store, in the project's own words. HTTP codes and errno values stop here.

    CogzyError
    └── StorageError            `retryable`: the same call may succeed a little later
        ├── UnreachableError        no connection, cut connection, no answer in time, bad certificate
        ├── AccessError             keys, rights, clock, bucket or folder: trying again changes nothing
        ├── ThrottledError          asked to slow down; `retry_after` seconds when the server said so
        ├── ServerError             5xx, or an answer that is not S3
        ├── NotFoundError           the object is not there
        ├── AlreadyExistsError      a create-only put met an object
        └── TooLargeError           the object is larger than the caller allows

Credentials are blamed only when a server that answered in S3's own words said so.
"""

from __future__ import annotations

from core.errors import CogzyError, Param


class StorageError(CogzyError):
    """A store refused or failed."""

    retryable: bool = False


class UnreachableError(StorageError):
    """There was no whole answer: no connection, a cut one, silence, or a certificate that proves nothing."""

    def __init__(self, code: str, *, retryable: bool = True, **params: Param) -> None:
        super().__init__(code, **params)
        self.retryable = retryable


class AccessError(StorageError):
    """The store is there but cannot be used like this."""


class ThrottledError(StorageError):
    """The store asks for a slower pace."""

    retryable: bool = True

    def __init__(self, code: str, *, retry_after: float | None = None, **params: Param) -> None:
        super().__init__(code, **params)
        self.retry_after = retry_after


class ServerError(StorageError):
    """The server failed, or what answered is not an S3 server."""

    def __init__(self, code: str, *, retryable: bool = True, **params: Param) -> None:
        super().__init__(code, **params)
        self.retryable = retryable


class NotFoundError(StorageError):
    """The object is not there."""


class AlreadyExistsError(StorageError):
    """A create-only put found an object of that name."""


class TooLargeError(StorageError):
    """The object is larger than the caller is ready to take."""
