"""Sentences of core.akosha.store."""

_KEPT = "Nothing was changed or replaced."
_GATHER_AGAIN = (
    "Stop the hub and put that folder back from a backup. Without one, move the whole folder away and start "
    "the hub again: it gathers from the bucket and from its systems what they still have."
)

MESSAGES = {
    "akosha.data_in_use": (
        "The hub's data is in use",
        "Another hub (process {pid}) is working with {path}.",
        "Ask that hub, or stop it first.",
    ),
    "akosha.no_locks": (
        "This folder cannot hold the hub's data",
        "The file system of {path} has no file locks ({reason}), so two programs could write at once.",
        "Choose a folder on a local disk with --data.",
    ),
    "akosha.data_damaged": (
        "The hub's data is damaged",
        "{path} cannot be read: {reason}. " + _KEPT,
        _GATHER_AGAIN,
    ),
    "akosha.data_missing": (
        "A file of the hub's data is gone",
        "{path} was there before. " + _KEPT,
        _GATHER_AGAIN,
    ),
    "akosha.data_newer": (
        "The hub's data was written by a newer version",
        "{path} is in a form that this version does not know ({reason}). " + _KEPT,
        "Update Cogzy on the computer of the hub.",
    ),
    "akosha.data_full": (
        "The hub's disk is full",
        "There was no room left below {path}. What was acknowledged before is safe.",
        "Free some space on that disk; what was refused can then be sent again.",
    ),
    "akosha.data_failed": (
        "The hub could not work with its data",
        "{path}: {reason}",
        "Try again. If it stays so, restart the hub; what was acknowledged is safe.",
    ),
    "akosha.data_too_large": (
        "There is not enough memory for this",
        "Working with {path} took more than the hub allows itself ({limit}).",
        "Send fewer or smaller memories at once. What was acknowledged before is safe.",
    ),
    "akosha.shard_files_differ": (
        "The hub's data is laid out in another way",
        "{path} was made with {there} files; now {wanted} are asked for.",
        "Set AKOSHA_SHARD_FILES={there} where the hub is started: the number is fixed once there are memories. "
        "To have another, choose an empty folder with --data, and let the hub gather everything anew.",
    ),
    "akosha.bad_shard_files": (
        "The hub cannot have so many shard files",
        "{wanted} were asked for.",
        "Choose a number from 1 to 256.",
    ),
    "akosha.bad_system_id": (
        "This is no name for a system",
        "A system's id has 1 to 128 characters and no control characters.",
        "Correct the system's id where it is set, and send again.",
    ),
    "akosha.store_closed": (
        "The hub is stopping",
        "It takes no more memories.",
        "Try again when it runs again; what was acknowledged is safe.",
    ),
}
