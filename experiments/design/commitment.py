"""The secret of a draw: made and committed before, kept apart, shown afterwards.

Belongs here: seed and nonce, their commitment, the file that holds them meanwhile. Does not: the ledger's events (sealing), the
draw (assignment). The commitment binds whoever drew to one seed without telling it: who could know the seed could know the draw.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from data.durable import make_folder, remove_file, write_private
from data.paths import Workspace

SEED_BITS = 128
NONCE_BYTES = 32
PRIVATE_FOLDER = 0o700
SEED, NONCE = re.compile(r"0|[1-9][0-9]*"), re.compile(rf"[0-9a-f]{{{2 * NONCE_BYTES}}}")


@dataclass(frozen=True)
class Secret:
    """What a draw depends on and nobody may know before: a seed, and a nonce without which the seed could be guessed."""

    seed: int
    nonce: str

    @property
    def commitment(self) -> str:
        """The hash that is recorded before the draw; see `commitment`."""
        return commitment(self.seed, self.nonce)


def fresh() -> Secret:
    """Return a secret from the operating system's random numbers."""
    return Secret(secrets.randbits(SEED_BITS), secrets.token_hex(NONCE_BYTES))


def commitment(seed: int | str, nonce: str) -> str:
    """Return SHA-256(seed ‖ nonce): the seed as decimal text, directly followed by the nonce (64 hexadecimal digits).

    Anybody can check it with ``printf '%s%s' SEED NONCE | sha256sum``.

    >>> commitment(1, "0" * 64)[:8]
    '0a2a55b6'
    """
    return hashlib.sha256(f"{seed}{nonce}".encode()).hexdigest()


def binds(seed: str, nonce: str, seed_commitment: str) -> bool:
    """Return whether a seed and a nonce are those of a commitment.

    Their lengths are looked at too: seed and nonce are hashed as one text, and a shorter seed with a nonce that is longer by the
    same digits would have the same hash, so that one commitment could be shown to be that of many seeds.

    >>> binds("12", "0" * 64, commitment(12, "0" * 64)), binds("1", "2" + "0" * 64, commitment(12, "0" * 64))
    (True, False)
    """
    written = SEED.fullmatch(seed) is not None and NONCE.fullmatch(nonce) is not None
    return written and commitment(seed, nonce) == seed_commitment


def secret_path(place: Workspace, experiment_id: str, seed_commitment: str) -> Path:
    """Return where the secret of a commitment is kept until it is shown: in the workspace, outside the ledger."""
    return place.home / "secrets" / f"{experiment_id}-{seed_commitment[:16]}.json"


def keep(place: Workspace, experiment_id: str, secret: Secret) -> Path:
    """Write the secret durably to a file that only the platform's own account can read; return its path.

    Raises
    ------
    FileExistsError
        A secret of this commitment is kept already.
    """
    path = secret_path(place, experiment_id, secret.commitment)
    make_folder(path.parent).chmod(PRIVATE_FOLDER)
    write_private(path, json.dumps({"nonce": secret.nonce, "seed": str(secret.seed)}).encode())
    return path


def kept(place: Workspace, experiment_id: str, seed_commitment: str) -> Secret | None:
    """Return the secret of a commitment; None if its file is lost, unreadable, or holds another secret."""
    path = secret_path(place, experiment_id, seed_commitment)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads(path.read_text(encoding="utf-8"))
        secret = Secret(int(content["seed"]), str(content["nonce"]))
        if binds(str(secret.seed), secret.nonce, seed_commitment):
            return secret
    return None


def forget(place: Workspace, experiment_id: str, seed_commitment: str) -> None:
    """Remove the file of a secret that stands in the ledger now."""
    remove_file(secret_path(place, experiment_id, seed_commitment))
