"""Sentences of core.sources, and of core.database.header."""

MESSAGES = {
    "sources.busy": (
        "A database is too busy to be copied",
        "{holder} kept rewriting {path} while it was being copied.",
        "Nothing is lost: the last good upload stays, and the copy is tried again at the next sync.",
    ),
    "sources.in_use": (
        "A database is in use",
        "{path} is in use by {holder}, and this system lets nobody else read it meanwhile.",
        "It is copied as soon as that program closes it; quit that program to have it now.",
    ),
    "sources.not_ready": (
        "A database is still being created",
        "{path} was made a moment ago and has no content yet.",
        "Nothing to do: it is copied at the next sync.",
    ),
    "sources.not_duckdb": (
        "A file is no DuckDB database",
        "{path} does not begin as a DuckDB database does; it may be empty, cut off, or something else.",
        "Check the path of this source in the settings; if the file should be a database, restore it from an upload.",
    ),
    "sources.header_damaged": (
        "A database is damaged",
        "The checksums at the beginning of {path} are wrong.",
        "Open it with the program that owns it; if it refuses, restore it from an earlier upload.",
    ),
    "sources.two_logs": (
        "A database has two logs",
        "{path} is a link, and a log of unsaved changes lies both beside it and at {other}.",
        "Open and close the database once with the program that owns it, then sync again.",
    ),
    "sources.not_found": (
        "A source is not there",
        "Nothing was found at {path}.",
        "Check the path of this source in the settings; what was uploaded before stays in your bucket.",
    ),
    "sources.not_readable": (
        "A source cannot be read",
        "{path} refused to be read ({reason}).",
        "Check the permissions of that place, and whether its disk is connected.",
    ),
    "sources.not_sqlite": (
        "A file is no SQLite database",
        "{path} cannot be read as a SQLite database ({reason}).",
        "Check the path of this source in the settings; if the file should be a database, restore it from an upload.",
    ),
    "sources.sqlite_damaged": (
        "A SQLite database is damaged",
        "{path} was copied, but the check of the copy found: {reason}",
        "Open it with the program that owns it; if it refuses, restore it from an earlier upload.",
    ),
    "sources.bad_name": (
        "A source has a name that cannot be used",
        "{name!r} is not made of letters, digits, dots, dashes and underscores (64 at most).",
        "Give this source another name in the settings.",
    ),
    "sources.name_twice": (
        "Two sources have the same name",
        "Both {path} and another source are called {name!r}.",
        "Give one of them another name in the settings.",
    ),
    "sources.file_gone": (
        "A file has gone",
        "{path} was deleted or moved before it could be copied.",
        "Nothing to do: what was uploaded of it before stays in your bucket.",
    ),
    "sources.unreadable_file": (
        "A file cannot be read",
        "{path} refused to be read.",
        "Check its permissions, or exclude it from this source; the other files were copied.",
    ),
    "sources.unreadable_folder": (
        "A folder cannot be read",
        "{path} refused to be listed.",
        "Check its permissions, or exclude it from this source; the other files were copied.",
    ),
    "sources.secret_left_out": (
        "A file with credentials was left out",
        "{path} has a name under which programs keep keys, passwords or tokens; such files are never copied.",
        "Nothing to do; rename the file if it holds none and should be copied.",
    ),
    "sources.link_left_out": (
        "A link was left out",
        "{path} leads to a folder, to nothing, or out of the folder of this source.",
        "Add the place it leads to as a source of its own if it should be copied.",
    ),
    "sources.special_file": (
        "Something that is no file was left out",
        "{path} is a pipe, a socket or a device.",
        "Nothing to do; exclude it from this source to hide this notice.",
    ),
    "sources.odd_name": (
        "A file with an odd name was left out",
        "{path} has a name that cannot be put back on every system.",
        "Rename the file if it should be copied.",
    ),
}
