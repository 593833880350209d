"""Sentences of core.settings and core.locations. Every one knows {field}."""

MESSAGES = {
    "settings.unknown": (
        "There is no such setting",
        "No setting is called {field!r}.",
        "{suggestion} `cogzy config get` lists them all.",
    ),
    "settings.secret_not_here": (
        "Secrets are not kept in the settings",
        "{field} is a secret; config.json would keep it in clear.",
        "Use `cogzy credentials set {field}`, which puts it into your keychain.",
    ),
    "settings.secret_in_file": (
        "A secret stands in config.json",
        "{field} was written into config.json in clear. It is not used.",
        "Remove it from the file, use `cogzy credentials set {field}`, and replace the key if others could read it.",
    ),
    "settings.secret_in_url": (
        "A password stands in an address",
        "{field} holds a user name or password, which config.json would keep in clear.",
        "Give the address alone; use `cogzy credentials set` for the key.",
    ),
    "settings.bucket_missing": (
        "The bucket's name is missing",
        "{endpoint} is set, but not which bucket there to use.",
        "Set cloud_bucket to the bucket's name.",
    ),
    "settings.bucket_name": (
        "That cannot be a bucket's name",
        "{value!r} is no bucket name: 3 to 63 lower-case letters, digits, dots and dashes.",
        "Set cloud_bucket to the name alone, without s3:// and without slashes.",
    ),
    "settings.endpoint_has_bucket": (
        "The bucket is inside the endpoint",
        "{value} names the bucket {bucket!r}, which has a setting of its own.",
        "Set cloud_endpoint to {suggestion} and cloud_bucket to {bucket}.",
    ),
    "settings.folder_url": (
        "That is not a folder's address",
        "{value} does not name a folder by its whole path.",
        "Write it like file:///media/backup/cogzy (on Windows file:///D:/cogzy).",
    ),
    "settings.url": (
        "That is not an address",
        "{field} is {value!r}, which is not like https://host or https://host:port.",
        "Copy the address from your provider's page, starting with https://.",
    ),
    "settings.plain_http": (
        "The address is not encrypted",
        "{value} would send your memory in clear over the network to {host}.",
        "Use https://. Plain http:// is only for this computer itself (localhost).",
    ),
    "settings.prefix": (
        "That cannot be a prefix",
        "{value!r} has an empty part, a part of dots alone, a backslash or a control character, or is too long.",
        "Use a short path such as backups/cogzy, or leave it empty.",
    ),
    "settings.region": (
        "That cannot be a region",
        "{value!r} is no region name.",
        "Use the name on your provider's page, such as eu-central-1, or auto.",
    ),
    "settings.system_id": (
        "That cannot be a system id",
        "{value!r} has something other than letters, digits, dots, dashes and underscores, or is over 64 long.",
        "Choose a simple name such as laptop-a.",
    ),
    "settings.identity": (
        "The vault's own id is damaged",
        "{field} in config.json is {value!r}, which is not an id of ours. A new one would lose sight of your uploads.",
        "Put the old value back (it stands in the names of your uploads' vaults/ folder), then try again.",
    ),
    "settings.source_name": (
        "A further source has no good name",
        "The names are {value!r}: each must be of letters, digits, dots and dashes, and used once.",
        "Rename the sources in sources.extra.",
    ),
    "settings.number": (
        "That number is out of range",
        "{field} is {value}; it can be from {low} to {high}.",
        "Choose a number in that range.",
    ),
    "settings.not_whole": ("A whole number is needed", "{field} is {value!r}.", "Write digits alone, such as 5."),
    "settings.not_number": ("A number is needed", "{field} is {value!r}.", "Write a number such as 2.5."),
    "settings.not_bool": ("Yes or no is needed", "{field} is {value!r}.", "Write true or false."),
    "settings.not_text": ("Text is needed", "{field} is {value!r}.", "Write it in quotes in config.json."),
    "settings.not_list": ("A list is needed", "{field} is {value!r}.", 'Write it like ["one", "two"].'),
    "settings.not_section": (
        "A group of settings is needed",
        "{field} is {value!r}, but it holds several settings.",
        'Write it like {{"name": value}} in config.json.',
    ),
    "settings.missing": (
        "Something is left out",
        "{field} is {value!r}, where a part that is needed is missing.",
        "A source needs at least name, kind (duckdb, sqlite or files) and path.",
    ),
    "settings.not_understood": (
        "A setting cannot be understood",
        "{field} is {value!r}.",
        "Take it out of config.json to get the default back.",
    ),
    "settings.choice": ("There is no such choice", "{field} is {value!r}.", "Choose one of: {allowed}."),
    "settings.file_damaged": (
        "The settings file is damaged",
        "{path} does not parse ({reason}).",
        "Mend it in a text editor, or rename it and set things up again; it was not changed.",
    ),
    "settings.file_unreadable": (
        "The settings file cannot be read",
        "{path} refused to be read ({reason}).",
        "Check the permissions of that file.",
    ),
    "settings.file_kept": (
        "The settings were not saved",
        "{path} is damaged ({reason}), and saving would throw away what can still be mended in it.",
        "Mend it in a text editor, or rename it, then save again.",
    ),
    "settings.busy": (
        "The settings are being changed elsewhere",
        "Another Cogzy has been writing {path} for five seconds.",
        "Try again in a moment.",
    ),
    "locations.runtime_not_ours": (
        "The folder for sockets is not safe",
        "{path} belongs to another user of this computer, or is not a folder.",
        "Remove it, or set COGZY_RUNTIME_DIR to a folder of your own.",
    ),
}
