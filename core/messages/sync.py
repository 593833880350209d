"""Sentences of core.sync."""

MESSAGES = {
    "sync.failed": ("The sync failed", "{message}", "It will be tried again; `cogzy diagnose` has the details."),
    "protocol.version": (
        "Two versions of Cogzy are talking",
        "A message of another protocol version arrived: {seen}",
        "Quit Cogzy everywhere and start it again.",
    ),
    "protocol.unknown": (
        "An unknown message arrived",
        "Nothing here understands {seen}",
        "Quit Cogzy everywhere and start it again.",
    ),
    "sync.wrong_span": (
        "That is not a length of time",
        "{text!r} says neither minutes nor hours nor `tomorrow`.",
        "Write 30m, 2h or tomorrow.",
    ),
    "sync.cancelled": (
        "Cancelled",
        "The run was stopped before it was done; nothing was lost.",
        "Start it again whenever you like: what was sent is not sent again.",
    ),
    "sync.no_methods": ("Nothing to sync with", "No way to send memory was given.", "Set up a bucket or a folder."),
    "sync.unknown_method": (
        "There is no such method",
        "{method!r} is no way to sync; there are: {known}.",
        "Use auto, cloud or http.",
    ),
    "sync.method_not_set_up": (
        "That way to sync is not set up",
        "Nothing is configured for {method!r}.",
        "Set it up in the settings, or use auto.",
    ),
    "sync.not_set_up": ("Not set up", "Nothing is configured for it.", "Set it up in the settings if you want it."),
    "sync.session_end_off": (
        "Not at the end of a session",
        "The settings say not to sync when a session ends.",
        "`cogzy config set upload_on_session_end true` allows it; `cogzy sync` sends now.",
    ),
    "sync.not_needed": ("Not needed", "An earlier method succeeded.", "Nothing to do."),
    "sync.another_forced": (
        "Not asked for",
        "Another method was asked for by name.",
        "Leave the method at auto to let it try.",
    ),
    "sync.fallback_off": (
        "Fallback is off",
        "The settings say not to fall back to another method.",
        "`cogzy config set enable_fallback true` allows it.",
    ),
    "sync.state_unreadable": (
        "The sync history is damaged",
        "The local record of earlier syncs in {path} cannot be read.",
        "Sync again: it is set aside, and what the cloud holds is read back.",
    ),
    "sync.state_busy": (
        "The sync history is in use",
        "Another program holds {path} and does not let go.",
        "Close the program that has it open, then try again.",
    ),
    "sync.state_damaged": (
        "The sync history was damaged",
        "The local record of earlier syncs could not be read and was set aside as {kept}.",
        "Nothing to do: what the cloud holds is read back at the next sync.",
    ),
    "schedule.retry_later": (
        "The sync will be tried again",
        "It failed ({code}); the next try is in {seconds:.0f} seconds.",
        "`cogzy sync` tries at once.",
    ),
    "schedule.cloud_later": (
        "The bucket will be tried again",
        "It failed ({code}), and the hub took the rows; the next try is in {seconds:.0f} seconds.",
        "`cogzy sync` tries at once.",
    ),
    "cloud.not_set_up": (
        "No cloud copy is set up",
        "Neither a bucket nor a folder is configured.",
        "Name one: `cogzy config set cloud_bucket NAME`, or `cogzy config set cloud_endpoint file:///FOLDER`.",
    ),
    "cloud.no_credentials": (
        "The bucket's key is missing",
        "There is no {missing} in the environment or in the keychain.",
        "`cogzy credentials set cloud_key_id` and `cogzy credentials set cloud_secret` keep them in the keychain.",
    ),
    "cloud.emptied": (
        "The cloud copy is gone",
        "The last upload is not in the bucket any more: it was emptied, or is another bucket now.",
        "Nothing to do: everything is sent again. Find out who emptied it.",
    ),
    "cloud.head_keeps_going": (
        "The cloud copy keeps changing",
        "The last upload went away again while it was being replaced.",
        "Make sure that nothing else deletes from that bucket, then sync again.",
    ),
    "cloud.newer_elsewhere": (
        "New from {system}",
        "{system} has committed upload {upload_id} to this vault.",
        "`cogzy restore {upload_id} --to FOLDER` brings it here beside your own.",
    ),
    "cloud.overdue": (
        "Not in your cloud copy for days",
        "No sync has reached the bucket or folder for three days.",
        "`cogzy sync` tries now and says what is wrong; `cogzy test-connection` looks step by step.",
    ),
    "cloud.hub_only": (
        "Not in your bucket",
        "Your hub has the rows, which is no backup: the bucket has not got the latest changes.",
        "`cogzy sync` tries the bucket again; `cogzy test-connection` looks what is wrong with it.",
    ),
    "database.unverified": (
        "A database was kept without a check",
        "{name} was copied whole but is newer than this DuckDB can open.",
        "Update Cogzy so that it can look into it; the copy is kept meanwhile.",
    ),
    "sources.image_held": (
        "A database is sent once an hour",
        "{name} has changes that can only go up as a whole ({why}).",
        "Nothing to do. `cogzy sync --full` sends it now; a primary key on its tables would make syncs small.",
    ),
    "sources.image_needed": (
        "A database went up as a whole",
        "{name} has changes that rows alone cannot carry ({why}).",
        "Nothing to do.",
    ),
    "sources.unknown": (
        "There is no such source",
        "{name!r} is not a source of this computer; there are: {known}.",
        "Use one of these names.",
    ),
    "restore.where": (
        "Where to?",
        "A restore needs a folder, or a source to put back in its place.",
        "Add `--to FOLDER` or `--in-place SOURCE`.",
    ),
    "uploads.several_vaults": (
        "Several vaults are in this bucket",
        "It holds the vaults {vaults}, and this computer belongs to none of them yet.",
        "Name the upload that you want: `cogzy uploads` lists them.",
    ),
    "keys.no_passphrase": (
        "The passphrase is missing",
        "The cloud copy is encrypted, and there is neither its key nor a passphrase here.",
        "`cogzy credentials set passphrase`, or give COGZY_PASSPHRASE or COGZY_RECOVERY_KEY in the environment.",
    ),
    "keys.no_new_passphrase": (
        "There is no new passphrase",
        "The passphrase comes from the environment, so the new one must, too.",
        "Give the new one in {variable}, and change COGZY_PASSPHRASE afterwards.",
    ),
    "keys.none": (
        "The keys of the encrypted copy are gone",
        "Vault {vault_id} has no wrapped key in the bucket.",
        "A computer that still syncs this vault puts them back at its next `cogzy sync --full`.",
    ),
    "keys.already_encrypted": (
        "The cloud copy is encrypted already",
        "This vault has a key.",
        "`cogzy encrypt --change` changes its passphrase, `--recovery-key` prints a new recovery key.",
    ),
    "keys.not_encrypted": (
        "The cloud copy is not encrypted",
        "This vault goes up in clear.",
        "`cogzy encrypt --new` starts an encrypted copy.",
    ),
    "format.missing": (
        "This is no copy of a vault",
        "The bucket has uploads of vault {vault_id} but not its format.",
        "Somebody removed format.json. Choose another upload, or ask who has access to the bucket.",
    ),
}
