"""Families in order: what of alpha reaches a family when it is tested only through the one before it.

Belongs here: gates and the p-values behind them. Does not: corrections within a family (joint_tests, design.decisions), which
families there are (registry). Serial: the next family is tested at the full alpha once every hypothesis of its gatekeeper is
rejected (Westfall & Krishen 2001). Parallel: each rejection passes on its share of alpha (Dmitrienko, Offen & Westfall 2003),
which holds for a gatekeeper under Bonferroni, whose tests have shares of their own (Dmitrienko, Tamhane & Wiens 2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.sample import Vector

Gatekeeping = Literal["serial", "parallel"]


@dataclass(frozen=True)
class Gate:
    """Which share of alpha is passed on when the whole is tested at alpha: `share[k]` from `level[k]` on, 0 below all."""

    level: tuple[float, ...] = (0.0,)
    share: tuple[float, ...] = (1.0,)

    def at(self, alpha: float) -> float:
        """Return the share that is passed on at `alpha`.

        >>> Gate((0.01, 0.04), (0.5, 1.0)).at(0.02)
        0.5
        """
        return max((part for level, part in zip(self.level, self.share, strict=True) if level <= alpha), default=0.0)

    def through(self, p_values: Vector) -> Vector:
        """Return p-values against the whole's alpha: the least alpha at which each would be rejected behind the gate.

        Parameters
        ----------
        p_values
            Corrected within the family; not-a-number stays so.

        >>> Gate((0.01, 0.04), (0.5, 1.0)).through(np.array([0.002, 0.03])).tolist()
        [0.01, 0.04]
        """
        open_at = [(level, part) for level, part in zip(self.level, self.share, strict=True) if part > 0]
        if not open_at:
            return np.where(np.isnan(p_values), np.nan, 1.0)
        least = np.min([np.maximum(level, p_values / part) for level, part in open_at], axis=0)
        found: Vector = np.minimum(least, 1.0)
        return found


def passed_on(gate: Gate, decided: Vector, rule: Gatekeeping) -> Gate:
    """Return the gate behind a family.

    Parameters
    ----------
    gate
        In front of that family.
    decided
        Its p-values against the whole's alpha; infinite for a test that can reject nothing in its direction.
    rule
        `serial` or `parallel`.

    >>> passed_on(Gate(), np.array([0.01, 0.04]), "parallel")
    Gate(level=(0.0, 0.01, 0.04), share=(0.0, 0.5, 1.0))
    """
    levels = sorted({*gate.level, *(float(value) for value in decided if value <= 1)})
    rejected = [float(np.mean(decided <= level)) if len(decided) else 1.0 for level in levels]
    parts = [part if rule == "parallel" else float(part == 1.0) for part in rejected]
    return Gate(tuple(levels), tuple(gate.at(level) * part for level, part in zip(levels, parts, strict=True)))
