"""What a sender answers to remarks on a file: the remark's code and a reason, kept with the delivery for whoever reviews it.

Belongs here: which remarks ask for a reason, what a reason may be. Does not: the remarks (quality.messages), keeping them
(review.arrival).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from data.messages import Refused, Text
from quality.privacy import has_personal_number
from quality.problems import Problem

OPTIONAL = ("W-PANEL-02",)
"""People of an earlier wave are missing: a reason may be given, or one goes on without."""
NEEDED = ("W-PANEL-03", "W-ROWS-01")
"""A value changed more than is plausible, or there are too few or too many rows: the reviewer will ask."""
LONGEST = 200
CODE = re.compile(r"W-[A-Z]+-\d{2}")


def asked(problems: Sequence[Problem]) -> dict[str, bool]:
    """Return the remarks of a file that ask for a reason, each with whether it is needed.

    >>> asked([])
    {}
    """
    present = {found.code for found in problems}
    return {code: code in NEEDED for code in (*OPTIONAL, *NEEDED) if code in present}


def checked(answers: Mapping[str, str] | None) -> dict[str, str]:
    """Return answers as they are kept: code of the remark → reason; an empty reason says that the sender looked at it.

    Raises
    ------
    Refused
        E-ANSWER-01: an answer names no remark, is longer than 200 characters or holds a personal number.

    >>> checked({"W-PANEL-02": " moved away "})
    {'W-PANEL-02': 'moved away'}
    """
    found = {code: reason.strip() for code, reason in (answers or {}).items()}
    wrong = [code for code, reason in found.items() if not _may_stand(code, reason)]
    if wrong:
        raise Refused(
            "E-ANSWER-01",
            Text(
                en=f"{len(wrong)} answer(s) cannot be kept ({wrong[0][:20]}). Name the code of a remark (W-…) and write at "
                f"most {LONGEST} characters without personal numbers.",
                zh=f"{len(wrong)} 条说明无法保存（{wrong[0][:20]}）。请写明提示编号（W-…），"
                f"说明不超过 {LONGEST} 字，不含个人号码。",
            ),
        )
    return dict(sorted(found.items()))


def _may_stand(code: str, reason: str) -> bool:
    return CODE.fullmatch(code) is not None and len(reason) <= LONGEST and not has_personal_number(reason)
