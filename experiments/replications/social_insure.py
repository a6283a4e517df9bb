"""The social_insure study: its data from the `causaldata` package, written as the file that a submission is.

Belongs here: getting these data and refusing others. Does not: the way through the platform (the package), numbers (the YAML).
"""

from __future__ import annotations

from io import StringIO

import pandas as pd

from experiments.messages import refusal

WHOLE = ("takeup_survey", "male", "default", "intensive", "literacy")
"""Columns that hold whole numbers; the package keeps some as floats because values are missing."""


def file_content(rows: int) -> str:
    """Return the study's data as CSV text: `respondent_id` is the row number, an empty cell is missing.

    Parameters
    ----------
    rows
        How many rows the replication was written for.

    Raises
    ------
    Refused
        The package is not installed, or holds another number of rows.
    """
    frame = _published()
    if len(frame) != rows:
        raise refusal("E-REPL-03", found=len(frame), rows=rows)
    frame = frame.astype(dict.fromkeys(WHOLE, "Int64"))
    frame.insert(0, "respondent_id", range(1, len(frame) + 1))
    text = StringIO()
    frame.to_csv(text, index=False, lineterminator="\n")  # floats in the shortest form that reads back the same
    return text.getvalue()


def _published() -> pd.DataFrame:
    try:
        from causaldata import social_insure
    except ImportError as error:
        raise refusal("E-REPL-02") from error
    return pd.DataFrame(social_insure.load_pandas().data)
