"""Erasure: one person out of every layer, proved by decoding every file, with a certificate that names nobody.

Belongs here: finding, rewriting, sweeping, proving. Does not: who withdrew (data.withdrawals), refusing new rows
(quality.identity_gate). Steps may be killed anywhere and repeated; they end the same.
"""

from data.erasure.person import Erased, withdraw
from data.erasure.subject import Subject

__all__ = ["Erased", "Subject", "withdraw"]
