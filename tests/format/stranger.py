"""Restore an upload from a copy of the bucket, knowing docs/FORMAT.md and nothing of Cogzy.

    python stranger.py FOLDER latest|UPLOAD_ID OUT [PASSPHRASE]

Needs zstandard; cryptography when the vault is encrypted; duckdb when a database has deltas (stranger_deltas.py).
"""

import base64
import gzip
import hashlib
import hmac
import json
import struct
import sys
import unicodedata
from pathlib import Path

import zstandard

KINDS, CODECS = ("slice", "delta", "chunk", "list"), ("none", "zstd", "gzip")
b64 = base64.b64decode


def sha(data):
    return hashlib.sha256(data).hexdigest()


def hkdf(secret, salt, info):
    return hmac.digest(hmac.digest(salt, secret, "sha256"), info.encode() + b"\x01", "sha256")


def unseal(key, stored, place):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).decrypt(stored[:12], stored[12:], place.encode())


class Vault:
    def __init__(self, folder, vault_id, passphrase):
        self.root, self.id = folder / "vaults" / vault_id, vault_id
        self.encrypted = json.loads((self.root / "format.json").read_bytes())["encrypted"]
        self.pieces = {}
        if self.encrypted:
            found = [json.loads(path.read_bytes()) for path in (self.root / "keys").iterdir()]
            key = max((k for k in found if k["kind"] == "passphrase"), key=lambda k: k["created_at"])
            kdf, secret = key["kdf"], unicodedata.normalize("NFKC", passphrase).encode()
            size = {"n": 1 << kdf["log_n"], "r": kdf["r"], "p": kdf["p"], "maxmem": 1 << 30, "dklen": 32}
            place = f"cogzy|1|{vault_id}|passphrase|{key['id']}|{key['created_at']}"
            self.master = unseal(hashlib.scrypt(secret, salt=b64(kdf["salt"]), **size), b64(key["wrapped"]), place)

    def key(self, purpose):
        return hkdf(self.master, self.id.encode(), f"cogzy 1 {purpose}")

    def table(self, upload_id, sha256):
        data = (self.root / "tables" / f"{upload_id}.table").read_bytes()
        assert sha(data) == sha256
        if self.encrypted:
            key = hmac.digest(self.key("table"), upload_id.encode(), "sha256")
            data = unseal(key, data, f"cogzy|1|{self.id}|table|{upload_id}")
        return json.loads(zstandard.decompress(data))

    def learn(self, columns):
        c = {name: b64(value) for name, value in columns.items()}
        packs = [c["packs"][at : at + 32].hex() for at in range(0, len(c["packs"]), 32)]
        numbers = [struct.unpack(f"<{len(c['kind'])}I", c[name]) for name in ("pack", "offset", "stored", "plain")]
        for n, (pack, offset, stored, plain) in enumerate(zip(*numbers, strict=True)):
            place = (KINDS[c["kind"][n]], CODECS[c["codec"][n]], packs[pack], offset, stored, plain)
            self.pieces[c["ids"][n * 32 : n * 32 + 32]] = place

    def piece(self, piece_id):
        kind, codec, pack, offset, stored, plain = self.pieces[piece_id]
        with (self.root / "packs" / pack[:2] / f"{pack}.pack").open("rb") as file:
            file.seek(offset)
            data = file.read(stored)
        if self.encrypted:
            key = hmac.digest(self.key("data"), piece_id, "sha256")
            data = unseal(key, data, f"cogzy|1|{self.id}|{kind}|{piece_id.hex()}")
        data = {"none": bytes, "gzip": gzip.decompress, "zstd": zstandard.decompress}[codec](data)
        right = hmac.digest(self.key("id"), data, "sha256") if self.encrypted else hashlib.sha256(data).digest()
        assert (right, len(data)) == (piece_id, plain)
        return data

    def stream(self, stream):
        ids = b64(stream["ids"])
        for _ in range(stream["depth"]):
            ids = b"".join(self.piece(ids[at : at + 32]) for at in range(0, len(ids), 32))
        return b"".join(self.piece(ids[at : at + 32]) for at in range(0, len(ids), 32))


def fold(vault, upload_id, sha256):
    last, entries = vault.table(upload_id, sha256), {}
    for table in [*(vault.table(ref["upload_id"], ref["sha256"]) for ref in last["base"]), last]:
        for path in table["removed"]:
            entries.pop(path, None)
        for entry in table["set"]:
            if entry.get("extends"):
                known = entries[entry["path"]]
                new = {name: entry[name] for name in ("tables", "mtime_ns", "duckdb_version")}
                entry = known | new | {"deltas": [*known["deltas"], entry["delta"]]}
            entries[entry["path"]] = entry
        vault.learn(table["pieces"])
    return entries


def restore_database(vault, entry, target):
    plain = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(vault.stream(entry["image"])).read()
    for member in entry["members"]:
        data, plain = plain[: member["size"]], plain[member["size"] :]
        assert sha(data) == member["sha256"]
        (target.parent / member["name"]).write_bytes(data)
    if not entry["deltas"]:
        return
    from stranger_deltas import apply

    apply(entry, target, vault.stream)


def main(folder, upload_id, out, passphrase=""):
    found = {path.parent.name: path for path in Path(folder).glob("systems/*/uploads/*/manifest.json")}
    manifest = json.loads(found[max(found) if upload_id == "latest" else upload_id].read_bytes())
    own = manifest["metadata"]["cogzy"]
    vault = Vault(Path(folder), own["vault_id"], passphrase)
    for path, entry in fold(vault, manifest["upload_id"], manifest["checksum"]).items():
        assert not path.startswith("/")
        assert ".." not in path.split("/")
        target = Path(out) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry["kind"] == "duckdb":
            restore_database(vault, entry, target)
        else:
            data = vault.stream(entry["content"])
            assert (len(data), sha(data)) == (entry["size"], entry["sha256"])
            target.write_bytes(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
