"""Assignment that others made: read from a column of the frame and sealed as it is. Nothing is drawn.

Belongs here: that reading. Does not: judging it. Cells hold arm ids, or 1 and 0 for the first and second of two arms.
"""

from __future__ import annotations

import numpy as np

from experiments.design.frame import external_column, some_rows
from experiments.design.mechanisms.drawn import Drawn, Option, Request
from experiments.design.messages import refusal

TWO = 2


def draw(request: Request) -> Drawn:
    """Return the declared arm (and the period from which on, where `columns.period` names a column) of each unit."""
    column = external_column(request.spec)
    codes = {"1": request.arms[0], "0": request.arms[1]} if len(request.arms) == TWO else {}
    found = [codes.get(cell, cell) for cell in request.frame.texts([column])]
    strange = [row for row, arm in enumerate(found, start=1) if arm not in request.arms]
    if strange:
        known = ", ".join(request.arms)
        raise refusal("E-ASSIGN-11", n=len(strange), column=column, rows=some_rows(strange), known=known)
    periods = _periods(request)
    pairs = sorted(set(zip(found, periods, strict=True)), key=lambda pair: (request.arms.index(pair[0]), pair[1]))
    number = {pair: place for place, pair in enumerate(pairs)}
    choice = np.array([number[pair] for pair in zip(found, periods, strict=True)], dtype=np.int64)
    return Drawn(tuple(Option(*pair) for pair in pairs), choice, None, "unknown")


def _periods(request: Request) -> list[str]:
    column = request.spec.columns.get("period")
    return [cell or "" for cell in request.frame.cells(column)] if column else [""] * len(request.frame)
