"""Sentences of core.database: errors, the reasons for an image, and notices."""

_AGAIN = "Nothing is lost: the last good copy stays, and the next sync takes a new one."
_IMAGE_STEP = "Nothing to do: the whole database is copied instead of its changes, which takes more room."

MESSAGES = {
    "database.unreadable": (
        "A copy of a database cannot be read",
        "{path}: {reason}",
        _AGAIN + " If it stays so, open the database in its own program and let it check the file.",
    ),
    "database.reader_died": (
        "The program that reads databases ended unexpectedly",
        "It ended (code {exit_code}) while it read {path}; a damaged database can do that.",
        _AGAIN,
    ),
    "database.timeout": (
        "Reading a database took too long",
        "{path} was not read within {seconds} seconds.",
        "Try again when the computer is less busy. " + _AGAIN,
    ),
    "database.out_of_memory": (
        "There is not enough memory to read a database",
        "{path} needs more memory than this computer has free.",
        "Close other programs and try again. " + _AGAIN,
    ),
    "database.disk_full": (
        "The disk is full",
        "There was no room left below {path} while a database was read or rebuilt.",
        "Free some space on that disk and try again; nothing was lost.",
    ),
    "database.no_table": (
        "A table is not in its database",
        "{path} has no table {table}.",
        "Try again; if it stays so, the program that owns the database has changed its form.",
    ),
    "database.too_many_rows": (
        "A database holds more than there is room for",
        "Its rows are larger than what may be read at once.",
        "Make more room on the disk, or tell us about a database that is really this large.",
    ),
    "database.digest_differs": (
        "A restored database is not what was uploaded",
        "Table {table} does not hold the rows that the upload recorded.",
        "It was not put in place. Choose an older upload, and tell us about this one.",
    ),
    "database.bad_delta": (
        "An upload does not fit its database",
        "It has changes for table {table}, which its database does not have in that form.",
        "Nothing was put in place. Choose an older upload.",
    ),
    "database.newer": (
        "A database was written by a newer DuckDB",
        "This version of Cogzy cannot look into it.",
        "It is copied whole, without being checked. Update Cogzy to have it checked and copied in small steps.",
    ),
    "database.encrypted": (
        "A database is encrypted by its owner",
        "Cogzy has no key for it and cannot look into it.",
        "It is copied whole, as it is, without being checked.",
    ),
    "database.not_understood": (
        "A database holds something that Cogzy does not understand",
        "{reason}",
        "It is copied whole, as it is, without being checked.",
    ),
    "database.first": ("The first copy of a database", "", "Nothing to do: later copies are small."),
    "database.reader_changed": (
        "A whole copy after an update",
        "Cogzy reads databases with another DuckDB than at the last sync.",
        "Nothing to do: later copies are small again.",
    ),
    "database.schema_changed": (
        "The tables of a database changed their form",
        "Its program added or changed tables, columns, indexes or views.",
        "Nothing to do: the whole database is copied once.",
    ),
    "database.table_without_key": (
        "A table has no key",
        "Rows of {table} cannot be told apart.",
        "Nothing to do: a small table is copied whole when it changes, with a large one the whole database is.",
    ),
    "database.uncarriable_type": (
        "A column has a type that cannot be copied by itself",
        "Column {column} of {table} has the type {type}.",
        _IMAGE_STEP,
    ),
    "database.uncarriable_object": (
        "A database holds something that cannot be copied by itself",
        "It has a {kind}: {name}.",
        _IMAGE_STEP,
    ),
    "database.opaque_table": (
        "A table can only be compared as a whole",
        "{table} has generated columns or a column named rowid.",
        _IMAGE_STEP,
    ),
    "database.foreign_key_cycle": (
        "Tables of a database refer to each other in a circle",
        "Their rows cannot be put back one after the other.",
        _IMAGE_STEP,
    ),
    "database.extension_index": (
        "An index belongs to an extension",
        "Index {index} ({method}) is not part of small copies.",
        "After a restore the program that owns the database may have to create it again.",
    ),
}
