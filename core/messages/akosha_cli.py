"""Sentences of core.cli.akosha."""

MESSAGES = {
    "akosha_cli.wrong_arguments": ("The command was not understood", "{reason}.", "See `{command} --help`."),
    "akosha_cli.internal": (
        "Something unexpected went wrong",
        "{kind} in `{command}`.",
        "Nothing that was acknowledged is lost. Run it again with --verbose, and report what it shows.",
    ),
    "akosha_cli.no_such_key": (
        "There is no such key",
        "The hub has no key of vault {vault_id}.",
        "`akosha key list` shows those that it has.",
    ),
}
