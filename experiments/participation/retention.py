"""Who is still there: retention from wave to wave and since the first, and the patterns of taking part.

Belongs here: counts from a panel with a row per unit and wave, also for those not seen. Does not: why somebody left
(dispositions), whether leaving depends on the arm (attrition), what may be shown (experiments.participation.shown).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.sample import Flags
from experiments.weights.messages import refusal


@dataclass(frozen=True)
class Retention:
    """Participation of a group of units in W waves.

    Attributes
    ----------
    curve
        A row per wave, of those seen at the first: `wave`, `n_in_scope`, `n_observed`, `n_followed` (seen at the wave before and
        still in scope), `n_observed_before` (of those, seen again).
    patterns
        A row per pattern, most frequent first: `pattern` (1 seen, 0 not seen, - out of scope), `n`, `kind` ("complete",
        "monotone": never seen again after a gap, "intermittent").
    """

    curve: pd.DataFrame
    patterns: pd.DataFrame

    def wave_on_wave(self) -> pd.Series:
        """Return, by wave, the share seen of those seen at the wave before and still in scope; missing at the first."""
        told = self.curve.set_index("wave")
        return (told["n_observed_before"] / told["n_followed"]).where(told["n_followed"] > 0)

    def cumulative(self) -> pd.Series:
        """Return, by wave, the share seen of those seen at the first wave and still in scope."""
        told = self.curve.set_index("wave")
        return (told["n_observed"] / told["n_in_scope"]).where(told["n_in_scope"] > 0)


def retention(
    panel: pd.DataFrame, *, unit: list[str], wave: str, observed: str, in_scope: str | None = None
) -> Retention:
    """Return the retention of the units that were seen at the first wave.

    Parameters
    ----------
    panel
        One row per unit and wave, also for those not seen; waves are numbers.
    observed, in_scope
        Columns of truth values; without `in_scope` nobody leaves the population.

    Raises
    ------
    Refused
        E-WGT-02: a unit lacks a wave, or has it twice.

    Examples
    --------
    >>> rows = [(unit, wave, seen) for unit, seens in {"a": [1, 1, 1], "b": [1, 0, 1], "c": [1, 0, 0]}.items()
    ...         for wave, seen in enumerate(seens, 1)]
    >>> found = retention(pd.DataFrame(rows, columns=["id", "wave", "seen"]), unit=["id"], wave="wave", observed="seen")
    >>> found.cumulative().round(2).tolist(), sorted(found.patterns["kind"])
    ([1.0, 0.33, 0.67], ['complete', 'intermittent', 'monotone'])
    """
    waves = sorted(panel[wave].unique())
    seen = _wide(panel, unit, wave, observed)
    scope = np.ones_like(seen) if in_scope is None else _wide(panel, unit, wave, in_scope)
    scope = np.logical_and.accumulate(scope, axis=1)
    seen = seen & scope
    began = seen[:, 0]
    seen, scope = seen[began], scope[began]
    return Retention(_curve(waves, seen, scope), _patterns(seen, scope))


def _wide(panel: pd.DataFrame, unit: list[str], wave: str, name: str) -> Flags:
    twice = int(panel.duplicated([*unit, wave]).sum())
    counts = panel.groupby(unit, sort=False)[wave].count()
    lacking = int((counts != panel[wave].nunique()).sum())
    if twice or lacking:
        raise refusal("E-WGT-02", wave="1-", n=len(panel), twice=twice, apart=lacking)
    placed = panel.sort_values([*unit, wave])
    found: Flags = placed[name].fillna(value=False).to_numpy(bool).reshape(-1, panel[wave].nunique())
    return found


def _curve(waves: list[int], seen: Flags, scope: Flags) -> pd.DataFrame:
    rows = []
    for place, number in enumerate(waves):
        before = seen[:, place - 1] & scope[:, place] if place else np.zeros(len(seen), bool)
        rows.append(
            {
                "wave": number,
                "n_in_scope": int(scope[:, place].sum()),
                "n_observed": int(seen[:, place].sum()),
                "n_followed": int(before.sum()),
                "n_observed_before": int((before & seen[:, place]).sum()),
            }
        )
    return pd.DataFrame(rows)


def _patterns(seen: Flags, scope: Flags) -> pd.DataFrame:
    marks = np.where(~scope, "-", np.where(seen, "1", "0"))
    texts = pd.Series(["".join(row) for row in marks], dtype=str)
    counted = texts.value_counts().rename_axis("pattern").reset_index(name="n")
    counted["kind"] = [_kind(pattern) for pattern in counted["pattern"]]
    return counted.sort_values(["n", "pattern"], ascending=[False, True], ignore_index=True)


def _kind(pattern: str) -> str:
    """Return what a pattern is; waves out of scope say nothing.

    >>> [_kind(pattern) for pattern in ("111", "100", "101", "11-")]
    ['complete', 'monotone', 'intermittent', 'complete']
    """
    said = pattern.rstrip("-")
    if "0" not in said:
        return "complete"
    return "monotone" if "1" not in said[said.index("0") :] else "intermittent"
