"""The filter language: comparisons over columns, parsed and walked, never evaluated as code.

Belongs here: text → mask. A comparison with a missing value is unknown, as in SQL, and an unknown row is left out. Does not:
which rows are complete (sample).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.messages import Refused
from experiments.messages import refusal

Flags = npt.NDArray[np.bool_]
Operand: TypeAlias = pd.Series | pd.Timestamp | str | float | bool

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
LONGEST = 2000


@dataclass(frozen=True)
class Mask:
    """Three-valued truth per row: `yes`, `no`, and unknown where neither holds."""

    yes: Flags
    no: Flags


def filter_mask(expression: str, frame: pd.DataFrame) -> Mask:
    """Return which rows satisfy `expression`.

    Parameters
    ----------
    expression
        Such as ``"wave_order >= 2 and zone_id in ['beijing', 'xian']"``. Allowed: column names, numbers, texts, True, False,
        lists of constants, comparisons (also chained), ``in``, ``not in``, ``and``, ``or``, ``not``, parentheses.
    frame
        The data, one row per observation.

    Returns
    -------
    Mask
        Of the frame's length. Rows where a compared value is missing are unknown: neither `yes` nor `no`.

    Raises
    ------
    Refused
        Anything else in the expression, an unknown column, or a comparison of unlike kinds (number with text).

    Examples
    --------
    >>> filter_mask("2 <= wave < 4", pd.DataFrame({"wave": [1, 2, None]})).yes.tolist()
    [False, True, False]
    """
    if len(expression) > LONGEST:
        raise _refused(expression[:60], f"longer than {LONGEST} characters", f"超过 {LONGEST} 个字符")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        return _Walker(expression, frame).truth(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refused(expression, "it is not an expression", "不是有效的表达式") from error


def filter_columns(expression: str) -> frozenset[str]:
    """Return the names of the columns that `expression` mentions; empty when it cannot be parsed.

    >>> sorted(filter_columns("wave >= 2 and arm == 'a'"))
    ['arm', 'wave']
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return frozenset()
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = (_name(node) for node in ast.walk(tree) if id(node) not in inner)
    return frozenset(name for name in names if name is not None)


def _refused(expression: str, reason: str, reason_zh: str) -> Refused:
    return refusal("E-SPEC-10", filter=expression, reason=reason, reason_zh=reason_zh)


