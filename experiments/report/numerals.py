"""Numbers as a reader sees them: as many decimals as the standard error supports, a true minus sign, p never below 0.001.

Belongs here: rounding for the eye; the exact number stays in results.json. Does not: computing anything. A number that a result
does not have (null) is a dash; in an interval it is an end that is open.
"""

from __future__ import annotations

from math import floor, log10

MOST_DECIMALS = 4
LEAST_P = 0.001
MINUS = "−"
NO_NUMBER = "–"


def decimals(std_error: float | None, estimate: float = 0.0) -> int:
    """Return the decimals worth showing: two figures of the standard error, at most four.

    Without a standard error (one treated cluster) three figures of the estimate.

    >>> decimals(0.45), decimals(12.0), decimals(0.00001), decimals(None, 12.3)
    (2, 0, 4, 1)
    """
    if std_error is None:
        return min(max(2 - floor(log10(abs(estimate))), 0), MOST_DECIMALS) if estimate else MOST_DECIMALS
    if std_error <= 0:
        return MOST_DECIMALS
    return min(max(1 - floor(log10(std_error)), 0), MOST_DECIMALS)


def shown(value: float | None, places: int) -> str:
    """Return a number with thousands separated and a true minus; nothing is shown as minus zero.

    >>> shown(-1234.5678, 2), shown(-0.001, 1), shown(None, 2)
    ('−1,234.57', '0.0', '–')
    """
    if value is None:
        return NO_NUMBER
    text = f"{abs(value):,.{places}f}"
    return MINUS + text if value < 0 and text.strip("0.,") else text


def low_end(value: float | None, places: int) -> str:
    """Return the lower end of an interval; open where there is none.

    >>> low_end(None, 2), low_end(1.5, 1)
    ('−∞', '1.5')
    """
    return f"{MINUS}∞" if value is None else shown(value, places)


def high_end(value: float | None, places: int) -> str:
    """Return the upper end of an interval; open where there is none."""
    return "∞" if value is None else shown(value, places)


def shown_p(value: float | None) -> str:
    """Return a p-value with three decimals.

    >>> shown_p(0.0004), shown_p(0.0431), shown_p(None)
    ('<0.001', '0.043', '–')
    """
    if value is None:
        return NO_NUMBER
    return f"<{LEAST_P}" if value < LEAST_P else f"{value:.3f}"
