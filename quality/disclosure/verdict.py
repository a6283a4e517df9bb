"""The answer of disclosure control: accepted, refused, or for a person to look at; and the object that an acceptance makes.

Belongs here: the records. Does not: rules. A `Released` is only made by `quality.disclosure.gate`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from data.messages import Text
from quality.disclosure.messages import said
from quality.disclosure.outputs import About, Key

Status = Literal["accepted", "refused", "needs_review"]


@dataclass(frozen=True)
class Verdict:
    """What becomes of an output, by which rule, why, and the evidence (counts of cells, bounds that a reader can work out)."""

    status: Status
    rule: str
    code: str
    reason: Text
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Released:
    """Numbers that may be shown. None: held back; `held` says by which rule.

    `seal` is made by the gate from the digest: an object put together by hand, or changed, has none that fits.
    """

    kind: str
    about: About
    values: Mapping[Key, Any]
    held: Mapping[Key, str]
    seal: str = ""

    @property
    def digest(self) -> str:
        """sha256 of what is shown, by which figures, texts and files are bound to it."""
        told = [[list(key), value] for key, value in self.values.items()]
        return hashlib.sha256(json.dumps([self.kind, told], sort_keys=True, default=str).encode()).hexdigest()

    def value(self, *key: str) -> Any:  # noqa: ANN401 - a number, or None
        """Return one number, or None where it is held back."""
        return self.values[key]


@dataclass(frozen=True)
class Decision:
    """A verdict, and what may be shown of the output: None unless it was accepted."""

    verdict: Verdict
    released: Released | None


def refused(rule: str, code: str, *, evidence: Mapping[str, Any] | None = None, **words: object) -> Decision:
    """Return the decision that nothing is released."""
    return Decision(Verdict("refused", rule, code, said(code, **words), evidence or {}), None)


def reviewed(rule: str, code: str, *, evidence: Mapping[str, Any] | None = None, **words: object) -> Decision:
    """Return the decision that a person must look at it first."""
    return Decision(Verdict("needs_review", rule, code, said(code, **words), evidence or {}), None)


def accepted(released: Released, evidence: Mapping[str, Any] | None = None) -> Decision:
    """Return the decision that it may be shown, as `released`."""
    reason = said("OK-SDC", what=released.about.measure, n=len(released.held))
    return Decision(Verdict("accepted", "", "OK-SDC", reason, evidence or {}), released)