def _name(node: ast.AST) -> str | None:
    """Return a column name; `first.treat` parses as an attribute but is only ever looked up as a column."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _name(node.value)
        return None if inner is None else f"{inner}.{node.attr}"
    return None


class _Walker:
    """Walks the parsed expression; every kind of node is either named here or refused."""

    def __init__(self, expression: str, frame: pd.DataFrame) -> None:
        self.expression = expression
        self.frame = frame

    def truth(self, node: ast.AST) -> Mask:
        if isinstance(node, ast.BoolOp):
            parts = [self.truth(value) for value in node.values]
            yes, no = np.array([part.yes for part in parts]), np.array([part.no for part in parts])
            if isinstance(node.op, ast.And):
                return _mask(yes.all(axis=0), no.any(axis=0))
            return _mask(yes.any(axis=0), no.all(axis=0))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.truth(node.operand)
            return Mask(inner.no, inner.yes)
        if isinstance(node, ast.Compare):
            return self._chain(node)
        if _name(node) is not None:
            return self._compare(self._column(node), ast.Eq(), 1)
        raise self._no(node)

    def _chain(self, node: ast.Compare) -> Mask:
        terms = [node.left, *node.comparators]
        links = [
            self._link(left, relation, right)
            for left, relation, right in zip(terms[:-1], node.ops, terms[1:], strict=True)
        ]
        return _mask(np.all([link.yes for link in links], axis=0), np.any([link.no for link in links], axis=0))

    def _link(self, left: ast.AST, relation: ast.cmpop, right: ast.AST) -> Mask:
        if isinstance(relation, (ast.In, ast.NotIn)):
            mask = self._member(self._column(left), self._constants(right))
            return Mask(mask.no, mask.yes) if isinstance(relation, ast.NotIn) else mask
        if type(relation) not in _COMPARE:
            raise self._no(relation)
        if _name(left) is None and _name(right) is None:
            raise _refused(self.expression, "a comparison must name a column", "比较中必须有列名")
        return self._compare(self._value(left), relation, self._value(right))

    def _value(self, node: ast.AST) -> Operand:
        return self._column(node) if _name(node) is not None else self._constant(node)

    def _column(self, node: ast.AST) -> pd.Series:
        name = _name(node)
        if name is None:
            raise self._no(node)
        if name not in self.frame.columns:
            known = ", ".join(map(str, self.frame.columns))
            raise refusal("E-SPEC-09", columns=name, known=known)
        return self.frame[name]

    def _constant(self, node: ast.AST) -> str | float:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str)):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            value = node.operand.value
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return -value
        raise self._no(node)

    def _constants(self, node: ast.AST) -> list[str | float]:
        if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            raise self._no(node)
        return [self._constant(element) for element in node.elts]

    def _member(self, column: pd.Series, values: list[str | float]) -> Mask:
        parts = [self._compare(column, ast.Eq(), value) for value in values]
        known = column.notna().to_numpy(dtype=bool)
        yes = np.any([part.yes for part in parts], axis=0) if parts else np.zeros(len(column), dtype=bool)
        return Mask(yes, known & ~yes)

    def _compare(self, left: Operand, relation: ast.cmpop, right: Operand) -> Mask:
        known = np.ones(len(self.frame), dtype=bool)
        for side in (left, right):
            if isinstance(side, pd.Series) and not _is_full(side):
                known &= side.notna().to_numpy(dtype=bool)
        left, right = self._alike(left, right), self._alike(right, left)
        if _kind(left) != _kind(right):
            raise _refused(
                self.expression,
                f"it compares {_kind(left)} with {_kind(right)}",
                f"把 {_kind(left)} 与 {_kind(right)} 相比较",
            )
        if known.all():
            yes = np.asarray(_COMPARE[type(relation)](_rows(left, None), _rows(right, None)), dtype=bool)
            return Mask(yes, ~yes)
        yes = np.zeros(len(self.frame), dtype=bool)
        yes[known] = _COMPARE[type(relation)](_rows(left, known), _rows(right, known))
        return Mask(yes, known & ~yes)

    def _alike(self, side: Operand, other: Operand) -> Operand:
        """Read a text as a date when it stands against a date column."""
        if isinstance(side, str) and _kind(other) == "date":
            try:
                return pd.Timestamp(side)
            except ValueError as error:
                raise _refused(self.expression, "a date is written YYYY-MM-DD", "日期应写作 YYYY-MM-DD") from error
        return side

    def _no(self, node: ast.AST) -> Refused:
        kind = type(node).__name__
        return _refused(self.expression, f"{kind} is not part of the filter language", f"筛选语言不包含 {kind}")


def _mask(yes: object, no: object) -> Mask:
    return Mask(np.asarray(yes, dtype=bool), np.asarray(no, dtype=bool))


def _is_full(column: pd.Series) -> bool:
    """Return whether the column's type has no missing value."""
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "iub"


def _rows(side: Operand, known: Flags | None) -> object:
    if not isinstance(side, pd.Series):
        return side
    kept = side if known is None else side[known]
    return kept.to_numpy(dtype=float) if _kind(side) == "number" else kept.to_numpy()


def _kind(side: Operand) -> str:
    """Return number, text or date; truth values count as numbers."""
    if not isinstance(side, pd.Series):
        if isinstance(side, pd.Timestamp):
            return "date"
        return "text" if isinstance(side, str) else "number"
    if pd.api.types.is_datetime64_any_dtype(side):
        return "date"
    if pd.api.types.is_numeric_dtype(side):
        return "number"
    filled = side.dropna()
    return "number" if len(filled) and filled.map(lambda value: isinstance(value, (bool, int, float))).all() else "text"
