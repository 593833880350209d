"""What an error means for an upload: it is to blame for good, or something else is and it is tried again.

An upload that is malformed is quarantined and not looked at again until this program is another version or a person
asks. A store that is away, a full disk or a busy computer is nobody's fault but the moment's. What can be either (a
reader that dies, a read that takes too long) counts as the moment's a few times.
"""

from __future__ import annotations

from core import __version__
from core.database import DatabaseError
from core.errors import CogzyError, DamageError, RefusedError
from core.storage import NotFoundError, StorageError, TooLargeError

VERSION = __version__
MOST_TRIES = 3
_PERHAPS = frozenset({"database.reader_died", "database.timeout", "database.out_of_memory", "storage.not_found"})
_MOMENT = frozenset({"database.disk_full"})
_OF_THE_HUB = ("akosha.data_", "akosha.store_", "akosha.index")


class IngestError(CogzyError):
    """An upload could not be taken in for a reason that nobody foresaw."""


def blames_upload(error: CogzyError, tries: int) -> bool:
    """Whether `error`, met for the `tries`-th time, is the upload's own."""
    if error.code.startswith(_OF_THE_HUB):
        return False
    if error.code in _PERHAPS:
        return tries >= MOST_TRIES
    if isinstance(error, TooLargeError | IngestError):
        return True
    return isinstance(error, DamageError | RefusedError | DatabaseError) and error.code not in _MOMENT


def blames_source(error: CogzyError) -> bool:
    """Whether the store could not be used, so that nothing else will work either."""
    return isinstance(error, StorageError) and not isinstance(error, NotFoundError | TooLargeError)
