"""Waves as a concordance writes them: single codes, and runs of years as `1986..2013`.

Belongs here: reading and writing such lists. Does not: which waves a source has (check).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

RUN = ".."


def expanded(written: Sequence[str]) -> tuple[str, ...]:
    """Return every wave that a list names, in its order.

    Raises
    ------
    ValueError
        A run is not two years in order, or a wave stands twice.

    >>> expanded(["W1", "2010..2012"])
    ('W1', '2010', '2011', '2012')
    """
    found = tuple(wave for part in written for wave in _wave(part))
    twice = sorted({wave for wave in found if found.count(wave) > 1})
    if twice:
        raise ValueError(f"waves that stand twice: {', '.join(twice)}")
    return found


def _wave(part: str) -> Iterator[str]:
    first, run, last = part.partition(RUN)
    if not run:
        yield part
        return
    if not (first.isdigit() and last.isdigit() and int(first) < int(last)):
        raise ValueError(f"{part!r} is no run of years such as 1986..2013")
    yield from map(str, range(int(first), int(last) + 1))


def runs(waves: Sequence[str]) -> list[tuple[str, str]]:
    """Return the waves as runs of consecutive years, each with its first and last; others stand alone.

    >>> runs(["1986", "1987", "1988", "2014"])
    [('1986', '1988'), ('2014', '2014')]
    """
    found: list[tuple[str, str]] = []
    for wave in waves:
        last = found[-1][1] if found else ""
        if found and wave.isdigit() and last.isdigit() and int(wave) == int(last) + 1:
            found[-1] = (found[-1][0], wave)
        else:
            found.append((wave, wave))
    return found


def told(waves: Sequence[str]) -> str:
    """Return the waves as a person writes them; `*` for all.

    >>> told(["1986", "1987", "2014"]), told([])
    ('1986..1987, 2014', '*')
    """
    return ", ".join(first if first == last else f"{first}{RUN}{last}" for first, last in runs(waves)) or "*"
