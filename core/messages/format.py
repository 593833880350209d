"""Sentences of the stored formats: pieces, packs, tables, manifests, format.json, keys."""

_OTHER_UPLOAD = (
    "Choose another upload (`cogzy uploads`). `cogzy verify --sample 100` finds all that is damaged, and the next "
    "`cogzy sync` sends it again as far as it is still on this computer."
)
_UPDATE = "Update Cogzy on this computer and try again."

MESSAGES = {
    "pieces.wrong_hash": (
        "Stored data is damaged",
        "A piece in pack {pack} is not what was written there: its hash differs.",
        _OTHER_UPLOAD,
    ),
    "pieces.tampered": (
        "Stored data was damaged or tampered with",
        "An encrypted piece in pack {pack} does not pass its authentication.",
        _OTHER_UPLOAD,
    ),
    "pieces.swapped": (
        "Stored data was swapped",
        "In pack {pack} another valid piece of this vault stands where piece {piece} belongs.",
        "Somebody or something moved stored data. Check who can write to the bucket. " + _OTHER_UPLOAD,
    ),
    "pieces.truncated": (
        "Stored data is cut short",
        "A piece in pack {pack} should have {expected} bytes but has {found}.",
        _OTHER_UPLOAD,
    ),
    "pieces.too_large": (
        "Stored data is larger than it says",
        "A piece in pack {pack} grows past its declared size when it is unpacked; it was stopped there.",
        "Nothing was written. " + _OTHER_UPLOAD,
    ),
    "packs.truncated": (
        "Stored data is cut short",
        "Pack {pack} gave {found} bytes where {expected} were expected.",
        _OTHER_UPLOAD,
    ),
    "packs.wrong_hash": (
        "Stored data is damaged",
        "Pack {pack} is not what was written there: its hash differs.",
        _OTHER_UPLOAD,
    ),
    "chunks.shorter": (
        "A file shrank while it was read",
        "{path} ended {missing} bytes before its {expected} bytes were read.",
        "It will be read again at the next sync.",
    ),
    "image.shorter": (
        "A database copy changed while it was packed",
        "{path} did not have the {expected} bytes it began with.",
        "Nothing was sent. It will be copied again at the next sync.",
    ),
    "image.damaged": (
        "A stored database image is damaged",
        "The image of {name} does not unpack to what was stored: {problem}.",
        _OTHER_UPLOAD,
    ),
    "image.too_large": (
        "A stored database image is larger than it says",
        "The image of {name} grows past its declared size when it is unpacked; it was stopped there.",
        "Nothing was put in place. " + _OTHER_UPLOAD,
    ),
    "table.wrong_hash": (
        "The file list of an upload is damaged",
        "The table of upload {upload_id} is not the one its manifest names.",
        _OTHER_UPLOAD,
    ),
    "table.tampered": (
        "The file list of an upload was damaged or tampered with",
        "The encrypted table of upload {upload_id} does not pass its authentication.",
        "If the encryption key was changed elsewhere, enter it again. " + _OTHER_UPLOAD,
    ),
    "table.too_large": (
        "The file list of an upload is too large",
        "The table of upload {upload_id} unpacks to more than {most} bytes.",
        _OTHER_UPLOAD,
    ),
    "table.too_much": (
        "There is too much to list in one upload",
        "{files} files in {pieces} pieces make a file list larger than any reader takes.",
        "Exclude folders with very many files in the settings, or split them into another vault.",
    ),
    "table.malformed": (
        "The file list of an upload cannot be read",
        "{where}: {problem}.",
        _OTHER_UPLOAD,
    ),
    "table.misplaced": (
        "The file list of an upload is in the wrong place",
        "Where the table of upload {upload_id} should be stands that of {found}.",
        _OTHER_UPLOAD,
    ),
    "table.future": (
        "An upload needs a newer Cogzy",
        "The table of upload {upload_id} has format {seen}.",
        _UPDATE,
    ),
    "table.chain_broken": (
        "The file lists of an upload do not fit together",
        "Upload {upload_id}: {problem}.",
        _OTHER_UPLOAD,
    ),
    "table.extends_nothing": (
        "A stored database has no beginning",
        "Upload {upload_id} adds changes to {path}, but no image of it comes before.",
        _OTHER_UPLOAD,
    ),
    "table.piece_missing": (
        "Stored data is missing",
        "Nothing says where piece {piece} is stored.",
        _OTHER_UPLOAD,
    ),
    "manifest.malformed": (
        "An upload's manifest cannot be read",
        "{where}: {problem}.",
        "This upload is left out. Choose another one (`cogzy uploads`).",
    ),
    "manifest.misplaced": (
        "An upload's manifest is in the wrong place",
        "{key} holds the manifest of upload {upload_id}.",
        "Somebody or something moved it. Choose another upload (`cogzy uploads`).",
    ),
    "manifest.outside_vault": (
        "An upload points outside its vault",
        "{key} names {named}, which is no place of its own vault.",
        "It may have been tampered with: check who can write to the bucket, and choose another upload.",
    ),
    "manifest.future": (
        "An upload needs a newer Cogzy",
        "{key} was written by a newer version.",
        _UPDATE,
    ),
    "manifest.foreign": (
        "An upload of another program",
        "{key} was not written by Cogzy.",
        "Cogzy leaves it alone. Use the program that wrote it to restore it.",
    ),
    "format.malformed": (
        "The description of a vault cannot be read",
        "{where}: {problem}.",
        "Run `cogzy verify`; if nothing else is damaged, `cogzy sync --full` can start a new copy.",
    ),
    "format.misplaced": (
        "The description of a vault is another vault's",
        "Vault {vault_id} was expected, but {found} is there.",
        "Check the bucket and prefix in the settings, and who can write there.",
    ),
    "format.future": (
        "A vault needs a newer Cogzy",
        "Its cloud copy has format {seen}.",
        _UPDATE,
    ),
    "format.not_encrypted": (
        "The cloud copy is not encrypted, but it should be",
        "This computer knows vault {vault_id} as encrypted; the bucket says it is not.",
        "Nothing was sent. Check who can write to the bucket; if you want a copy in clear, start a new one.",
    ),
    "format.encrypted": (
        "The cloud copy is encrypted, but this computer has it as clear",
        "The bucket says that vault {vault_id} is encrypted.",
        "Nothing was sent. Enter its passphrase or recovery key to use it, or start a new copy.",
    ),
    "keys.wrong_passphrase": (
        "Wrong passphrase",
        "This passphrase does not open the key of this vault.",
        "Try again (upper and lower case count), or use the recovery key.",
    ),
    "keys.short_passphrase": (
        "The passphrase is too short",
        "It needs at least {least} characters.",
        "Choose a longer one: four or five unrelated words are good.",
    ),
    "keys.mistyped_recovery_key": (
        "The recovery key is mistyped",
        "Its checksum does not fit: a character is wrong, missing or too many.",
        "Compare it with your copy group by group. Upper and lower case do not count.",
    ),
    "keys.wrong_recovery_key": (
        "Wrong recovery key",
        "This is a recovery key, but not one of this vault.",
        "Look for the key printed for this vault, or use the passphrase.",
    ),
    "keys.wrong_master_key": (
        "The stored key does not fit this vault",
        "The encryption key kept on this computer is another vault's.",
        "Enter the passphrase or the recovery key of this vault again.",
    ),
    "keys.costly_kdf": (
        "A key in the bucket asks for too much",
        "Opening {where} would take more memory or time than any key of Cogzy does ({problem}).",
        "It may have been tampered with: check who can write to the bucket, or use the recovery key.",
    ),
    "keys.malformed": (
        "A key in the bucket is damaged",
        "{where}: {problem}.",
        "Use the recovery key or the passphrase, whichever this was not, then set the other one anew.",
    ),
    "keys.future": (
        "A key in the bucket needs a newer Cogzy",
        "{where} was written by a newer version.",
        _UPDATE,
    ),
}
