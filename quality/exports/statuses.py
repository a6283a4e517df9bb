"""Why a value is absent, in the words and codes of other programs: Stata's letters, negative codes in the manner of UKHLS.

Belongs here: status (domain/registry.md L8) → label, letter, number. Does not: which column has a status (variables), files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.contracts.model import MISSING_STATUS
from data.messages import Text

VALID = 0
LAST = max(MISSING_STATUS.values())

STATUS_LABELS: dict[int, Text] = {
    0: Text(en="valid", zh="有效"),
    1: Text(en="don't know", zh="不知道"),
    2: Text(en="refused", zh="拒答"),
    3: Text(en="implausible", zh="不合理"),
    4: Text(en="inadmissible multiple answer", zh="不允许的多选"),
    5: Text(en="not in this instrument version", zh="本版问卷无此题"),
    6: Text(en="modified routing", zh="跳转规则已变"),
    7: Text(en="proxy, not asked", zh="代答未问"),
    8: Text(en="not applicable", zh="不适用"),
    9: Text(en="missing by error", zh="因差错缺失"),
    10: Text(en="not asked this wave", zh="本轮未问"),
    11: Text(en="unit non-response", zh="未访到"),
    12: Text(en="consent withdrawn", zh="已撤回同意"),
    13: Text(en="suppressed for disclosure", zh="为防泄露而隐去"),
    14: Text(en="sensor offline", zh="设备离线"),
    15: Text(en="administrative record not linked", zh="行政记录未匹配"),
    16: Text(en="outside detection range", zh="超出检测范围"),
    17: Text(en="edited to missing", zh="编辑为缺失"),
}
"""What each status of `MISSING_STATUS` means, for value labels."""


def stata_letter(status: int) -> str:
    """Return the letter of Stata's extended missing value: .a for status 1, .b for 2, to .q for 17.

    >>> stata_letter(1), stata_letter(11), stata_letter(17)
    ('a', 'k', 'q')
    """
    return chr(ord("a") + status - 1)


def code_written(code: str | float) -> str:
    """Return a code of an absence as its program shows it.

    >>> code_written("a"), code_written(-9.0)
    ('.a', '-9')
    """
    return f".{code}" if isinstance(code, str) else f"{code:g}"


def spss_codes(
    statuses: Iterable[int], declared: Mapping[int, float], least: float | None, greatest: float | None
) -> dict[int, float]:
    """Return the user-missing code of each status: what the contract declares, else minus the status, clear of every value.

    Minus the status is UKHLS: -1 don't know, -2 refused, -7 proxy, -8 not applicable, -9 missing. Where a variable has values
    among the codes, they are moved below it: -1001 for status 1 of a temperature of -23.

    Parameters
    ----------
    statuses
        Those that the variable has or may have.
    declared
        Status → code in the contract, as numbers.
    least, greatest
        The variable's range in the data; None if it has no value.

    >>> spss_codes([1, 11], {1: -98.0}, 0.0, 600.0)
    {1: -98.0, 11: -11.0}
    >>> spss_codes([1, 14], {}, -23.5, 31.0)
    {1: -1001.0, 14: -1014.0}
    """
    wanted = sorted(set(statuses))
    given = {status: declared.get(status, float(-status)) for status in wanted}
    if _clear(given, least, greatest):
        return given
    plain = {status: float(-status) for status in wanted}
    base = 0
    while not _clear({status: code - base for status, code in plain.items()}, least, greatest):
        base = base * 10 or 1000
    return {status: code - base for status, code in plain.items()}


def _clear(codes: Mapping[int, float], least: float | None, greatest: float | None) -> bool:
    """Tell whether the codes differ and none, nor anything between them, is a value: SPSS keeps more than three as a range."""
    if len(set(codes.values())) < len(codes):
        return False
    return (
        not codes or least is None or greatest is None or max(codes.values()) < least or min(codes.values()) > greatest
    )
