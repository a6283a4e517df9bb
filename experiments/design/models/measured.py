"""What the parameters of all generators share: bounds, and how an outcome is written down.

Belongs here: shares, spreads, rounding, missing values. Does not: any generator's own parameters (clustered, staggered, series).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import Field

from experiments.registry.schema.meta import Part

Share = Annotated[float, Field(ge=0, le=1)]
Spread = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]


class Measured(Part):
    """How an outcome is written down, in every generator.

    Parameters
    ----------
    decimals
        Decimals to which it is rounded; None: not rounded.
    low, high
        Values beyond are set to these bounds, in the outcome's unit.
    missing
        Share of values of observed rows that are missing at random (0 to 1).
    """

    decimals: int | None = Field(default=None, ge=0, le=12)
    low: float | None = None
    high: float | None = None
    missing: Share = 0.0


def check_names(kind: str, used: set[str], known: Collection[str]) -> None:
    """Raise ValueError when a name is used that is not known."""
    lost = sorted(used - set(known))
    if lost:
        raise ValueError(f"no {kind} is called {', '.join(lost)}")
