"""Metrics: what a suite judges, computed by SQL in one pass, one row per zone and wave.

Belongs here: contract → metrics → SQL, and the tagged pass that finds failing rows. Does not: judging them (judge), metrics of
the marts (mart_metrics). The gate checks files before they enter; this checks the archive as it stands, corrections applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from data.contracts import MISSING_STATUS, Column, Contract, status_name
from data.duck import quote_name, quote_text
from data.messages import Text
from data.reference import PROGRAMME
from quality.outcomes import Severity

TOLERATED_MISSING = 0.30
"""Share of item non-response in a zone and wave above which a warning is given."""
GIVEN_BY_THE_GATE = ("valid", "not_in_instrument", "missing_by_error")
"""What `quality.check` itself gives: a value, a column that the file lacks, an empty cell."""
NOT_ASKED = ("not_in_instrument", "proxy_not_asked", "not_applicable", "not_asked_this_wave")
"""Reasons that are no non-response: nobody was asked."""


@dataclass(frozen=True)
class Metric:
    """One aggregate per group and the most it may be.

    `predicate` is true for a row that breaks the rule; None where the rule is not about single rows.
    """

    rule_id: str
    aggregate: str
    maximum: float
    severity: Severity
    text: Text
    predicate: str | None = None


def contract_metrics(contract: Contract) -> list[Metric]:
    """Return the metrics of a contract's lake table, in the contract's order.

    >>> from data.contracts import load_contract
    >>> [m.rule_id for m in contract_metrics(load_contract("district_signal"))][:3]
    ['E-KEY-01', 'E-REQ-01:zone_id', 'E-REQ-01:district_id']
    """
    key = Metric(
        "E-KEY-01",
        "count(*) - count(distinct rec_key)",
        0,
        "error",
        Text(en=f"Each {' × '.join(contract.key)} occurs once", zh=f"每个 {' × '.join(contract.key)} 只出现一次"),
        "_copies > 1",
    )
    return [key, *(metric for column in contract.columns for metric in _column_metrics(column))]


def frame_sql(
    contract: Contract, relation: str, metrics: Sequence[Metric], more: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return the SELECT of the metrics frame: zone, wave, rows, then one column per metric, ordered by group.

    Parameters
    ----------
    relation
        A SELECT with the columns of `lake_schema(contract)`.
    more
        Further aggregates of the same scan: name → SQL.
    """
    zone, wave = group_columns(contract)
    wanted = {**{metric.rule_id: metric.aggregate for metric in metrics}, **more}
    measured = ", ".join(f"{aggregate} as {quote_name(name)}" for name, aggregate in wanted.items())
    return (
        f"select {zone} as zone, {wave} as wave, count(*) as rows, {measured} from ({relation}) as lake "
        "group by 1, 2 order by 1, 2"
    )


def failing_rows_sql(relation: str, metrics: Sequence[Metric]) -> str:
    """Return the SELECT of the rows that break rules: submission_id, _row, rule_id. No other column, so no value."""
    tags = ", ".join(
        f"case when {metric.predicate} then {quote_text(metric.rule_id)} end" for metric in metrics if metric.predicate
    )
    copies = ", count(*) over (partition by rec_key) as _copies"
    needed = copies if any("_copies" in (metric.predicate or "") for metric in metrics) else ""
    return (
        f"with lake as (select *{needed} from ({relation})), "
        f"tagged as (select submission_id, _row, list_filter([{tags}], lambda tag: tag is not null) as tags from lake) "
        "select submission_id, _row, unnest(tags) as rule_id from tagged where len(tags) > 0 order by 1, 2, 3"
    )


def group_columns(contract: Contract) -> tuple[str, str]:
    """Return the SQL of a contract's zone and wave: its wave column, else the local month of its time, else ``all``."""
    zoned = next((column.name for column in contract.columns if column.source == "zone"), None)
    zone = quote_name(zoned) if zoned else quote_text(PROGRAMME)
    if contract.wave_column:
        return zone, quote_name(contract.wave_column)
    timed = next((contract.column(name) for name in contract.key if contract.column(name).type == "timestamp"), None)
    if timed is None:
        return zone, "'all'"
    return zone, f"strftime({quote_name(timed.name)} at time zone {quote_text(timed.timezone)}, '%Y-%m')"


def counted(rule_id: str, predicate: str, text: Text, severity: Severity = "error") -> Metric:
    """Return the metric that counts the rows for which `predicate` is true; none may be."""
    return Metric(rule_id, f"count(case when {predicate} then 1 end)", 0, severity, text, predicate)


def _column_metrics(column: Column) -> Iterator[Metric]:
    name, label = quote_name(column.name), column.label
    if column.required and not column.has_status:
        yield counted(f"E-REQ-01:{column.name}", f"{name} is null", _text(label, "is given", "必填"))
    if column.minimum is not None or column.maximum is not None:
        yield counted(f"E-RANGE-01:{column.name}", _outside(column), _range_text(column))
    if column.codes:
        allowed = ", ".join(map(quote_text, column.codes))
        said = _text(label, f"is one of {', '.join(column.codes)}", f"为 {'、'.join(column.codes)} 之一")
        yield counted(f"E-CODE-01:{column.name}", f"cast({name} as varchar) not in ({allowed})", said)
    if column.pattern is not None:
        said = _text(label, f"has the form {column.pattern}", f"符合格式 {column.pattern}")
        yield counted(f"E-PATT-01:{column.name}", f"not regexp_full_match({name}, {quote_text(column.pattern)})", said)
    if column.has_status:
        yield from _status_metrics(column)


def _status_metrics(column: Column) -> Iterator[Metric]:
    name, status = quote_name(column.name), quote_name(status_name(column))
    routed = ["not_applicable"] if column.asked_if else []
    known = sorted(MISSING_STATUS[reason] for reason in {*GIVEN_BY_THE_GATE, *routed, *column.missing_codes.values()})
    disagree = (
        f"({name} is null) = ({status} = 0) or {status} is null or {status} not in ({', '.join(map(str, known))})"
    )
    said = _text(column.label, "has a value or a reason, never both, never neither", "有值或有缺失原因，二者必居其一")
    yield counted(f"E-STATUS-01:{column.name}", disagree, said)
    asked = ", ".join(str(MISSING_STATUS[reason]) for reason in NOT_ASKED)
    share = f"count(case when {status} not in (0, {asked}) then 1 end) / count(*)"
    limit = f"{TOLERATED_MISSING:.0%}"
    said = _text(column.label, f"is missing in at most {limit} of rows", f"缺失不超过 {limit}")
    yield Metric(f"W-MISS-01:{column.name}", share, TOLERATED_MISSING, "warn", said)


def _outside(column: Column) -> str:
    name = quote_name(column.name)
    low = [f"{name} < {column.minimum!r}"] if column.minimum is not None else []
    high = [f"{name} > {column.maximum!r}"] if column.maximum is not None else []
    return " or ".join(low + high)


def _range_text(column: Column) -> Text:
    low = "−∞" if column.minimum is None else f"{column.minimum:g}"
    high = "∞" if column.maximum is None else f"{column.maximum:g}"
    return _text(column.label, f"lies within {low} to {high}", f"介于 {low} 与 {high} 之间")


def _text(label: Text, en: str, zh: str) -> Text:
    return Text(en=f"{label.en}: {en}", zh=f"{label.zh}：{zh}")
