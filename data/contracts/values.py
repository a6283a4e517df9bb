r"""How values are written in files: what counts as a whole number, a number, a date, a time, yes and no.

Belongs here: the forms, as regular expressions that RE2 and Python read alike. The gate casts behind them (quality.cast), a
drafted contract guesses by them (guess). Does not: casting.
"""

from __future__ import annotations

TRUE = ("true", "t", "yes", "y", "1", "是", "真")
FALSE = ("false", "f", "no", "n", "0", "否", "假")

INTEGER = r"[+-]?\d{1,19}(\.0*)?"
NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
YEAR_FIRST = r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}\.\d{1,2}\.\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日"
YEAR_LAST = r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}-\d{1,2}-\d{4}|\d{1,2}\.\d{1,2}\.\d{4}"
MIDNIGHT = r"([ T]0?0:00(:00(\.0+)?)?)?"
CLOCK = r"([ T]([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6}0*)?)?)?"
OFFSET = r"( ?Z| ?[+-]\d{2}:?\d{2})"
MONTH_NAMED = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}, \d{4}"
CLOCK_TWELVE = r" (1[0-2]|0?[1-9]):[0-5]\d:[0-5]\d [AP]M"
