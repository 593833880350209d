"""Sentences of core.credentials and core.secret_file."""

MESSAGES = {
    "credentials.locked": (
        "The keychain is locked",
        "Your keychain did not open, so that the key could not be read.",
        "Unlock it (sign in to your desktop, or answer its question) and try again. "
        "Without a desktop, set COGZY_CLOUD_KEY_ID and COGZY_CLOUD_SECRET.",
    ),
    "credentials.denied": (
        "The keychain refused",
        "Your keychain did not let Cogzy read or keep its key.",
        "Allow it in your keychain's own program, then try again.",
    ),
    "credentials.no_keychain": (
        "There is no keychain",
        "This computer or session has no keychain that keys could be kept in.",
        "Set COGZY_CLOUD_KEY_ID and COGZY_CLOUD_SECRET, keep the keys for this session only, "
        "or keep them in a file encrypted with a passphrase (`cogzy credentials set NAME --in-file`).",
    ),
    "credentials.plain_keychain": (
        "The keychain keeps secrets in clear",
        "The only keychain here is {backend}, which does not protect what it keeps.",
        "Keep the keys for this session only, or in a file encrypted with a passphrase.",
    ),
    "credentials.keychain_failed": (
        "The keychain failed",
        "Your keychain answered with an error ({reason}).",
        "Check that it works in its own program; until then set COGZY_CLOUD_KEY_ID and COGZY_CLOUD_SECRET.",
    ),
    "credentials.not_kept": (
        "The keychain did not keep the key",
        "{name} was given to the keychain, but was not there afterwards.",
        "Keep the keys for this session only, or in a file encrypted with a passphrase.",
    ),
    "credentials.not_a_secret": (
        "That cannot be a key",
        "{name} is empty, has a zero character in it, or is longer than {longest} bytes.",
        "Copy it again from your provider's page.",
    ),
    "credentials.temporary_keys": (
        "Temporary AWS keys cannot be used",
        "AWS_SESSION_TOKEN is set: those keys end within hours, and background sync would end with them.",
        "Make a lasting key for your bucket and use `cogzy credentials set cloud_key_id` and `cloud_secret`.",
    ),
    "credentials.file_locked": (
        "The secrets file is locked",
        "Your keys are in {path}, encrypted with a passphrase that was not given yet.",
        "Give the passphrase; without a desktop, set COGZY_SECRETS_PASSPHRASE.",
    ),
    "credentials.wrong_passphrase": (
        "The passphrase is wrong",
        "It does not open {path}.",
        "Try again. If it is lost, delete that file and set the keys anew.",
    ),
    "credentials.short_passphrase": (
        "The passphrase is too short",
        "It has fewer than {shortest} characters.",
        "Use several words.",
    ),
    "credentials.file_damaged": (
        "The secrets file is damaged",
        "{path} is not a file of encrypted secrets.",
        "Restore it from your own backup, or delete it and set the keys anew.",
    ),
    "credentials.file_costly": (
        "The secrets file was refused",
        "{path} asks for more memory than Cogzy ever uses: somebody may have changed it.",
        "Restore it from your own backup, or delete it and set the keys anew.",
    ),
}
