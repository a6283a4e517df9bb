"""What every tab of the Panel page gets: the desk, the release, the panel and the zone that were chosen.

Belongs here: passing these on, and the sentences that tabs share. Does not: what a tab shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from apps.viewer.components import markup
from apps.viewer.desk import Desk
from apps.viewer.language import t
from apps.viewer.measures import Panel
from data.releases import Release
from quality.disclosure import MIN_CELL


@dataclass(frozen=True)
class Scene:
    """One run of one tab."""

    desk: Desk
    release: Release
    panel: Panel
    zone: str | None

    @property
    def place(self) -> tuple[Path, str]:
        """Workspace and release, as cached reads take them."""
        return self.desk.workspace.home, self.release.release_id


def base_columns(panel: Panel) -> list[markup.Column]:
    """Return the columns of period, arm and number of units."""
    units = t("Number of {units}", units=t(panel.units_label))
    return [markup.Column(t(panel.period_label)), markup.Column(t("Arm")), markup.Column(units, "number")]


def any_of(values: Iterable[float | None]) -> bool:
    """Return whether any value may be drawn."""
    return any(value is not None for value in values)


def say_hidden(hidden: int, cells: int) -> None:
    """Say how many cells are not shown because few units are in them."""
    if hidden:
        markup.note(
            t("{k} of {n} cells rest on fewer than {floor} units and are not shown.", k=hidden, n=cells, floor=MIN_CELL)
        )


def say_protected(hidden: int, cells: int) -> None:
    """Say how many cells are held back, themselves small or giving a small one away."""
    if hidden:
        said = t(
            "{k} of {n} cells are not shown (·): fewer than {floor} units, or they would give such a cell away.",
            k=hidden,
            n=cells,
            floor=MIN_CELL,
        )
        markup.note(said)
