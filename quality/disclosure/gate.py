"""The one door for numbers: a typed output goes in, a decision comes out (R0, R17).

Belongs here: which judge an output goes to, refusing what nobody knows, closing on any failure, the seal of what is released.
Does not: the rules. An exception of any kind, anywhere below, is a refusal that says its class and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import get_args

from data.messages import Text
from quality.disclosure.differencing import Earlier
from quality.disclosure.figures import judge_figure
from quality.disclosure.models import judge_model
from quality.disclosure.outputs import (
    RULES,
    About,
    CountTable,
    FigureOf,
    Histogram,
    MagnitudeTable,
    Model,
    Output,
    Quantiles,
    Survival,
    TextOf,
    Units,
)
from quality.disclosure.policy import Policy, load_policy
from quality.disclosure.spread import judge_quantiles, judge_survival
from quality.disclosure.tables import judge_counts, judge_histogram, judge_magnitudes
from quality.disclosure.texts import judge_text
from quality.disclosure.verdict import Decision, Released, refused

JUDGES: dict[type, Callable[..., Decision]] = {
    CountTable: judge_counts,
    MagnitudeTable: judge_magnitudes,
    Histogram: judge_histogram,
    Quantiles: judge_quantiles,
    Survival: judge_survival,
    Model: judge_model,
    FigureOf: judge_figure,
    TextOf: judge_text,
}
COMPARED = (CountTable, MagnitudeTable, Model)
"""Outputs that are compared with earlier releases."""


def decide(output: Output | object, policy: Policy | None = None, *, earlier: Earlier | None = None) -> Decision:
    """Judge an output; never raises.

    Parameters
    ----------
    output
        One of the types of `outputs`, counted by the platform from the rows. Anything else is refused.
    policy
        The platform's unless it was raised for this release.
    earlier
        Released tables of the same measure (`ledger.ReleaseLedger.earlier`): a table that differs from one by few units waits.

    Returns
    -------
    Decision
        `released` holds what may be shown, numbers held back as None, counts rounded; None unless it was accepted.

    Examples
    --------
    >>> from quality.disclosure.outputs import Cell
    >>> cells = {("a",): Cell(53, 53), ("b",): Cell(4, 4), ("c",): Cell(31, 31)}
    >>> decide(CountTable(About("people", "panel"), ("arm",), cells)).released.values
    {('a',): 55, ('b',): None, ('c',): None, ('∑',): 90}
    >>> decide({"a": 53}).verdict.rule
    'R0'
    """
    try:
        return _judged(output, policy or load_policy(), earlier)
    except Exception as error:  # noqa: BLE001 - R17: whatever fails, nothing leaves
        return refused("R17", "E-SDC-17", what=_title(output), kind=type(error).__name__)


def is_released(found: object) -> bool:
    """Whether an object was released by this process as it is now."""
    return isinstance(found, Released) and hmac.compare_digest(found.seal, _seal(found))


def _judged(output: object, policy: Policy, earlier: Earlier | None) -> Decision:
    judge = JUDGES.get(type(output))
    about = getattr(output, "about", None)
    if judge is None or not isinstance(about, About) or not isinstance(policy, Policy):
        return refused("R0", "E-SDC-00", kind=type(output).__name__)
    if about.rules != RULES or about.rules != policy.rule_version or about.unit not in get_args(Units):
        return refused("R17", "E-SDC-17", what=about.measure, kind="rules")
    if isinstance(output, COMPARED):
        decision = judge(output, policy, earlier)
    elif isinstance(output, FigureOf | TextOf):
        decision = judge(output, policy, is_released)
    else:
        decision = judge(output, policy)
    return sealed(decision)


def sealed(decision: Decision) -> Decision:
    """Return a decision with the seal on what it releases, and without it where it accepts nothing; of the gates only."""
    if decision.released is None or decision.verdict.status != "accepted":
        return replace(decision, released=None)
    return replace(decision, released=replace(decision.released, seal=_seal(decision.released)))


def _title(output: object) -> str | Text:
    about = getattr(output, "about", None)
    return about.measure if isinstance(about, About) else type(output).__name__


def _seal(released: Released) -> str:
    told = f"{released.digest}|{released.about!r}|{sorted(released.held)!r}"
    return hmac.digest(_process_key(), told.encode(), hashlib.sha256).hex()


@cache
def _process_key() -> bytes:
    return secrets.token_bytes(32)
