"""Instrument versions: which codes an item had in which wave, and what changed from one version to the next.

Belongs here: the `Instrument` record and the reading of frames. An item whose codes change between waves is two measurements
until a concordance (registry L9) says how they relate, so a version keeps the frame it was asked with. Does not: judging a file
(quality.instruments), keeping the history (history).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from data.messages import Text

if TYPE_CHECKING:
    from data.contracts.model import Contract

Frame = dict[str, Text]


class Instrument(BaseModel):
    """One version of a questionnaire, a register's layout or a device's firmware.

    `waves` in which it was used; none: every wave that no other version names. `codes`: column → code → label, for items whose
    frame is not the column's own. `absent`: columns that it did not ask (status 5, not in this instrument). `form_sha256`: the
    form it was drafted from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(min_length=1)
    waves: tuple[str, ...] = ()
    codes: dict[str, Frame] = Field(default_factory=dict)
    absent: tuple[str, ...] = ()
    form_sha256: str | None = None


class Concordance(BaseModel):
    """How the codes of an item in instrument version `before` read in version `after`.

    `pairs` names every code of the earlier frame: the code that means the same, or null where none does. Without one, an item
    whose codes changed is not taken in for the waves of `after`. `reason`: who decided it, by what.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    before: str
    after: str
    pairs: dict[str, str | None]
    reason: Text


class FrameChange(BaseModel):
    """What became of one item's codes from one instrument version to the next: the concordance has to speak of each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    before: str
    after: str
    kind: Literal["recoded", "added", "removed"]
    codes: tuple[str, ...]


def instrument_of(contract: Contract, wave: str) -> Instrument | None:
    """Return the instrument version of a wave, the open-ended one if no other names it; None if there is none."""
    rest = None
    for instrument in contract.instruments:
        if wave in instrument.waves:
            return instrument
        if not instrument.waves:
            rest = instrument
    return rest


def frame(contract: Contract, column: str, instrument: Instrument | None) -> Frame | None:
    """Return an item's codes as that version asked them: its own frame, else the column's; None where there are no codes."""
    if instrument is not None and column in instrument.codes:
        return instrument.codes[column]
    return contract.column(column).codes


def frame_changes(contract: Contract) -> tuple[FrameChange, ...]:
    """Return how item frames differ between consecutive instrument versions, in the contract's order.

    `recoded` names codes that kept their number and changed their label: nothing in the values shows it, so the longitudinal
    use of the item needs a concordance row.
    """
    found: list[FrameChange] = []
    for before, after in zip(contract.instruments, contract.instruments[1:], strict=False):
        for column in contract.columns:
            if column.codes and column.name not in (*before.absent, *after.absent):
                found.extend(_compared(contract, column.name, before, after))
    return tuple(found)


def open_changes(contract: Contract) -> tuple[FrameChange, ...]:
    """Return the changes that no concordance covers: codes that are gone or mean something else. Added codes change nothing."""
    covered = {(each.column, each.before, each.after) for each in contract.concordances}
    return tuple(
        change
        for change in frame_changes(contract)
        if change.kind != "added" and (change.column, change.before, change.after) not in covered
    )


def _compared(contract: Contract, column: str, before: Instrument, after: Instrument) -> list[FrameChange]:
    old, new = frame(contract, column, before) or {}, frame(contract, column, after) or {}
    kinds: dict[Literal["recoded", "added", "removed"], tuple[str, ...]] = {
        "recoded": tuple(code for code in new if code in old and old[code] != new[code]),
        "added": tuple(code for code in new if code not in old),
        "removed": tuple(code for code in old if code not in new),
    }
    return [
        FrameChange(column=column, before=before.version, after=after.version, kind=kind, codes=codes)
        for kind, codes in kinds.items()
        if codes
    ]
