"""Sealed files: AES-256-GCM in segments, a key of its own for each content, so that memory stays flat and sealing repeats.

Belongs here: plain file ↔ sealed file. Does not: which files are sealed (quality.originals), the secret (vault). The key comes
from the secret and the sha256 of the content: the same bytes seal to the same file, and no key is used for two contents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.durable import replacing
from data.identity.pseudonym import project_key
from data.messages import PlatformFailed, Text

MAGIC = b"zonelab-sealed-1\n"
SEGMENT = 1 << 20
TAG = 16


def seal(secret: bytes, source: BinaryIO, sha256: str, path: Path) -> None:
    """Write the bytes of `source`, whose sha256 is given, sealed to `path`, durably."""
    cipher = AESGCM(project_key(secret, sha256, "original"))
    with replacing(path) as target:
        target.write(MAGIC + bytes.fromhex(sha256))
        segment, place = source.read(SEGMENT), 0
        while True:
            following = source.read(SEGMENT)
            target.write(cipher.encrypt(_nonce(place, is_last=not following), segment, sha256.encode()))
            if not following:
                return
            segment, place = following, place + 1


def unsealed(secret: bytes, path: Path) -> Iterator[bytes]:
    """Yield the plain bytes of a sealed file in pieces; the last one is only given out when all are proved.

    Raises
    ------
    PlatformFailed
        E-VAULT-02: another secret sealed it, or a byte was changed, added or cut.
    """
    with path.open("rb") as stream:
        head = stream.read(len(MAGIC) + 32)
        sha256 = head[len(MAGIC) :].hex()
        cipher, proof = AESGCM(project_key(secret, sha256, "original")), hashlib.sha256()
        segment, place = stream.read(SEGMENT + TAG), 0
        while head.startswith(MAGIC):
            following = stream.read(SEGMENT + TAG)
            try:
                plain = cipher.decrypt(_nonce(place, is_last=not following), segment, sha256.encode())
            except InvalidTag as error:
                raise _not_ours() from error
            proof.update(plain)
            if not following and proof.hexdigest() != sha256:
                raise _not_ours()
            yield plain
            if not following:
                return
            segment, place = following, place + 1
    raise _not_ours()


def _nonce(place: int, *, is_last: bool) -> bytes:
    return place.to_bytes(11, "big") + (b"\1" if is_last else b"\0")


def _not_ours() -> PlatformFailed:
    return PlatformFailed(
        "E-VAULT-02",
        Text(
            en="A sealed original cannot be opened: it was changed, or another vault's key sealed it. Restore it from a copy.",
            zh="密封的原始文件无法打开：文件被改动，或由其他保管库的密钥密封。请从备份恢复。",
        ),
    )
