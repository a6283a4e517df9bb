"""Keyed pseudonyms: HMAC-SHA-256 under a key of the project, the number of the key in the value.

Belongs here: key derivation and the form of a pseudonym. Does not: keeping keys (vault). Without the key, hashing every id that
exists finds nobody; with another project's key neither.
"""

from __future__ import annotations

import base64
import hmac
import re

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from data.contracts import Identified

KEY_BYTES = 32
DIGEST_BYTES = 20
"""160 bits: 32 letters of base32 without padding; two of 10^12 people share one with a chance of 10^-25."""
PSEUDONYM = re.compile(r"k([1-9]\d*):[A-Z2-7]{32}")


def project_key(secret: bytes, project: str, purpose: str = "pseudonym") -> bytes:
    """Return the key of a project and purpose, derived from a secret of the vault by HKDF-SHA-256.

    >>> project_key(b"s" * 32, "a") == project_key(b"s" * 32, "b")
    False
    """
    info = f"zonelab|{purpose}|{project}|1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def keyed_hash(key: bytes, *parts: str) -> str:
    """Return 32 letters of base32 of the keyed hash over the parts, which cannot imitate each other."""
    message = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hmac.digest(key, message.encode(), "sha256")[:DIGEST_BYTES]
    return base64.b32encode(digest).decode()


def pseudonym(key: bytes, number: int, kind: Identified, canonical: str) -> str:
    """Return the pseudonym of a canonical id under key `number`.

    >>> bool(PSEUDONYM.fullmatch(pseudonym(bytes(32), 1, "person", "P1")))
    True
    """
    return f"k{number}:{keyed_hash(key, kind, canonical)}"
