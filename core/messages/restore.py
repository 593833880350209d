"""Sentences of reading the cloud back: uploads, restore, verify, reset."""

_OTHER = "Choose another upload: `cogzy uploads` lists them, and `cogzy verify` says which are whole."

MESSAGES = {
    "uploads.none": (
        "There is no upload yet",
        "This bucket or folder holds no upload of this vault ({vault_id}).",
        "Sync first, or check in the settings that bucket and prefix are the right ones.",
    ),
    "uploads.gone": (
        "An upload is gone",
        "{upload_id}, which this computer had sent, is not in the bucket or folder any more.",
        "`cogzy sync` sends again what is still on this computer. Find out who deleted it.",
    ),
    "uploads.no_such": (
        "There is no such upload",
        "No upload named {upload_id} is in this bucket or folder.",
        "`cogzy uploads` lists the ones that are there.",
    ),
    "uploads.other_vault": (
        "That upload belongs to another vault",
        "{upload_id} is of the vault {vault_id}, not of the one on this computer.",
        "To use it here, set this computer up anew and choose that vault.",
    ),
    "uploads.encrypted": (
        "That upload is encrypted",
        "{upload_id} can only be read with its passphrase or recovery key.",
        "Give the passphrase: `cogzy credentials set passphrase`.",
    ),
    "uploads.not_encrypted": (
        "An upload is not encrypted although this vault is",
        "{upload_id} stands in the bucket in clear. Somebody may have put it there in place of yours.",
        "Nothing of it was used. Choose an upload of before, and check who can write to the bucket.",
    ),
    "uploads.table_missing": (
        "A part of an upload is missing",
        "The file table of {upload_id} is not in the bucket any more.",
        _OTHER,
    ),
    "uploads.table_grown": (
        "A part of an upload is damaged",
        "The file table of {upload_id} is larger than the {expected} bytes that were written.",
        _OTHER,
    ),
    "uploads.table_misplaced": (
        "A part of an upload does not belong to it",
        "The file table of {upload_id} is of another vault.",
        _OTHER,
    ),
    "uploads.path_twice": (
        "An upload names a file twice",
        "The file table of {upload_id} has two entries for {path!r}.",
        _OTHER,
    ),
    "restore.no_such_file": (
        "That file is not in the upload",
        "The upload holds nothing named {path!r}.",
        "`cogzy uploads UPLOAD_ID` and the snapshots page list what is in an upload.",
    ),
    "restore.damaged": (
        "A file cannot be brought back",
        "{path} is damaged in this upload. {reason}",
        f"The other files can be restored one by one with --file. {_OTHER}",
    ),
    "restore.piece_unknown": (
        "A piece of the data is missing",
        "The upload does not say where piece {piece} is.",
        _OTHER,
    ),
    "restore.pack_missing": (
        "A part of the data is missing",
        "The pack {pack} is not in the bucket any more.",
        _OTHER,
    ),
    "restore.wrong_size": (
        "A file came out with the wrong size",
        "Its pieces make {found} bytes where {expected} were uploaded.",
        _OTHER,
    ),
    "restore.wrong_hash": (
        "A file came out different from what was uploaded",
        "Its SHA-256 is {found}, expected was {expected}.",
        _OTHER,
    ),
    "restore.path_twice": (
        "Two files of an upload claim the same name",
        "{path} would be written twice.",
        "Restore them one by one with --file into different folders.",
    ),
    "restore.paths_differ_in_case": (
        "Two files differ only in upper and lower case",
        "{path} and {other} are the same name on this disk.",
        "Restore them one by one with --file into different folders.",
    ),
    "restore.would_overwrite": (
        "A file is already there",
        "{path} exists in the target folder with other content ({count} files in all).",
        "Choose an empty folder, or move those files away first. Nothing was changed.",
    ),
    "restore.not_a_folder": (
        "That is not a folder",
        "{path} cannot take the restored files.",
        "Choose a folder; it is made when it does not exist.",
    ),
    "restore.running": (
        "Another restore is working in that folder",
        "A running restore holds {path}.",
        "Wait for it to end, or choose another folder.",
    ),
    "restore.source_not_in_upload": (
        "That source is not in the upload",
        "The upload holds nothing of the source {name}.",
        "Choose an upload of after that source was switched on.",
    ),
    "restore.source_is_folder": (
        "A folder is not restored in place",
        "The source {name} is a folder of files that its program may be using.",
        "Restore it into another folder with --to, and copy back what you need.",
    ),
    "restore.source_in_use": (
        "The database is in use",
        "{holder} has {path} open.",
        "Close that program and try again. Nothing was changed.",
    ),
    "reset.empty": (
        "The upload holds no memories",
        "{upload_id} has nothing of the vault in it, while this computer has {here} memories.",
        "Choose another upload. To go on all the same, confirm it twice (override).",
    ),
    "reset.older": (
        "The upload is older than what this computer had already sent",
        "{upload_id} was made before {known}, the newest upload known here.",
        "Choose the newest upload. To go back in time on purpose, confirm it twice (override).",
    ),
    "reset.damaged": (
        "The upload is not whole",
        "{count} of its vault files cannot be brought back, first {path}: {reason}",
        "Choose another upload. To take what is whole, confirm it twice (override). Nothing was changed.",
    ),
    "reset.no_upload": (
        "There is nothing to reset from",
        "This bucket or folder holds no upload of this vault ({vault_id}).",
        "Nothing was changed. Check in the settings that bucket and prefix are the right ones.",
    ),
    "reset.nothing_to_undo": (
        "There is nothing to undo",
        "No vault of before a reset is kept here; they are kept for 30 days.",
        "Choose an upload of that time instead: `cogzy uploads` lists them.",
    ),
    "swap.journal_damaged": (
        "An interrupted reset cannot be completed",
        "Its journal {path} is damaged, so it is not known how far it came.",
        "Nothing was deleted: the folders `.before-…` and `sync/staging` in the vault hold both sides. Export "
        "diagnostics and ask for help before you use this vault.",
    ),
}
