"""Sentences of core.memory.rows."""

_OTHERS = "The other memories of the same request are stored."
_SEND_AGAIN = " Correct it where it comes from, and send it again."

MESSAGES = {
    "rows.not_an_object": (
        "This is no memory",
        "Each memory has to be an object, and this one is {seen}.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.bad_field": (
        "A field of this memory holds something else",
        "Its {field} is not of the type that it has to be, or is given twice and differs.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.bad_kind": (
        "This kind of memory has no proper name",
        "A kind is up to 32 lower-case letters, digits and underscores and begins with a letter.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.bad_id": (
        "This memory has no usable id",
        "An id has 1 to 512 characters, no control characters and no `..` as a part of a path.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.bad_origin": (
        "The place that this memory came from is no relative path",
        "It begins at the root or leads upwards, has control characters, or is longer than 1,024 characters.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.empty_text": (
        "This memory is empty",
        "It has no text, or nothing but blanks.",
        _OTHERS + " There is nothing to do unless it should have a text.",
    ),
    "rows.text_too_long": (
        "This memory is too long",
        "A text may have 1,048,576 characters.",
        _OTHERS + " Store it in several parts.",
    ),
    "rows.not_unicode": (
        "The text of this memory is damaged",
        "It has halves of characters that UTF-8 cannot write.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.bad_vector": (
        "The embedding of this memory is no list of numbers",
        "It has to be numbers, or base64 of float32 numbers ({reason}).",
        _OTHERS + " Send it again with a proper embedding, or without one.",
    ),
    "rows.vector_width": (
        "The embedding of this memory has the wrong length",
        "It has to have as many numbers as the model gives, 4,096 at most.",
        _OTHERS + " Send it again with an embedding of the model that the others have, or without one.",
    ),
    "rows.vector_not_finite": (
        "The embedding of this memory is not made of numbers alone",
        "It has NaN or infinity in it, or a number too big for a float32.",
        _OTHERS + " Make it anew, or send the memory without one.",
    ),
    "rows.bad_name": (
        "A name in this memory cannot be used",
        "Its project, conversation, speaker or model has control characters or more than 1,024 characters.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.bad_time": (
        "The time of this memory is none",
        "It has to be seconds since 1970 or a time by ISO 8601, in the years 1 to 9999.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.bad_position": (
        "The position of this memory is out of range",
        "It has to be a whole number of at most 62 bits.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.metadata_not_json": (
        "The metadata of this memory cannot be kept",
        "It holds values that JSON has no form for, or is nested too deeply.",
        _OTHERS + _SEND_AGAIN,
    ),
    "rows.metadata_too_long": (
        "The metadata of this memory is too long",
        "It may take 256 KiB as JSON.",
        _OTHERS + " Put what is long into the text, or into memories of its own.",
    ),
}
