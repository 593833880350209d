"""Sentences of core.storage."""

MESSAGES = {
    "storage.unreachable": (
        "The storage cannot be reached",
        "{host} did not give a whole answer ({reason}).",
        "Check the network connection and the endpoint in the settings. Your memories are safe on this computer.",
    ),
    "storage.timeout": (
        "The storage did not answer in time",
        "{host} stood still in the middle of a {operation}.",
        "It will be tried again. If this stays so, check the network or choose a lower speed limit.",
    ),
    "storage.tls": (
        "No secure connection could be made",
        "{host} could not prove who it is ({reason}).",
        "Check the date of this computer and the endpoint. On a public network, sign in to it with the browser first.",
    ),
    "storage.plain_http": (
        "The endpoint is not secure",
        "{endpoint} begins with http://, so everybody on the way could read along.",
        "Use https://. Only addresses of this computer itself may do without.",
    ),
    "storage.bad_location": (
        "The place of the storage is not complete",
        "Endpoint {endpoint!r} with bucket {bucket!r} does not name a place.",
        "Enter an address such as https://s3.example.com and the name of the bucket, or a folder as file:///path.",
    ),
    "storage.no_keys": (
        "The keys of the storage are missing",
        "Neither the key id nor the secret is known.",
        "Enter both in the settings under Cloud, or set COGZY_CLOUD_KEY_ID and COGZY_CLOUD_SECRET.",
    ),
    "storage.no_such_bucket": (
        "The bucket does not exist",
        "{host} knows no bucket named {bucket!r}.",
        "Check the spelling of the bucket, or create it on the provider's page.",
    ),
    "storage.bucket_refused": (
        "The key may not use this bucket",
        "{host} accepted the key but does not let it read bucket {bucket!r}.",
        "Check the name of the bucket, and give the key the right to list and read it.",
    ),
    "storage.wrong_endpoint": (
        "The endpoint is not right",
        "{endpoint} does not answer for bucket {bucket!r}; its name may stand in the endpoint as well.",
        "Enter the address without the name of the bucket, as the provider gives it for S3.",
    ),
    "storage.wrong_region": (
        "The region is not right",
        "{host} expects another region than {region!r} ({detail}).",
        "Enter the region of the bucket in the settings.",
    ),
    "storage.key_refused": (
        "The storage refused the key",
        "{host} does not accept the key id or its secret ({detail}).",
        "Enter both again, or make a new key on the provider's page.",
    ),
    "storage.read_only": (
        "The key may only read",
        "{host} does not let this key write to bucket {bucket!r}.",
        "Give the key the right to write and delete, or use another key.",
    ),
    "storage.clock_skewed": (
        "The clock of this computer is wrong",
        "It differs from the clock of {host} by {minutes} minutes, so signatures are refused.",
        "Set the date and time of this computer (best: automatically) and try again.",
    ),
    "storage.throttled": (
        "The storage asks for a slower pace",
        "{host} had too many requests.",
        "It will be tried again by itself. A lower speed limit in the settings helps.",
    ),
    "storage.server_error": (
        "The storage has a fault",
        "{host} answered with an error of its own ({detail}).",
        "It will be tried again. If this stays so, look at the provider's status page.",
    ),
    "storage.bucket_full": (
        "The storage is full",
        "{host} has no room left in bucket {bucket!r}.",
        "Raise the limit on the provider's page, or make room in the bucket.",
    ),
    "storage.damaged_on_the_way": (
        "Data was damaged on the way",
        "{host} received other bytes than were sent and refused them.",
        "It will be tried again. If this stays so, the network connection is at fault.",
    ),
    "storage.refused": (
        "The storage refused the request",
        "{host} answered: {detail}.",
        "Test the connection in the settings: it names the step that fails.",
    ),
    "storage.bad_answer": (
        "Something else answered instead of the storage",
        "What came from {host} is not an answer of an S3 storage ({reason}).",
        "On a public network, sign in to it with the browser first. Otherwise check the endpoint.",
    ),
    "storage.not_found": (
        "An object is not there",
        "{key} is not in the storage.",
        "It may have been deleted. Sync again, or choose another upload.",
    ),
    "storage.exists": (
        "An object is already there",
        "{key} was stored before, and is not replaced.",
        "Nothing was lost. Sync again.",
    ),
    "storage.too_large": (
        "An object is larger than it may be",
        "{key} has {size} bytes; at most {limit} are read.",
        "It was not made by Cogzy, or the storage is damaged: choose another upload.",
    ),
    "storage.bad_key": (
        "The name of an object is not allowed",
        "{key!r} could lead out of the storage or cannot be stored everywhere.",
        "Nothing was written. The copy may have been tampered with: choose another upload.",
    ),
    "storage.disk_full": (
        "The disk of the storage is full",
        "There is no room left in {folder}.",
        "Free some space there, or choose another folder; nothing was lost.",
    ),
    "storage.folder_missing": (
        "The folder of the storage is not there",
        "{folder} was not found; its disk may not be connected.",
        "Connect the disk or share and try again. It is not created anew, so that nothing lands in the wrong place.",
    ),
    "storage.folder_unwritable": (
        "The folder of the storage cannot be used",
        "{folder} refused ({reason}).",
        "Check the permissions of that folder, or choose another one.",
    ),
}
