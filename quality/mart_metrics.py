"""Metrics of the marts: unit × period once, treatment never reverts, coverage did not shrink.

Belongs here: mart → metrics → SQL per zone and period. Does not: judging them (judge), metrics of lake tables (metrics).
"""

from __future__ import annotations

from collections.abc import Sequence

from data.duck import quote_name
from data.messages import Text
from quality.marts import Mart
from quality.metrics import Metric, counted

LOST = "W-COVER-01"


def mart_metrics(mart: Mart) -> list[Metric]:
    """Return the metrics of a mart: its key, and each column that may not fall.

    >>> from quality.marts import marts
    >>> [m.rule_id for m in mart_metrics(marts()["panel_organisation_quarter"])]
    ['E-UNIT-01', 'E-FALL-01:is_adopted', 'W-COVER-01']
    """
    key = ", ".join(map(quote_name, mart.meta.key))
    label = " × ".join(mart.meta.key)
    unique = Metric(
        "E-UNIT-01",
        f"count(*) - count(distinct ({key}))",
        0,
        "error",
        Text(en=f"Each {label} occurs once", zh=f"每个 {label} 只出现一次"),
    )
    return [unique, *(_never_falls(name) for name in mart.meta.never_falls), _coverage()]


def mart_frame_sql(mart: Mart, relation: str, before: str, metrics: Sequence[Metric]) -> str:
    """Return the SELECT of the metrics frame: zone, wave, rows, one column per metric; also groups that have vanished.

    Parameters
    ----------
    relation
        The mart's table.
    before
        A SELECT of zone, wave, rows of the last generation; without rows if there is none (`group_rows_sql`).
    """
    zone, wave = _group(mart)
    earlier = ", ".join(
        f"lag({quote_name(name)}) over ({_window(mart)}) as {quote_name(f'_before_{name}')}"
        for name in mart.meta.never_falls
    )
    measured = "".join(
        f", {metric.aggregate} as {quote_name(metric.rule_id)}" for metric in metrics if metric.rule_id != LOST
    )
    kept = "".join(
        f", coalesce(now.{quote_name(metric.rule_id)}, 0) as {quote_name(metric.rule_id)}"
        for metric in metrics
        if metric.rule_id != LOST
    )
    return (
        f"with followed as (select {_asked_of(mart)}{', ' + earlier if earlier else ''} from {relation}), "
        f"now as (select {zone} as zone, {wave} as wave, count(*) as rows{measured} from followed group by 1, 2), "
        f"before as ({before}) "
        "select coalesce(now.zone, before.zone) as zone, coalesce(now.wave, before.wave) as wave, "
        f"coalesce(now.rows, 0) as rows{kept}, "
        f"greatest(coalesce(before.rows, 0) - coalesce(now.rows, 0), 0) as {quote_name(LOST)} "
        "from now full outer join before on now.zone = before.zone and now.wave = before.wave order by 1, 2"
    )


def group_rows_sql(mart: Mart, relation: str | None) -> str:
    """Return the SELECT of rows per zone and wave of `relation`; of nothing when there is none."""
    if relation is None:
        return "select null::varchar as zone, null::varchar as wave, null::bigint as rows where false"
    zone, wave = _group(mart)
    return f"select {zone} as zone, {wave} as wave, count(*) as rows from {relation} group by 1, 2"


def _never_falls(name: str) -> Metric:
    return counted(
        f"E-FALL-01:{name}",
        f"{quote_name(name)} < {quote_name(f'_before_{name}')}",
        Text(en=f"{name} never falls from one period of a unit to the next", zh=f"同一单位的 {name} 不随时间下降"),
    )


def _coverage() -> Metric:
    said = Text(en="No zone and period has fewer rows than in the last build", zh="各区各期行数不少于上一版本")
    return Metric(LOST, "", 0, "warn", said)


def _group(mart: Mart) -> tuple[str, str]:
    names = {column.name for column in mart.columns}
    zone = "zone_id" if "zone_id" in names else "'programme'"
    wave = f"cast({quote_name(mart.meta.wave)} as varchar)" if mart.meta.wave else "'all'"
    return zone, wave


def _asked_of(mart: Mart) -> str:
    """Return the columns that the metrics read: a window over all of a wide table would hold it whole in memory."""
    known = {column.name for column in mart.columns}
    wanted = [*mart.meta.key, *mart.meta.unit, mart.meta.period, mart.meta.wave, "zone_id", *mart.meta.never_falls]
    return ", ".join(quote_name(name) for name in dict.fromkeys(wanted) if name in known)


def _window(mart: Mart) -> str:
    unit = ", ".join(map(quote_name, mart.meta.unit))
    return f"partition by {unit} order by {quote_name(mart.meta.period or '')}"
