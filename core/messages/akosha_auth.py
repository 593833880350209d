"""Sentences of core.akosha.access.auth, core.akosha.access.tokens and core.akosha.access.local."""

MESSAGES = {
    "auth.token_missing": (
        "A token is needed",
        "This hub answers only to those who show a token, and none was sent.",
        "Make one on the hub's computer with `akosha token create SYSTEM`; send it as `Authorization: Bearer ak_…`.",
    ),
    "auth.forwarded": (
        "A token is needed",
        "The request came through a proxy, so it is not from the hub's own computer.",
        "Make one on the hub's computer with `akosha token create SYSTEM`, send it as `Authorization: Bearer ak_…`, "
        "and set AKOSHA_REQUIRE_TOKEN=true where the hub runs.",
    ),
    "auth.token_wrong": (
        "The token is not accepted",
        "The hub does not know it, or it was revoked.",
        "Look with `akosha token list` on the hub's computer; make a new one with `akosha token create SYSTEM`.",
    ),
    "auth.throttled": (
        "Too many wrong tokens",
        "From this address so many wrong tokens came that the hub makes it wait.",
        "Wait {seconds} s, and put the right token in place before you try again.",
    ),
    "auth.scope": (
        "The token does not allow this",
        "It needs the scope {scope}; this token of {system_id} has: {has}.",
        "Make one that has it: `akosha token create {system_id} --scope {scope}`.",
    ),
    "auth.another_system": (
        "A system writes as itself only",
        "The token belongs to {system_id}, the memory says that it is of {named}.",
        "Leave the system out, or use a token of {named}.",
    ),
    "tokens.bad_system": (
        "That is no name of a system",
        "{system_id!r} has other characters than letters, digits, - and _, or more than 100 of them.",
        "Use the name that `cogzy config get system_id` shows on that computer, such as laptop-a.",
    ),
    "tokens.bad_scope": (
        "There is no such scope",
        "{scope} is not among: {known}.",
        "Leave --scope out for a computer that syncs and searches.",
    ),
    "tokens.bad_note": (
        "The note cannot be kept",
        "It is longer than {longest} characters, or has characters that cannot be shown.",
        "Write a shorter one, in one line.",
    ),
    "tokens.unknown": (
        "There is no such token",
        "No token has the id {id}.",
        "`akosha token list` shows the ids. (The id is not the secret that begins with ak_.)",
    ),
    "tokens.busy": (
        "The tokens are in use",
        "Another program holds {path} for longer than it should.",
        "Try again in a moment.",
    ),
    "tokens.damaged": (
        "The tokens cannot be read",
        "{path} is damaged: {reason}.",
        "Stop the hub, put the file back from a backup or move it away, then make tokens with `akosha token create`.",
    ),
    "tokens.future": (
        "The tokens are of a newer version",
        "{path} was written by a newer Akosha than this one.",
        "Update this one.",
    ),
    "akosha.hub_silent": (
        "The hub does not answer",
        "A hub (process {pid}) runs on this data and should answer at {url}, but does not.",
        "Wait a moment and try again. If it stays so, end process {pid} and start `akosha serve` again: "
        "what it acknowledged is kept.",
    ),
    "akosha.strange_answer": (
        "The hub's answer was not understood",
        "It answered with status {status} and nothing that says why.",
        "Its log says more; is it of the same version as this command? `akosha --version`",
    ),
}
