"""Identity: what a direct identifier becomes at the gate, and the vault that alone can tell whose pseudonym it is.

Belongs here: canonical ids, keyed pseudonyms, the vault with its keys, sealed originals. Does not: replacing cells of a file
(quality.identity_gate), removing a person (data.erasure).
"""

from data.identity.canonical import CanonicalId, canonical_id
from data.identity.pseudonym import PSEUDONYM, pseudonym
from data.identity.vault import Vault

__all__ = ["PSEUDONYM", "CanonicalId", "Vault", "canonical_id", "pseudonym"]
