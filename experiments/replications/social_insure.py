"""The social_insure study: its data written as the file that a submission is.

Belongs here: getting these data and refusing others. Does not: the way through the platform (the package), numbers (the YAML).
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from experiments.replications.sources import read_data
from experiments.replications.study import Data

WHOLE = ("takeup_survey", "male", "default", "intensive", "literacy")
"""Columns that hold whole numbers; the package keeps some as floats because values are missing."""


def file_content(rows: int, folder: Path) -> str:
    """Return the study's data as CSV text: `respondent_id` is the row number, an empty cell is missing.

    Parameters
    ----------
    rows
        How many rows the replication was written for.
    folder
        Of published data files; the package is asked where it has none.

    Raises
    ------
    NotFound
        Neither the file nor the package is there.
    Refused
        Another number of rows.
    """
    frame = read_data(Data(package="causaldata.social_insure", file="social_insure.csv", rows=rows), folder)
    frame = frame.astype(dict.fromkeys(WHOLE, "Int64"))
    frame.insert(0, "respondent_id", range(1, len(frame) + 1))
    text = StringIO()
    frame.to_csv(text, index=False, lineterminator="\n")  # floats in the shortest form that reads back the same
    return text.getvalue()
