"""Codes in place of direct identifiers: keyed, the same in every export of a workspace, without a way back for who has the file.

Belongs here: the key and a value's code. Does not: pseudonyms of the archive (data.identity), which a keyed column already holds.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from data.durable import write_private
from data.identity.pseudonym import KEY_BYTES, keyed_hash
from data.locks import exclusive
from data.messages import PlatformFailed, Text
from data.paths import Workspace

FILE = ".export-key"
LETTERS = 16
"""80 bits: a million people share none with a chance of 1 - 4e-13."""


@dataclass(frozen=True)
class Coder:
    """Makes codes under one key."""

    key: bytes

    def code(self, value: str) -> str:
        """Return the code of an identifier.

        >>> Coder(bytes(32)).code("P1") == Coder(bytes(32)).code("P1") != Coder(b"k" * 32).code("P1")
        True
        """
        return f"E{keyed_hash(self.key, 'export', value)[:LETTERS]}"


def coder_of(workspace: Workspace) -> Coder:
    """Return the workspace's coder; its key (file mode 0600) is made on first use and never leaves the workspace.

    Raises
    ------
    PlatformFailed
        E-EXPORT-05: the key is not whole, or others may read it. Nobody is exported without it.
    """
    path = workspace.home / FILE
    with exclusive(workspace.home / ".export-key.lock"):
        if not path.exists():
            write_private(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
    if len(key) != KEY_BYTES or path.stat().st_mode & 0o077:
        raise PlatformFailed(
            "E-EXPORT-05",
            Text(
                en=f"The key of exports ({FILE}) is damaged or readable by others. Restore it, or set its mode to 0600.",
                zh=f"导出密钥（{FILE}）已损坏或可被他人读取。请恢复该文件，或将权限设为 0600。",
            ),
        )
    return Coder(key)
