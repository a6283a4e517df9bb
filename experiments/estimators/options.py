"""What the options of an estimator may hold: one of a few words, a number, a column, a list, an interval.

Belongs here: the kinds, each with the test that a value passes and the words that say what is allowed. Does not: which options a
method has (its `METHOD`), refusing (method). An option that names columns says so: they are part of the sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TWO = 2


def _no_columns(_: Any) -> tuple[str, ...]:  # noqa: ANN401 - an option's value can be anything
    return ()


@dataclass(frozen=True)
class Option:
    """One option: what it may hold.

    Parameters
    ----------
    allowed
        For a refusal: the values, or the kind of value.
    accepts
        Whether a value (as YAML gave it) will do.
    names
        The columns that a value names; they are read, and their missing values drop the row.
    """

    allowed: str
    accepts: Callable[[Any], bool]
    names: Callable[[Any], tuple[str, ...]] = _no_columns


def choice(*values: str | int) -> Option:
    """Return an option that holds one of a few values.

    >>> choice("min", "conventional").accepts("most")
    False
    """
    return Option(", ".join(map(str, values)), lambda value: not isinstance(value, bool) and value in values)


def number(low: float = -math.inf, high: float = math.inf, *, above: float = -math.inf) -> Option:
    """Return an option that holds a finite number from `low` to `high`, larger than `above`.

    >>> number(above=0).accepts(0), number(0, 1).accepts(0.5)
    (False, True)
    """
    parts = [f"from {low:g}"] * (low > -math.inf) + [f"to {high:g}"] * (high < math.inf)
    parts += [f"above {above:g}"] * (above > -math.inf)
    allowed = " ".join(["a number", *parts])
    return Option(allowed, lambda value: _is_number(value) and low <= value <= high and value > above)


def whole(low: int = 0, high: int | None = None) -> Option:
    """Return an option that holds a whole number, at least `low`.

    >>> whole(1).accepts(2.0), whole(1).accepts(2)
    (False, True)
    """
    allowed = f"a whole number from {low}" + (f" to {high}" if high is not None else "")
    return Option(allowed, lambda value: type(value) is int and value >= low and (high is None or value <= high))


def flag() -> Option:
    """Return an option that is true or false."""
    return Option("true, false", lambda value: isinstance(value, bool))


def column() -> Option:
    """Return an option that names one column.

    >>> column().names("arrest")
    ('arrest',)
    """
    return Option("a column's name", _is_name, lambda value: (value,))


def columns() -> Option:
    """Return an option that names columns: one, or a list. `a:b` is a product.

    >>> columns().names(["age", "age:age"])
    ('age', 'age', 'age')
    """
    return Option(
        "a list of columns",
        _are_names,
        lambda value: tuple(part for name in _listed(value) for part in name.split(":")),
    )


def numbers(low: float = -math.inf, high: float = math.inf, *, inside: bool = False) -> Option:
    """Return an option that holds a number or a list of numbers from `low` to `high` (`inside`: the ends left out)."""
    allowed = f"numbers {'between' if inside else 'from'} {low:g} {'and' if inside else 'to'} {high:g}"

    def fits(value: Any) -> bool:  # noqa: ANN401 - an option's value can be anything
        return _is_number(value) and (low < value < high if inside else low <= value <= high)

    return Option(allowed, lambda value: bool(_listed(value)) and all(fits(item) for item in _listed(value)))


def interval() -> Option:
    """Return an option that holds two numbers, the smaller one first.

    >>> interval().accepts([-5, 5]), interval().accepts([5, -5])
    (True, False)
    """

    def fits(value: Any) -> bool:  # noqa: ANN401 - an option's value can be anything
        return isinstance(value, list) and len(value) == TWO and all(map(_is_number, value)) and value[0] <= value[1]

    return Option("two numbers, the smaller one first", fits)


def shaped(
    allowed: str, accepts: Callable[[Any], bool], names: Callable[[Any], tuple[str, ...]] = _no_columns
) -> Option:
    """Return an option of a form of its own, such as the random effects of a mixed model."""
    return Option(allowed, accepts, names)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - an option's value can be anything
    return value if isinstance(value, list) else [value]


def _is_number(value: Any) -> bool:  # noqa: ANN401 - an option's value can be anything
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_name(value: Any) -> bool:  # noqa: ANN401 - an option's value can be anything
    return isinstance(value, str) and value != ""


def _are_names(value: Any) -> bool:  # noqa: ANN401 - an option's value can be anything
    return bool(_listed(value)) and all(map(_is_name, _listed(value)))
