"""Which lot each unit of a sample drew in the registered lottery, and which it could have drawn.

Belongs here: that one value, which a sample carries to the estimators. Does not: drawing (design), estimating under other draws
(estimators.redrawn).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

COLUMN = "assignment_lot"
"""Column of a frame that holds the number of each row's lot; missing where the row's unit was not in the lottery."""


@dataclass(frozen=True)
class Lots:
    """The lots (clusters, or units that were drawn singly), what each got, and what other draws would have given.

    Parameters
    ----------
    drawn
        (I,) number of the option that each lot got.
    others
        (D, I) the same for each of `D` draws: all that the mechanism can make when `exact`, all equally likely.
    options
        Names of the options: the arm, and in a stepped wedge the period from which on.
    mechanism
        The declared method.
    period
        The table's column of calendar periods, where the declaration names one.
    """

    drawn: npt.NDArray[np.int64]
    others: npt.NDArray[np.int8]
    exact: bool
    options: tuple[str, ...]
    mechanism: str
    period: str | None = None
