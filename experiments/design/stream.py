"""Random numbers of a draw that anybody can repeat, in any language, for ever.

Belongs here: seed and label → 64-bit keys. Does not: what they decide (mechanisms). numpy may change its generators' numbers
between versions (NEP 19); a registered draw must repeat in ten years, so the keys are SHAKE-256 output, a public standard.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
WORD = 8
SCALE = 2**64


@dataclass(frozen=True)
class Stream:
    """The random numbers of one draw: independent keys under each label.

    The keys of a label are SHAKE-256 of the text ``zonelab assignment 1|<seed>|<label>``, cut into big-endian words of 8 bytes.

    >>> int(Stream(1).keys("order", 1)[0]) == int(Stream(1).keys("order", 3)[0])
    True
    >>> int(Stream(1).keys("order", 1)[0]) == int(Stream(2).keys("order", 1)[0])
    False
    """

    seed: int
    version: int = 1

    def keys(self, label: str, count: int) -> Keys:
        """Return `count` independent, uniform 64-bit numbers."""
        material = f"zonelab assignment {self.version}|{self.seed}|{label}".encode()
        return np.frombuffer(hashlib.shake_256(material).digest(WORD * count), dtype=">u8").astype(np.uint64)

    def uniform(self, label: str) -> Fraction:
        """Return one number in [0, 1), exact."""
        return Fraction(int(self.keys(label, 1)[0]), SCALE)
