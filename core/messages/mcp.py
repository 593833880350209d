"""Sentences of the tools for assistants."""

MESSAGES = {
    "mcp.only_private": (
        "There is nothing to remember",
        "All of the text stands between <private> and </private>, which is never kept.",
        "Give a text without these marks.",
    ),
    "mcp.too_many_tags": ("These are too many tags", "A memory has at most {most}.", "Give fewer."),
    "mcp.resetting": (
        "The memory is being reset",
        "The cloud's copy is replacing it; what is remembered meanwhile would be put aside with the old one.",
        "Remember it again in a few minutes; akosha_sync_status says when the reset is over.",
    ),
    "mcp.not_kept": (
        "It was not remembered",
        "After it was written it was not found in the vault; another program replaced the vault's nodes meanwhile.",
        "Remember it again.",
    ),
}
