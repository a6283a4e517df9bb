"""Numbers as a reader sees them: as many decimals as the standard error supports, a true minus sign, p never below 0.001.

Belongs here: rounding for the eye; the exact number stays in results.json. Does not: computing anything.
"""

from __future__ import annotations

from math import floor, log10

MOST_DECIMALS = 4
LEAST_P = 0.001
MINUS = "−"


def decimals(std_error: float) -> int:
    """Return the decimals worth showing: two figures of the standard error, at most four.

    >>> decimals(0.45), decimals(12.0), decimals(0.00001)
    (2, 0, 4)
    """
    if std_error <= 0:
        return MOST_DECIMALS
    return min(max(1 - floor(log10(std_error)), 0), MOST_DECIMALS)


def shown(value: float, places: int) -> str:
    """Return a number with thousands separated and a true minus; nothing is shown as minus zero.

    >>> shown(-1234.5678, 2), shown(-0.001, 1)
    ('−1,234.57', '0.0')
    """
    text = f"{abs(value):,.{places}f}"
    return MINUS + text if value < 0 and text.strip("0.,") else text


def shown_p(value: float) -> str:
    """Return a p-value with three decimals.

    >>> shown_p(0.0004), shown_p(0.0431)
    ('<0.001', '0.043')
    """
    return f"<{LEAST_P}" if value < LEAST_P else f"{value:.3f}"
