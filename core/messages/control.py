"""Sentences of core.control, core.client and core.worker."""

MESSAGES = {
    "control.no_socket": (
        "Cogzy cannot listen for commands",
        "The system refused a local socket ({reason}).",
        "Check the runtime folder and its disk, or name another one in COGZY_RUNTIME_DIR.",
    ),
    "control.too_many_callers": (
        "Too many programs are asking at once",
        "More than {most} callers are connected to the running Cogzy.",
        "Try again in a moment.",
    ),
    "control.wrong_token": (
        "The running Cogzy did not accept this caller",
        "The caller does not know the token in the vault's sync/control.json.",
        "Run the command as the user who owns the vault.",
    ),
    "control.line_too_long": (
        "A command was too long",
        "A line of more than {most} bytes arrived.",
        "Quit Cogzy everywhere and start it again.",
    ),
    "control.nobody_listens": (
        "No Cogzy is running on this vault",
        "Nobody answers at the vault's address.",
        "Start Cogzy, or run the command again: it then does the work itself.",
    ),
    "control.owner_gone": (
        "The running Cogzy ended in the middle",
        "It was closed or it crashed before the command was done. Whatever was committed is safe.",
        "Run the command again.",
    ),
    "control.owner_silent": (
        "Another Cogzy holds this vault and does not answer",
        "{kind} (pid {pid}) owns {vault}.",
        "Wait until it has finished, or end it and try again.",
    ),
    "worker.died": (
        "The sync worker ended unexpectedly",
        "The process that does the work ended with status {status}. Whatever was committed is safe.",
        "It starts again with the next command; `cogzy diagnose` has the details.",
    ),
    "client.internal": (
        "Something unexpected went wrong",
        "{kind} in {command}.",
        "Nothing committed was lost. Please send the file that `cogzy diagnose` writes.",
    ),
    "client.cancelled": ("Cancelled", "The command was stopped before it had finished.", "Run it again when you like."),
}
