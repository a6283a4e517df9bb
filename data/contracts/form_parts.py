"""What questionnaires bring to a contract: several answers in one cell, repeats, labels in other languages.

Belongs here: those records. Does not: instrument versions (frames), routing (routing), drafting from a form (data.forms).
"""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Split(BaseModel):
    """Where a column's value lies in another column `of` the contract, for files that hold only that one.

    `choice`: true when that code is among the blank-separated codes of a select-multiple answer; `place`: the n-th number
    (from 0) of a blank-separated location.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: str
    choice: str | None = None
    place: int | None = Field(default=None, ge=0, le=3)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.choice is None) == (self.place is None):
            raise ValueError(f"split of {self.of}: say either choice or place")
        return self


class Parent(BaseModel):
    """The table whose rows these rows belong to: a form's repeat.

    `path` is the repeat's place in the form (`group/repeat`). `position` names the column that counts the entries of one
    submission; the reader of field exports fills it from their order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    contract: str
    key: tuple[str, ...] = Field(min_length=1)
    path: str | None = None
    position: str | None = None


class Translation(BaseModel):
    """A column's label and its codes' labels in a language other than English and Chinese, as a form has them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str | None = None
    codes: dict[str, str] = Field(default_factory=dict)
