"""Sentences of the hub's server: its settings, what it refuses, what it cannot do now."""

_AGAIN = "Try again in a moment; nothing of this request was kept."

MESSAGES = {
    "akosha.settings": (
        "The hub's settings are wrong",
        "{problems}",
        "Correct them where the hub is started (AKOSHA_… in the environment, or the options of `akosha serve`).",
    ),
    "akosha.setting_unknown": (
        "There is no such setting of the hub",
        "{variable} means nothing to the hub.",
        "Perhaps you meant {suggestion}; docs/API_REFERENCE.md lists them all.",
    ),
    "akosha.setting_value": (
        "A setting of the hub is wrong",
        "{field} cannot have that value: {problem}.",
        "Correct it, or leave it out: the default will do.",
    ),
    "akosha.tls_half": (
        "A key without its certificate",
        "{field} is given, the certificate is not.",
        "Set AKOSHA_TLS_CERTIFICATE too.",
    ),
    "akosha.tls_file": (
        "A file for the encryption of the connection is missing",
        "{field} names {path}, and there is no such file.",
        "Correct the path.",
    ),
    "akosha.tls_unusable": (
        "The certificate cannot be used",
        "{path}: {reason}",
        "Give a certificate and its key in PEM, the key without a passphrase.",
    ),
    "akosha.port_in_use": (
        "The port is taken",
        "Something else listens on {host}:{port}, perhaps another hub.",
        "Stop it (`akosha status` shows a hub that runs), or choose another port with --port.",
    ),
    "akosha.port_not_allowed": (
        "This port is not for everybody",
        "The system lets its administrator alone listen on port {port}.",
        "Choose a port above 1023 with --port, and put a reverse proxy on {port} (docs/RUNBOOKS.md).",
    ),
    "akosha.no_address": (
        "That address is not this computer's",
        "The hub cannot listen on {host}: {reason}.",
        "Use 127.0.0.1, or an address that this computer has.",
    ),
    "akosha.starting": ("The hub is starting", "It is opening its memory.", "Try again in a second."),
    "akosha.stopping": (
        "The hub is stopping",
        "It finishes what runs and takes nothing new.",
        "Try again when it has been started anew.",
    ),
    "akosha.busy": ("The hub is busy", "It has as many requests at once as it takes.", _AGAIN),
    "akosha.too_many_requests": (
        "Too many requests",
        "More came from here than the hub takes in a second.",
        "Wait as long as Retry-After says; send more memories in each batch instead of more requests.",
    ),
    "akosha.body_too_large": (
        "The request is too large",
        "The hub takes at most {limit} bytes at once.",
        "Send the memories in smaller batches.",
    ),
    "akosha.body_too_slow": (
        "The request came too slowly",
        "Its body stopped arriving before it was whole; nothing of it was kept.",
        "Try again, on a better connection or in smaller batches.",
    ),
    "akosha.body_cut": (
        "The request was cut off",
        "The connection ended before the body was whole; nothing of it was kept.",
        "Send it again.",
    ),
    "akosha.not_utf8": (
        "The request is not text",
        "Its body is not UTF-8 (at byte {at}).",
        "Send JSON in UTF-8.",
    ),
    "akosha.not_json": ("The request is not JSON", "It does not parse (at character {at}).", "Send JSON."),
    "akosha.json_too_deep": (
        "The request is nested too deeply",
        "The hub takes at most {limit} levels of lists and objects.",
        "Send it flatter.",
    ),
    "akosha.json_too_big": (
        "The request has too many parts",
        "The hub takes at most {limit} values at once.",
        "Send the memories in smaller batches.",
    ),
    "akosha.not_an_object": ("The request is no object", "Its body must be one JSON object.", "Send {{…}}."),
    "akosha.wrong_host": (
        "That is not this hub's name",
        "The request is for {host!r}; the hub is on this computer alone.",
        "Use http://127.0.0.1 with the hub's port. If a proxy of yours asks, set AKOSHA_ALLOWED_HOSTS to that name.",
    ),
    "akosha.wrong_origin": (
        "A web page may not ask the hub",
        "The request comes from {origin}.",
        "Use a program of this computer, or set AKOSHA_ALLOWED_HOSTS to the page's host.",
    ),
    "akosha.wrong_type": (
        "The request is not marked as JSON",
        "Its Content-Type must be application/json.",
        "Send that header.",
    ),
    "akosha.wrong_encoding": (
        "The request is compressed",
        "The hub takes bodies as they are, without Content-Encoding.",
        "Send it uncompressed.",
    ),
    "akosha.wrong_method": (
        "That cannot be done here",
        "{method} is not answered at this address.",
        "/v1/openapi.json lists what is.",
    ),
    "akosha.no_route": ("There is nothing here", "The hub has no such address.", "/v1/openapi.json lists what it has."),
    "akosha.no_tool": ("There is no such tool", "{name!r} is not among: {known}.", "Use one of these."),
    "akosha.argument_unknown": (
        "There is no such argument",
        "{of} has no {name!r}.",
        "It takes: {known}.",
    ),
    "akosha.argument_missing": ("An argument is missing", "{of} needs {name}.", "Give it."),
    "akosha.argument": ("An argument is wrong", "{name} of {of} must be {wanted}.", "Correct it."),
    "akosha.batch_too_large": (
        "Too many memories at once",
        "The batch has {items} memories; the hub takes at most {limit}.",
        "Send them in several batches.",
    ),
    "akosha.no_memory": (
        "There is no such memory",
        "{system_id} has no {kind} with the id {memory_id!r}.",
        "Search for it; the results name its system, kind and id.",
    ),
    "akosha.no_bucket": (
        "No bucket is set up",
        "The hub has nowhere to take uploads from.",
        "Set AKOSHA_CLOUD_BUCKET and AKOSHA_CLOUD_ENDPOINT where the hub is started, or push to it over HTTP.",
    ),
    "akosha.unexpected": (
        "Something went wrong in the hub",
        "The hub could not finish the request; its log has the details under the request's id.",
        "Try again; if it stays, report it with that part of the log.",
    ),
}
