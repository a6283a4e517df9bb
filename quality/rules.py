r"""The rule registry: what a contract demands of a row, each rule one SQL predicate with its code and its message.

Belongs here: contract → rules. The tagged pass (check) runs them all at once, so adding a rule is adding a line here and a
message. Does not: rules about a whole file (columns, privacy) or about several rows (check: keys).
"""

from __future__ import annotations

from collections.abc import Iterator

from data.contracts import Column, Contract
from data.duck import quote_text
from data.messages import Text
from quality.asked import was_asked
from quality.cast import unclear_instant
from quality.cells import Context
from quality.columns import is_identifier
from quality.identity_gate import FAULTS, marker
from quality.instruments import code_rules, version_rules
from quality.messages import ADVICE
from quality.names import Names, names
from quality.rule import Rule

SCIENTIFIC = r"[+-]?\d(\.\d+)?[eE]\+?\d+"
CONFUSING = r"[\p{Cc}\p{Cf}\x{2028}\x{2029}]|[\p{Cyrillic}\p{Greek}].*[A-Za-z]|[A-Za-z].*[\p{Cyrillic}\p{Greek}]"
TYPE_CODES = {
    "date": "E-TYPE-01",
    "number": "E-TYPE-02",
    "timestamp": "E-TYPE-04",
    "integer": "E-TYPE-05",
    "boolean": "E-TYPE-06",
}


def derive_rules(contract: Contract, context: Context, present: frozenset[str]) -> list[Rule]:
    """Return the rules for the columns of `contract` that are `present` in the file or its context.

    The first rule is E-ROW-01; the pass applies no other rule to a ragged row, whose cells may sit under the wrong headers.
    """
    rules = [Rule("E-ROW-01", None, "_found is not null")]
    for column in contract.columns:
        if column.name in present:
            rules.extend(_column_rules(column, contract, context))
    return [*rules, *version_rules(contract, present)]


def _column_rules(column: Column, contract: Contract, context: Context) -> Iterator[Rule]:
    name = names(column)
    if column.required:
        due = f"{name.text} is null" + (f" and {was_asked(column)}" if column.asked_if else "")
        yield Rule("E-REQ-01", column, due, {"advice": _advice(column)})
    if column.is_replaced:
        yield from _identity_rules(column, name)
    elif column.type == "string":
        yield from _text_rules(column, name, identifier=is_identifier(column, contract))
    else:
        yield from _type_rules(column, name)
    yield from code_rules(column, contract)
    if column.minimum is not None or column.maximum is not None:
        yield _range_rule(column, name)
    said = context.value(column)
    if said is not None and not (column.source == "zone" and contract.scope == "programme"):
        code = "E-ZONE-02" if column.source == "zone" else "E-WAVE-02"
        yield Rule(code, column, f"{name.text} <> {quote_text(said)}", {"expected": said})


def _identity_rules(column: Column, name: Names) -> Iterator[Rule]:
    """Ask for the marks that the identity gate left: behind it there is no id that a pattern could be held against."""
    for code in FAULTS:
        values: dict[str, object] = {"pattern": column.pattern} if code == "E-PATT-01" else {}
        yield Rule(code, column, f"{name.text} = {quote_text(marker(code))}", values)


def _text_rules(column: Column, name: Names, *, identifier: bool) -> Iterator[Rule]:
    scientific = f"regexp_full_match({name.text}, {quote_text(SCIENTIFIC)})"
    if identifier:
        yield Rule("E-ID-01", column, scientific)
        yield Rule("E-ID-02", column, f"regexp_matches({name.text}, {quote_text(CONFUSING)})")
    if column.pattern is not None:
        mismatch = f"not regexp_full_match({name.value}, {quote_text(column.pattern)})"
        yield Rule("E-PATT-01", column, f"{mismatch} and not {scientific}", {"pattern": column.pattern})


def _type_rules(column: Column, name: Names) -> Iterator[Rule]:
    failed = f"{name.text} is not null and {name.missing} is null and {name.value} is null"
    yield Rule(TYPE_CODES[column.type], column, failed)
    if column.type == "timestamp":
        unclear = unclear_instant(column, name.local, name.value)
        yield Rule("E-TIME-01", column, unclear, {"timezone": column.timezone})


def _range_rule(column: Column, name: Names) -> Rule:
    low, high = column.minimum, column.maximum
    bounds = [f"{name.value} < {low!r}"] if low is not None else []
    bounds += [f"{name.value} > {high!r}"] if high is not None else []
    values: dict[str, object] = {
        "min": "−∞" if low is None else f"{low:g}",
        "max": "∞" if high is None else f"{high:g}",
    }
    return Rule("E-RANGE-01", column, " or ".join(bounds), values)


def _advice(column: Column) -> Text:
    if not column.missing_codes:
        return ADVICE["plain"]
    codes = ", ".join(f"{code} ({reason.replace('_', ' ')})" for code, reason in column.missing_codes.items())
    return ADVICE["missing"].fill(codes=codes)
