"""What a page shows of numbers that it has counted: tables of counts and of means, each through the gate.

Belongs here: from a page's mapping to the same mapping with None where a number is held back. Does not: rules (gate), one
number by itself (threshold). Counts come from the released marts by the platform's own statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quality.disclosure.cells import with_margins
from quality.disclosure.gate import decide
from quality.disclosure.outputs import About, Amount, Cell, CountTable, Key, MagnitudeTable


def counts_shown(
    about: About,
    dims: tuple[str, ...],
    counts: Mapping[Key, int],
    *,
    sensitive: bool = False,
    impossible: Iterable[Key] = (),
    margins: bool = False,
) -> dict[Key, int | None]:
    """Return distinct units by cell as they may be shown, rounded; None where held back, all of them where nothing may be.

    Parameters
    ----------
    counts
        Every combination, those without a unit too.
    sensitive
        Whether a line in which nearly all are in one cell tells of them what is not to be told.
    impossible
        Combinations that cannot occur, whose zero tells nothing.
    margins
        Whether totals are returned too, under keys with `TOTAL`.

    Examples
    --------
    >>> about = About("people", "panel_individual_wave")
    >>> counts_shown(about, ("arm",), {("a",): 53, ("b",): 31, ("c",): 4})
    {('a',): 55, ('b',): None, ('c',): None}
    """
    structural = set(impossible)
    cells = {key: Cell(count, count, structural=key in structural) for key, count in counts.items()}
    released = decide(CountTable(about, dims, cells, sensitive=sensitive)).released if cells else None
    wanted = with_margins(cells) if margins else counts
    return {key: None if released is None else released.values[key] for key in wanted}


def means_shown(about: About, dims: tuple[str, ...], amounts: Mapping[Key, Amount]) -> dict[Key, float | None]:
    """Return means by cell as they may be shown, to few figures; None where held back (also where signs are mixed).

    >>> about = About("pay", "panel_organisation_quarter", unit="organisation")
    >>> amounts = {("a",): Amount(1234.0, Cell(40, 40), 90.0, 80.0), ("b",): Amount(1000.0, Cell(40, 40), 90.0, 80.0)}
    >>> means_shown(about, ("arm",), amounts)
    {('a',): 30.9, ('b',): 25.0}
    """
    released = decide(MagnitudeTable(about, dims, amounts, show="mean")).released if amounts else None
    return {key: None if released is None else released.values[key] for key in amounts}
