"""Sentences of `cogzy serve`."""

MESSAGES = {
    "rest.no_token": (
        "A token is needed",
        "The request has no `Authorization: Bearer …`.",
        "Send the token that `cogzy serve --show-token` shows.",
    ),
    "rest.wrong_token": (
        "The token is not right",
        "It is another one than this vault's.",
        "Send the token that `cogzy serve --show-token` shows.",
    ),
    "rest.wrong_host": (
        "That is not this computer's name",
        "The request is for {host!r}.",
        "Ask at http://127.0.0.1 with the port.",
    ),
    "rest.wrong_origin": (
        "A web page may not ask",
        "The request comes from {origin}.",
        "Use a program of this computer.",
    ),
    "rest.wrong_request": (
        "The request cannot be answered",
        "It was not taken in: {reason}.",
        "Send JSON in UTF-8, marked as application/json, of at most 64 KiB; after a 429 wait as Retry-After says.",
    ),
    "rest.not_json": (
        "The request is no JSON object",
        "Its body must be one JSON object.",
        "Send {{…}} with the fields that /openapi.json names.",
    ),
    "rest.repeated": (
        "A parameter stands there twice",
        "Each parameter of a search counts once.",
        "Send it once.",
    ),
    "rest.not_confirmed": (
        "The reset was not confirmed",
        "It replaces this vault by the cloud's copy, and `confirm` was not the word RESET.",
        'Look at both sides with `cogzy reset --from-cloud`, or send {{"confirm": "RESET"}}.',
    ),
    "rest.no_route": ("There is nothing here", "No such address is known.", "/openapi.json lists what there is."),
    "rest.wrong_method": (
        "That cannot be done here",
        "This address does not answer that method.",
        "/openapi.json lists what there is.",
    ),
    "rest.port_in_use": (
        "The port is taken",
        "Something else listens on port {port}, perhaps another `cogzy serve`.",
        "Stop it, or choose another with --port.",
    ),
}
