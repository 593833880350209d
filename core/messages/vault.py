"""Sentences of core.vault."""

_KEPT = "Nothing was deleted; it is kept as {kept}."
_BRING_BACK = (
    "`cogzy reset --from-cloud` brings back the last upload; `cogzy check` lists everything that is damaged. "
    "Everything else in the vault still works."
)

MESSAGES = {
    "vault.missing": (
        "A file of the vault is missing",
        "{path} was there when it was last saved and is gone now.",
        _BRING_BACK,
    ),
    "vault.unreadable": (
        "A file of the vault is damaged",
        "{path} cannot be read. " + _KEPT,
        _BRING_BACK,
    ),
    "vault.hash_differs": (
        "A file of the vault has changed by itself",
        "{path} has other bytes than those that were saved, though nobody wrote it: the disk may be failing. " + _KEPT,
        "Check that disk. " + _BRING_BACK,
    ),
    "vault.derived_damaged": (
        "A file that is made from your memories is damaged",
        "{path} cannot be used. No memory is lost with it. " + _KEPT,
        "Nothing to do: it is made again by itself; `cogzy import --embed` makes it again now.",
    ),
    "vault.misaligned": (
        "Vectors do not belong to their records",
        "{path} has another number of rows than there are records. " + _KEPT,
        "The records are whole. Their vectors can be made again, or brought back by `cogzy reset --from-cloud`.",
    ),
    "vault.manifest_damaged": (
        "The vault's list of its own files is damaged",
        "{path} cannot be read. " + _KEPT,
        "The files were taken as they are. Look through your memory; if something is missing, "
        "`cogzy reset --from-cloud` brings back the last upload.",
    ),
    "vault.newer": (
        "This vault was last used by a newer Cogzy",
        "Its files are described in version {version}, which this Cogzy does not know.",
        "Update Cogzy on this computer; nothing was touched.",
    ),
    "vault.resetting": (
        "A reset of this vault was interrupted",
        "Its files are just being exchanged for those of the cloud's copy.",
        "Start Cogzy or run `cogzy sync`: it ends the reset first. Nothing is lost.",
    ),
    "vault.journal_damaged": (
        "A change to the vault was interrupted and its record is damaged",
        "{path} cannot be read. " + _KEPT,
        "The vault is as it was before that change. The files that were being saved are kept beside their originals.",
    ),
    "vault.unfinished": (
        "A change to the vault could not be ended",
        "{path} could not be replaced ({reason}). The change is safe on the disk.",
        "Close programs that have this file open; the change is ended when the vault is opened next.",
    ),
    "vault.owned": (
        "This vault is in use",
        "Another Cogzy ({kind}, process {pid}) is working with it.",
        "Wait until it is done, or quit it.",
    ),
    "vault.busy": (
        "The vault is being written",
        "Another program has been writing to {path} for a long time.",
        "Try again in a moment.",
    ),
    "vault.no_locks": (
        "This folder cannot hold a vault",
        "The file system of {path} has no file locks ({reason}), so two programs could write at once.",
        "Choose a folder on a local disk.",
    ),
    "vault.not_a_record": (
        "Something to be saved is not a record",
        "Item {index} is not an object with text keys: {seen}",
        "Check the program or the export that it came from; nothing was saved.",
    ),
    "vault.not_json": (
        "Something to be saved cannot be saved as JSON",
        "{reason}",
        "Check the program that it came from; nothing was saved.",
    ),
    "vault.not_vectors": (
        "Something to be saved is not a table of vectors",
        "It has to be one row of finite numbers for each record; this is {reason}.",
        "Check the program that made the embeddings; nothing was saved.",
    ),
    "vault.rows_differ": (
        "Vectors and records differ in number",
        "{rows} rows for {path} do not fit {records} records.",
        "Save records and their vectors together; nothing was saved.",
    ),
    "vault.width_differs": (
        "These vectors are of another model",
        "They have {width} numbers each; those that are there ({path}) have {expected}.",
        "Make all vectors again with one model; nothing was saved.",
    ),
    "vault.not_a_hash": (
        "This is no hash of a text",
        "{seen!r} is not a hexadecimal hash.",
        "Check the program that asked for it.",
    ),
    "vault.no_such_trace": (
        "There is no such reasoning trace",
        "Nothing is kept under {name!r}.",
        "List the traces and choose one of them.",
    ),
    "vault.not_damaged": (
        "This file is not damaged",
        "Nothing is known to be wrong with {path}.",
        "`cogzy check` lists what is damaged.",
    ),
    "vault.no_engine": (
        "The vault is not connected to a cloud here",
        "It was opened without an engine that could sync it.",
        "Use `cogzy sync` or `cogzy reset --from-cloud`.",
    ),
    "vault.nothing_to_migrate": (
        "There is no memory to take over",
        "{path} holds neither nodes nor episodes.",
        "Choose the folder that contains the folder `corpus`.",
    ),
    "vault.not_empty": (
        "The vault is not empty",
        "{path} already holds memory, and taking over another vault would mix the two.",
        "Choose an empty vault with --vault, or import the other memory.",
    ),
    "vault.source_changing": (
        "The old vault is in use",
        "{path} changed while it was being copied.",
        "Close the program that writes it, and try again; nothing was taken over.",
    ),
}
