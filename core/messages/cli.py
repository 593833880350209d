"""Sentences of core.cli and core.diagnose."""

MESSAGES = {
    "cli.no_command": ("What should Cogzy do?", "No command was given.", "`cogzy --help` lists the commands."),
    "cli.unknown_command": ("There is no such command", "Cogzy has no command {name!r}.", "{suggestion}"),
    "cli.wrong_arguments": ("The command was not understood", "{reason}.", "See `{command} --help`."),
    "cli.restore_where": (
        "Where should it go?",
        "A restore needs exactly one of --to DIR and --in-place SOURCE.",
        "For example: cogzy restore latest --to ~/restored",
    ),
    "cli.restore_file_in_place": (
        "One file cannot go back in place",
        "--in-place puts a whole source back.",
        "Use --file with --to DIR and copy the file yourself.",
    ),
    "cli.needs_yes": (
        "This needs your word",
        "It replaces what is on this computer, and nobody could be asked.",
        "Run it in a terminal, or say --yes when you are sure.",
    ),
    "cli.not_confirmed": ("Nothing was changed", "It was not confirmed.", "Run the command again when you are sure."),
    "cli.encrypt_what": (
        "What should be done?",
        "Say one of --new, --change and --recovery-key.",
        "See `cogzy encrypt --help`.",
    ),
    "cli.config_name": ("Which setting?", "No name was given.", "`cogzy config get` lists them all."),
    "cli.not_json": ("The value was not understood", "{text} is not JSON.", 'Lists look like ["a", "b"].'),
    "cli.unknown_secret": (
        "There is no such secret",
        "Cogzy knows no secret {name!r}.",
        "It is one of: {known}.",
    ),
    "cli.empty_secret": (
        "No secret was given",
        "Nothing usable was typed or piped for {name}.",
        "Run the command in a terminal, or pipe one line into it.",
    ),
    "cli.no_file_passphrase": (
        "The file needs a passphrase",
        "Secrets in a file are encrypted with the passphrase in {variable}, which is not set.",
        "Set {variable}, here and wherever Cogzy runs, and try again.",
    ),
    "cli.not_the_same": ("The two differ", "The second entry was not the first.", "Try again; nothing was changed."),
    "cli.short_passphrase": (
        "The passphrase is too short",
        "It has fewer than {least} characters.",
        "Choose a longer one; a few words are easy to remember.",
    ),
}
