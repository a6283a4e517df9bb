"""What a spec cannot say about a study's data: columns computed before the analysis, one named step a study.

Belongs here: recoding and arithmetic on columns. Does not: anything that an option or a filter can say.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

Step = Callable[[pd.DataFrame], pd.DataFrame]


def log_risk_ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """Return trials of two by two tables with `yi`, the log risk ratio, its variance `vi` and standard error `se`."""
    treated, control = frame["tpos"] + frame["tneg"], frame["cpos"] + frame["cneg"]
    effect = np.log(frame["tpos"] / treated) - np.log(frame["cpos"] / control)
    variance = 1 / frame["tpos"] - 1 / treated + 1 / frame["cpos"] - 1 / control
    return frame.assign(yi=effect, vi=variance, se=np.sqrt(variance))


def matched_gifts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return donations with `amountmat`: the gift and what it is matched with."""
    return frame.assign(amountmat=frame["amount"] * (1 + frame["ratio"]))


def answers_as_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return texts of two answers as 0/1: yes, black and married are 1."""
    ones = {"fin": "yes", "race": "black", "wexp": "yes", "mar": "married", "paro": "yes"}
    return frame.assign(**{name: (frame[name] == one).astype(int) for name, one in ones.items()})


def age_from_eleven(frame: pd.DataFrame) -> pd.DataFrame:
    """Return growth data with `age11`, years since the age of eleven, and `SexFemale` 0/1."""
    return frame.assign(age11=frame["age"] - 11, SexFemale=(frame["Sex"] == "Female").astype(int))


def california_from_quarter_four(frame: pd.DataFrame) -> pd.DataFrame:
    """Return donation rates with `first_treated`: the fourth quarter in California, 0 (never) elsewhere."""
    return frame.assign(first_treated=np.where(frame["State"] == "California", 4, 0))


def schooling_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Return Spanish regions with schooling as shares of 1964 to 1969 (percent), the two highest levels taken together.

    The country itself (region 1) is no region and is left out.
    """
    regions = frame[frame["regionno"] != 1]
    levels = ["school.illit", "school.prim", "school.med", "school.high"]
    known = regions[regions["year"].between(1964, 1969)].groupby("regionno")[[*levels, "school.post.high"]].mean()
    known["school.high"] += known.pop("school.post.high")
    shares = 100 * known.div(known.sum(axis=1), axis=0)
    return regions.drop(columns=levels).join(shares, on="regionno")


def pots_as_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return Darwin's pairs as a row per plant: `height`, `crossed` 0/1, `pair`."""
    crossed = pd.DataFrame({"pair": frame["pair"], "height": frame["cross"], "crossed": 1})
    selfed = pd.DataFrame({"pair": frame["pair"], "height": frame["self"], "crossed": 0})
    return pd.concat([crossed, selfed], ignore_index=True)


STEPS: dict[str, Step] = {
    "age_from_eleven": age_from_eleven,
    "answers_as_numbers": answers_as_numbers,
    "california_from_quarter_four": california_from_quarter_four,
    "log_risk_ratios": log_risk_ratios,
    "matched_gifts": matched_gifts,
    "schooling_shares": schooling_shares,
    "pots_as_rows": pots_as_rows,
}


def prepared(name: str | None, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame after the step called `name`; as it is where there is none.

    >>> prepared("age_from_eleven", pd.DataFrame({"age": [12], "Sex": ["Male"]}))["age11"].tolist()
    [1]
    """
    return frame if name is None else STEPS[name](frame)
