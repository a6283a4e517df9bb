"""Averages of ATT(g, t): simple, by length of exposure, by cohort, by calendar period; with the influence of the weights.

Callaway & Sant'Anna (2021), section 3. Belongs here: weights and what their estimation adds to the influence function. Does not:
the effects (att_gt), variances (inference). Weights are shares of units; being estimated, they add uncertainty: the `wif` term.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from experiments.estimators.did.att_gt import GroupTime
from experiments.sample import Codes, Flags, Matrix, Vector

Kind = Literal["simple", "dynamic", "group", "calendar"]
Shares = Literal["exact", "did_2.1"]


class Units(Protocol):
    """What averages need to know of the units: a panel has it."""

    @property
    def cohort(self) -> Vector:
        """Return the cohort of each unit."""

    @property
    def weights(self) -> Vector:
        """Return the weight of each unit."""


@dataclass(frozen=True)
class Rule:
    """One average as matrices over the K effects.

    Parameters
    ----------
    labels
        Of the J averages: relative period, cohort or period.
    weights
        J × K: each average's weight on each effect.
    sized
        J × K, truth: effects whose weight is a share of units (their weights are estimated).
    overall
        J: the overall effect's weights on the averages.
    overall_sized
        Whether those are shares of units too (by cohort).
    """

    labels: Vector
    weights: Matrix
    sized: Flags
    overall: Vector
    overall_sized: bool


@dataclass(frozen=True)
class Averages:
    """The overall effect first, then one by label; `influence` is n × (1 + J)."""

    labels: Vector
    estimate: Vector
    influence: Matrix


def rule_of(kind: Kind, effects: GroupTime, shares: Vector) -> Rule:
    """Return the averages of one kind; `shares` is each effect's cohort as a share of all units."""
    post = effects.time >= effects.cohort
    if kind == "simple":
        weights = np.where(post, shares, 0.0)[None]
        return Rule(np.array([]), weights / weights.sum(), post[None], np.ones(1), overall_sized=False)
    if kind == "group":
        labels = np.unique(effects.cohort[post])
        member = (effects.cohort == labels[:, None]) & post
        own = np.array([shares[effects.cohort == label][0] for label in labels])
        equal = member / member.sum(axis=1, keepdims=True)
        return Rule(labels, equal, np.zeros_like(member), own / own.sum(), overall_sized=True)
    key = np.round(effects.time - effects.cohort, 9) if kind == "dynamic" else effects.time
    labels = np.unique(key if kind == "dynamic" else key[post])
    member = (key == labels[:, None]) & (post if kind == "calendar" else True)
    weights = np.where(member, shares, 0.0)
    after = labels >= 0 if kind == "dynamic" else np.ones(len(labels), dtype=bool)
    return Rule(labels, weights / weights.sum(axis=1, keepdims=True), member, after / after.sum(), overall_sized=False)


def aggregate(kind: Kind, effects: GroupTime, units: Units, shares: Shares = "exact") -> Averages:
    """Return the averages of one kind.

    Parameters
    ----------
    kind
        simple · dynamic (by time since the start; overall: the mean over 0 and later) · group (by cohort; overall: weighted by
        cohort size) · calendar (by period; overall: the mean over periods).
    effects
        ATT(g, t) with influence functions.
    units
        Cohort and weight of the n units.
    shares
        `exact`, or `did_2.1` for the overall effect by cohort as `did` 2.1.2 prints its standard error: that version pairs
        every cohort's share with the first cohort's units, so its error is off (on mpdta by a quarter of a percent).
    """
    cohorts = np.unique(effects.cohort)
    member = units.weights[:, None] * (units.cohort[:, None] == cohorts)
    share = member.mean(axis=0)
    place = np.searchsorted(cohorts, effects.cohort)
    rule = rule_of(kind, effects, share[place])
    single = rule.weights @ effects.estimate
    influence = effects.influence @ rule.weights.T
    for row in range(len(single)):
        if rule.sized[row].any():
            influence[:, row] += weight_part(member, share, place[rule.sized[row]], effects.estimate[rule.sized[row]])
    overall = influence @ rule.overall
    if rule.overall_sized:
        own = np.searchsorted(cohorts, rule.labels)
        counted = own if shares == "exact" else place[: len(own)]
        overall += weight_part(member, share, own, single, counted)
    estimate = np.append(rule.overall @ single, single if kind != "simple" else [])
    columns = np.column_stack([overall, influence]) if kind != "simple" else overall[:, None]
    return Averages(rule.labels, estimate, columns)


def weight_part(member: Matrix, share: Vector, place: Codes, estimate: Vector, counted: Codes | None = None) -> Vector:
    """Return what estimating the cohorts' shares adds to the influence on their weighted mean.

    With p the shares of the averaged effects and P their sum: Σ_k (1{G = g_k} − p_k) (θ_k − θ̄) / P. The p_k cancel.
    """
    used = share[place]
    centred = (estimate - used @ estimate / used.sum()) / used.sum()
    per_cohort = np.bincount(place if counted is None else counted, weights=centred, minlength=len(share))
    found: Vector = member @ per_cohort - used @ centred
    return found
