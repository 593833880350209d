"""Sentences of core.akosha.ingest: why an upload was not taken in, and what helps."""

_ASIDE = "It was put aside; later uploads of this computer still come in. "
_AGAIN = _ASIDE + "Sync that computer once more (cogzy sync --full): its next upload brings everything again."

MESSAGES = {
    "akosha.ingest_encrypted": (
        "An upload is encrypted, and the hub has no key for it",
        "It belongs to the encrypted vault {vault_id}.",
        "Nothing is lost. To search it here, give the hub that vault's key with: akosha key add {vault_id}",
    ),
    "akosha.ingest_key_fails": (
        "The hub's key does not open an encrypted vault",
        "Vault {vault_id}: {reason}",
        "Check the key with: akosha key list, or add the right one with: akosha key add {vault_id}",
    ),
    "akosha.ingest_not_encrypted": (
        "An upload in clear stands in an encrypted vault",
        "Vault {vault_id} is encrypted; this upload is not, so somebody else may have put it there.",
        _ASIDE + "Find out who can write to the bucket.",
    ),
    "akosha.ingest_no_format": (
        "An encrypted vault has lost its description",
        "There is no format.json for vault {vault_id} in the bucket, so its key cannot be checked.",
        "Sync that computer once more: it writes the description again.",
    ),
    "akosha.ingest_damaged": (
        "An upload is damaged in the bucket",
        "{path}: {reason}",
        _AGAIN,
    ),
    "akosha.ingest_tables_too_large": (
        "An upload is larger than any real one",
        "The tables of upload {upload_id} have more bytes than the hub reads.",
        _ASIDE + "If this is really your memory, tell us about it.",
    ),
    "akosha.ingest_too_large": (
        "An upload is larger than the hub has room for",
        "{name} needs {bytes} bytes; the hub uses at most {limit}.",
        _ASIDE + "If this is really your memory, give the hub's data folder a larger disk and tell us about it.",
    ),
    "akosha.ingest_bad_file": (
        "A file of an upload is not what it should be",
        "{name}: {problem}.",
        _AGAIN,
    ),
    "akosha.ingest_misaligned": (
        "Memories and their vectors do not fit together",
        "{name} does not have as many records as there are vectors ({vectors}).",
        _ASIDE + "Run cogzy check on that computer, then sync it once more.",
    ),
    "akosha.ingest_bad_name": (
        "An upload names a file that could lead out of its folder",
        "{where} names {name}.",
        _ASIDE + "Find out which program wrote it.",
    ),
    "akosha.ingest_file_missing": (
        "A file of an upload is missing",
        "Upload {upload_id} names {name}, which is not there.",
        _AGAIN,
    ),
    "akosha.ingest_compression": (
        "A file of an upload is packed in a way that the hub does not know",
        "{name} is packed with {compression}; the hub reads gzip and zstd.",
        _ASIDE + "Let that computer pack with gzip or zstd, or not at all.",
    ),
    "akosha.ingest_other_key": (
        "The rows of a table are not told apart by their id",
        "{name} uses another key.",
        "Nothing to do: the whole database is read instead of its changes.",
    ),
    "akosha.ingest_superseded": (
        "A newer upload was taken in instead",
        "Upload {by} holds all that this one held.",
        "Nothing to do.",
    ),
    "akosha.ingest_gone": (
        "An upload that was put aside is gone from the bucket",
        "Somebody deleted it there.",
        "Nothing to do.",
    ),
    "akosha.ingest_no_memories": (
        "An upload holds nothing that the hub knows",
        "There is neither a database of memories nor a memories.json in it.",
        "Nothing to do.",
    ),
    "akosha.ingest_unread": (
        "A database in an upload could not be looked into",
        "{path} was too new for its own computer, or encrypted by the program that owns it ({count} such files).",
        "The rest of the upload came in. Update Cogzy on that computer and sync it once more.",
    ),
    "akosha.ingest_failed": (
        "An upload could not be taken in",
        "{reason}",
        _ASIDE + "The hub's log has the details; please tell us about it.",
    ),
    "akosha.ingest_round_failed": (
        "Uploads could not be looked at",
        "{reason}",
        "It is tried again by itself. The hub's log has the details; please tell us about it.",
    ),
    "akosha.bad_vault_id": (
        "This is no vault id",
        "{vault_id} is not 32 digits of 0-9 and a-f.",
        "Run cogzy config get vault_id on the computer with the vault, and use what it prints.",
    ),
    "akosha.bad_vault_key": (
        "This is no key of a vault",
        "A vault's key has {size} bytes.",
        "Give the passphrase or the recovery key of the vault; the hub finds the key by it.",
    ),
    "akosha.keys_damaged": (
        "The hub's file of vault keys is damaged",
        "{path} cannot be read as what it should be.",
        "Move it away, and add the keys again with: akosha key add",
    ),
}
