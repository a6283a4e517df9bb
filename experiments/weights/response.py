"""The chance to respond: estimated from what is known of those who did and who did not; its inverse adjusts a weight.

Belongs here: one step from the units at risk to a factor for each. Does not: which units are at risk (build), outcomes.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm

from experiments.sample import Flags, Matrix, Vector, design_columns, is_numeric
from experiments.weights.messages import refusal
from experiments.weights.spec import Response

LOWEST = 0.01
"""A fitted chance below one in a hundred would multiply a weight by more than a hundred: the model is refused."""
CERTAIN = 1e-6
MISSING = "(missing)"


@dataclass(frozen=True)
class Step:
    """One wave: units at risk, how many responded, the model's terms, McFadden's pseudo R², the lowest fitted chance."""

    wave: int
    n_at_risk: int
    n_responded: int
    method: str
    terms: tuple[str, ...]
    pseudo_r_squared: float | None
    lowest_chance: float
    classes: tuple[float, ...] = ()


def adjust(wave: int, known: pd.DataFrame, responded: Flags, base: Vector, response: Response) -> tuple[Vector, Step]:
    """Return the factor of each unit at risk, (n,), 0 for those who did not respond, and what was done.

    Parameters
    ----------
    known
        (n, ...) what is known of everybody at risk; missing values become a category, or the mean and an indicator.
    responded
        (n,) who responded.
    base
        (n,) weights so far.

    Raises
    ------
    Refused
        E-WGT-04: nobody responded. E-WGT-05: the columns tell exactly who responded, or cannot be told apart.
    """
    counts = (wave, len(responded), int(responded.sum()))
    if not responded.any():
        raise refusal("E-WGT-04", wave=wave, n=len(responded))
    rate = float(base[responded].sum() / base.sum())
    if responded.all() or known.empty:
        return responded / rate, Step(*counts, "rate", (), None, rate)
    columns = _columns(known)
    chance, fit = _fitted(wave, columns, responded, base)
    if response.method == "logit":
        told = Step(*counts, "logit", tuple(columns), fit, float(chance[responded].min()))
        return np.where(responded, 1 / chance, 0.0), told
    rates, classes = _class_rates(wave, chance, responded, base, response.classes)
    told = Step(*counts, "classes", tuple(columns), fit, float(rates.min()), tuple(classes))
    return np.where(responded, 1 / rates, 0.0), told


def _columns(known: pd.DataFrame) -> dict[str, Vector]:
    """Return the model's columns; one that does not vary says nothing and is left out."""
    found: dict[str, Vector] = {}
    for name in known.columns:
        column = known[name]
        gaps = column.isna().to_numpy()
        if is_numeric(column):
            values = column.to_numpy(float, na_value=np.nan)
            filled = np.where(gaps, values[~gaps].mean() if (~gaps).any() else 0.0, values)
            found |= {name: filled, f"{name}[{MISSING}]": gaps.astype(float)}
        else:
            texts = pd.DataFrame({name: column.astype(object).where(~gaps, MISSING).astype(str)})
            found |= design_columns(texts, name)
    return {name: values for name, values in found.items() if np.ptp(values) > 0}


def _fitted(wave: int, columns: dict[str, Vector], responded: Flags, base: Vector) -> tuple[Vector, float]:
    """Return the fitted chances of a weighted logit, and McFadden's pseudo R²."""
    scaled = [(values - values.mean()) / values.std() for values in columns.values()]
    design: Matrix = np.column_stack([np.ones(len(responded)), *scaled])
    names = ", ".join(columns)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise refusal("E-WGT-05", wave=wave, columns=names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # separation shows in the fitted chances, below
        model = sm.GLM(responded.astype(float), design, sm.families.Binomial(), var_weights=base / base.mean())
        found = model.fit(maxiter=50)
    chance = np.asarray(found.fittedvalues)
    if not found.converged or not np.isfinite(chance).all() or chance[responded].min() < LOWEST or _separated(chance):
        raise refusal("E-WGT-05", wave=wave, columns=names)
    return chance, float(1 - found.llf / found.llnull)


def _separated(chance: Vector) -> bool:
    """Return whether somebody is certain to respond, or certain not to: the columns then tell who did."""
    return bool((np.minimum(chance, 1 - chance) < CERTAIN).any())


def _class_rates(wave: int, chance: Vector, responded: Flags, base: Vector, classes: int) -> tuple[Vector, list[float]]:
    """Return each unit's class's weighted response rate, and the rates of the classes."""
    codes = pd.qcut(chance, classes, labels=False, duplicates="drop")
    rates = np.bincount(codes, base * responded) / np.bincount(codes, base)
    if (rates == 0).any():
        raise refusal("E-WGT-04", wave=wave, n=int((rates[codes] == 0).sum()))
    return rates[codes], [float(rate) for rate in rates]
