"""One act on a delivery under judgement: what is on record, who acts in which role, with what they brought.

Belongs here: the frozen value that every guard looks at, and the words a guard answers with. Does not: the guards (guards,
conditions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from data.access import Role
from data.messages import Text
from data.paths import Workspace
from quality.review.desk import Desk
from quality.review.records import Correction, Delivery


@dataclass(frozen=True)
class Case:
    """What is judged. `delivery` is None while the first row about it is being written (upload).

    `brought` is what the act carries: issues, reason, items of a correction, what was found about their old values …
    """

    workspace: Workspace
    zone: str
    actor: str
    role: Role
    desk: Desk | None = None
    delivery: Delivery | None = None
    brought: Mapping[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> Delivery:
        """The delivery, for acts that need one."""
        if self.delivery is None:
            raise ValueError("this act needs a delivery on record")
        return self.delivery

    @property
    def at(self) -> Desk:
        """The desk, for guards that look at rows."""
        if self.desk is None:
            raise ValueError("this act needs the desk")
        return self.desk

    @property
    def correction(self) -> Correction:
        """The correction that the act is about."""
        wanted = self.brought["correction"]
        return next(item for item in self.about.corrections if item.correction_id == wanted)


@dataclass(frozen=True)
class Guard:
    """A condition of a transition: what kind of refusal it gives, and the function that looks (None: it holds)."""

    code: str
    kind: Literal["rule", "permission"]
    finds: Callable[[Case], Text | None]


def failed(condition: object, en: str = "", zh: str = "") -> Text | None:
    """Return the detail when the condition is true, else None.

    >>> failed([], "rows are missing", "缺少行") is None
    True
    """
    return Text(en=en, zh=zh) if condition else None


def listed(things: object) -> str:
    """Return things as one text, in their order, at most ten.

    >>> listed(["b", "a"]), listed(range(12))
    ('b, a', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …')
    """
    texts = [str(thing) for thing in things]  # type: ignore[attr-defined]
    return ", ".join(texts[:10]) + (", …" if len(texts) > 10 else "")  # noqa: PLR2004 - ten, as said above
