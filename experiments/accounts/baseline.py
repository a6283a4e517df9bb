"""The baseline table: registered covariates and outcomes at the first wave by arm, with standardised differences.

Belongs here: means, standard deviations and their difference in pooled standard deviations (Austin 2009), each mean through
disclosure control. Does not: tests of balance, which say nothing about a draw that was right (CONSORT 2025, item 25).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.codebooks import codebooks
from data.messages import Text
from experiments.accounts.panel import ARM, SEEN, UNIT, Panel
from experiments.accounts.shapes import Baseline, BaselineArm, BaselineRow, Label
from experiments.design.frame import SealedFrame
from experiments.sample import Vector
from experiments.source import Source
from quality.disclosure.outputs import About, Amount, Cell, Key, Units
from quality.disclosure.pages import means_shown
from quality.disclosure.policy import load_policy
from quality.disclosure.rounding import to_base

LEAST, PLACES = 2, 3
Groups = dict[str, Vector]


def baseline_of(panel: Panel, source: Source, covariates: Sequence[str]) -> Baseline | None:
    """Return the baseline of one panel; None where treatment had begun by its first wave.

    Parameters
    ----------
    covariates
        Columns of the sealed frame by which the draw was balanced: told of what was assigned, such as clinics.
    """
    first = panel.first()
    if _begun(panel, first):
        return None
    seen = first[first[SEEN].fillna(value=False).astype(bool)] if SEEN in first else first
    rows = [_row(panel, seen, name) for name in panel.variables]
    rows += _assigned(panel, source, covariates)
    told = [row for row in rows if row is not None]
    sizes = [abs(row.difference) for row in told if row.difference is not None]
    wave = panel.name_of(first)
    return Baseline(id=panel.dataset, wave=wave, rows=tuple(told), largest=max(sizes, default=None))


def standardised(first: Vector, second: Vector) -> float | None:
    """Return the difference of two means in pooled standard deviations; None without any spread.

    >>> round(standardised(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0])), 3)
    -1.0
    """
    pooled = math.sqrt((float(first.var(ddof=1)) + float(second.var(ddof=1))) / 2)
    return (float(first.mean()) - float(second.mean())) / pooled if pooled else None


def _begun(panel: Panel, first: pd.DataFrame) -> bool:
    """Return whether a treatment that changes over time was on in the first period."""
    if panel.treatment is None:
        return False
    changes = panel.rows.groupby(UNIT)[panel.treatment].nunique().gt(1).any()
    return bool(changes and (first[panel.treatment].fillna(0).astype(float) > 0).any())


def _row(panel: Panel, seen: pd.DataFrame, name: str) -> BaselineRow | None:
    column = seen[name]
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        return None
    values = column.astype(float)
    groups = {arm: values[(seen[ARM] == arm) & values.notna()].to_numpy() for arm in panel.arms}
    return row_of(name, label_of(panel.dataset, name), "unit", groups, About(name, panel.dataset, unit=panel.kind))


def _assigned(panel: Panel, source: Source, covariates: Sequence[str]) -> list[BaselineRow]:
    """Return rows of what was assigned, from the sealed frames; none where the draw was not of this panel's units."""
    if source.lottery is None or panel.rows.empty or not covariates:
        return []
    values: dict[str, dict[str, list[float]]] = {name: {arm: [] for arm in panel.arms} for name in covariates}
    for draw in source.lottery.draws:
        arms = {unit.unit: unit.arm for unit in draw.units}
        for name in covariates:
            for unit, cell in _numbers(draw.frame, name):
                if arms.get(unit) in values[name]:
                    values[name][arms[unit]].append(cell)
    kind: Units = "nobody" if panel.kind == "nobody" else "organisation"
    found = [
        row_of(name, label_of(panel.dataset, name), "assigned", _arrays(groups), About(name, "frame", unit=kind))
        for name, groups in values.items()
    ]
    return [row for row in found if row is not None]


def _arrays(groups: dict[str, list[float]]) -> Groups:
    return {arm: np.array(cells, dtype=float) for arm, cells in groups.items()}


def _numbers(frame: SealedFrame, name: str) -> list[tuple[str, float]]:
    if name not in frame.names:
        return []
    place, key = frame.names.index(name), frame.names.index(frame.unit_id)
    pairs = [(str(row[key]), row[place]) for row in frame.rows]
    try:
        return [(unit, _number(cell)) for unit, cell in pairs if cell is not None]
    except ValueError:
        return []


def _number(cell: str) -> float:
    """Return a cell of the frame as a number: truth values as 0 and 1.

    >>> _number("True"), _number("3.5")
    (1.0, 3.5)
    """
    return {"true": 1.0, "false": 0.0}.get(cell.lower()) if cell.lower() in ("true", "false") else float(cell)  # type: ignore[return-value]


def row_of(name: str, label: Text, about: str, groups: Groups, asked: About) -> BaselineRow | None:
    """Return a row of the table; None where an arm has fewer than two values.

    Means are those that disclosure control releases (few figures); the standardised difference is of the exact values, to three
    decimals, and only where every mean of the row is released.
    """
    if not groups or any(len(values) < LEAST for values in groups.values()):
        return None
    means = means_of(asked, groups)
    open_ = all(value is not None for value in means.values())
    arms = tuple(
        BaselineArm(
            id=arm,
            n=_count(asked, len(values)) if about == "unit" else len(values),
            mean=means[arm],
            sd=_figures(float(values.std(ddof=1))) if open_ else None,
        )
        for arm, values in groups.items()
    )
    first, *rest = groups.values()
    difference = standardised(first, rest[0]) if open_ and len(rest) == 1 else None
    return BaselineRow.model_validate(
        {
            "id": name,
            "label": Label.of(label),
            "about": about,
            "arms": arms,
            "difference": None if difference is None else round(difference, PLACES) + 0.0,
            "held": not open_,
        }
    )


def means_of(asked: About, groups: Groups) -> dict[str, float | None]:
    """Return the mean of each group as it may be shown; of what is about nobody, to as many figures."""
    if asked.unit == "nobody":
        return {arm: _figures(float(values.mean())) for arm, values in groups.items()}
    amounts: dict[Key, Amount] = {(arm,): _amount(values) for arm, values in groups.items()}
    told = means_shown(asked, ("arm",), amounts)
    return {arm: told[arm,] for arm in groups}


def _amount(values: Vector) -> Amount:
    sizes = np.sort(np.abs(values))[::-1]
    mixed = bool((values > 0).any() and (values < 0).any())
    return Amount(math.fsum(values), Cell(len(values), len(values)), float(sizes[0]), float(sizes[1]), mixed)


def _count(asked: About, n: int) -> int:
    return n if asked.unit == "nobody" else to_base(n, load_policy().rounding_base)


def _figures(value: float) -> float:
    """Return a number to the figures that released means have.

    >>> _figures(12.3456), _figures(0.0)
    (12.3, 0.0)
    """
    return float(f"{value:.{load_policy().magnitude_figures}g}")


def label_of(dataset: str, name: str) -> Text:
    """Return what the codebook calls a column of a released table; its name where it has none."""
    panel = codebooks().panels.get(dataset)
    words = panel.columns.get(name) if panel else None
    return words.label if words is not None else Text(en=name, zh=name)
