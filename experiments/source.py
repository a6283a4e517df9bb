"""The rows of a registered analysis: its released table, with what the sealed assignment brings to it.

Belongs here: which columns are read, joining the draw's columns and lots. Does not: what is done with them (run, joint_families).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow.parquet as pq

from data.releases import Release
from experiments.design.assignment import AssignedUnit
from experiments.design.redraws import Lottery
from experiments.design.sealed_columns import PREFIX, columns_of, with_assignment, with_lots
from experiments.expression import filter_columns
from experiments.frames import read_columns
from experiments.registry.schema.design import AssignmentSpec
from experiments.sample import spec_columns
from experiments.spec import AnalysisSpec


@dataclass(frozen=True)
class Source:
    """A release, the declared assignment, every unit of its sealed draws, and the draws themselves."""

    release: Release
    drawn: AssignmentSpec | None = None
    units: Sequence[AssignedUnit] = ()
    lottery: Lottery | None = None

    def present(self, dataset: str, columns: Sequence[str]) -> list[str]:
        """Return those of some columns that a table has; a protocol's groups need not stand in each of its tables."""
        there = set(pq.read_schema(self.release.table(dataset)).names) if columns else set()
        return [name for name in columns if name in there]

    def frame(self, dataset: str, spec: AnalysisSpec, *, lots: bool = False, more: Sequence[str] = ()) -> pd.DataFrame:
        """Return the columns that an analysis reads and some more, those of the draw joined where named, its lots if asked for.

        Raises
        ------
        NotFound, Refused
            The release has no such table, or the table no such column.
        """
        columns = list(dict.fromkeys([*spec_columns(spec), *filter_columns(spec.filter or ""), *more]))
        table = self.release.table(dataset)
        named = any(name.startswith(PREFIX) for name in columns)
        if self.drawn is None or not self.units or not (named or lots):
            return read_columns(table, columns)
        unit = columns_of(self.drawn).unit
        frame = read_columns(table, [*columns, *unit.split(":")])
        frame = with_assignment(frame, self.units, unit) if named else frame
        return with_lots(frame, self.lottery.lot_of, unit) if lots and self.lottery else frame
