"""Sentences of core.cli.akosha."""

MESSAGES = {
    "akosha_cli.wrong_arguments": ("The command was not understood", "{reason}.", "See `{command} --help`."),
    "akosha_cli.internal": (
        "Something unexpected went wrong",
        "{kind} in `{command}`.",
        "Nothing that was acknowledged is lost. Run it again with --verbose, and report what it shows.",
    ),
    "akosha_cli.no_bucket_here": (
        "This command was not told of the bucket",
        "The vault's key is opened with what the bucket has of it, and no AKOSHA_CLOUD_… is set in this terminal.",
        "Set there what the hub is started with (its AKOSHA_CLOUD_… variables), and run it again.",
    ),
    "akosha_cli.no_such_key": (
        "There is no such key",
        "The hub has no key of vault {vault_id}.",
        "`akosha key list` shows those that it has.",
    ),
}
