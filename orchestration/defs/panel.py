"""Panels: one multi-asset over all marts, built, audited and published together by quality.panel.

Belongs here: the marts as assets with the raw tables each one reads. Does not: SQL (dbt_project), the build (quality.panel).
The lineage is read from the models' own ref() and source() calls, so that no dbt import or manifest is needed to load.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from data.contracts import contract_names
from data.settings import REPOSITORY
from orchestration.defs.quality import by_table, verdict
from orchestration.defs.raw import raw_key
from orchestration.failures import RETRY, told
from orchestration.resources import House

if TYPE_CHECKING:
    from quality.panel import PanelBuild
    from quality.suites import CheckOutcome

GROUP = "panels"
AUDIT = "audit"
MODELS = REPOSITORY / "dbt_project" / "models"
REF = re.compile(r"""\bref\(\s*['"](\w+)['"]""")
SOURCE = re.compile(r"""\bsource\(\s*['"]lake['"]\s*,\s*['"](\w+)['"]""")


def panel_key(mart: str) -> dg.AssetKey:
    """Return the asset key of a mart."""
    return dg.AssetKey(["panels", mart])


def mart_names() -> list[str]:
    """Return the marts of the dbt project, sorted."""
    return sorted(path.stem for path in (MODELS / "marts").rglob("*.sql"))


@cache
def _models() -> dict[str, Path]:
    return {path.stem: path for path in MODELS.rglob("*.sql")}


@cache
def sources_of(model: str) -> frozenset[str]:
    """Return the contracts that a model reads, directly or through other models; a seed reads none."""
    if model not in _models():
        return frozenset()
    sql = _models()[model].read_text(encoding="utf-8")
    own = frozenset(SOURCE.findall(sql)) & frozenset(contract_names())
    return own.union(*(sources_of(parent) for parent in set(REF.findall(sql)) - {model}))


def mart_specs() -> list[dg.AssetSpec]:
    """Return one spec per mart, depending on the raw tables that it reads."""
    return [
        dg.AssetSpec(
            panel_key(mart),
            deps=[raw_key(contract) for contract in sorted(sources_of(mart))],
            group_name=GROUP,
            owners=["team:panels"],
            kinds={"dbt", "duckdb"},
        )
        for mart in mart_names()
    ]


def panels_asset() -> dg.AssetsDefinition:
    """Return the multi-asset of all marts, each with a blocking audit."""
    audits = [dg.AssetCheckSpec(AUDIT, asset=panel_key(mart), blocking=True) for mart in mart_names()]

    @dg.multi_asset(name="panels", specs=mart_specs(), check_specs=audits, retry_policy=RETRY)
    def panels(
        context: dg.AssetExecutionContext, house: House
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
        from quality.panel import PanelRefused, build_panels

        with told():
            try:
                build = build_panels(house.workspace(), house.ledger(), run_id=context.run_id)
            except PanelRefused as refused:
                yield from audit_results(refused.outcomes)
                raise
        yield from published(build)

    return panels


def published(build: "PanelBuild") -> Iterator[dg.MaterializeResult[None]]:
    """Yield one materialisation per mart, with its audit."""
    outcomes = by_table(build.checks)
    for mart in mart_names():
        info = build.generation.tables[mart]
        yield dg.MaterializeResult(
            asset_key=panel_key(mart),
            metadata={
                "dagster/row_count": info.rows,
                "generation": build.generation.generation_id,
                "as_of_seq": build.generation.as_of_seq,
                "sha256": info.sha256,
            },
            data_version=dg.DataVersion(info.fingerprint),
            check_results=[verdict(outcomes.get(mart, []), panel_key(mart), AUDIT)],
        )


def audit_results(outcomes: "Sequence[CheckOutcome]") -> Iterator[dg.AssetCheckResult]:
    """Yield the audit of every mart that was judged before the build was refused; outcomes of other tables are in the error."""
    for table, found in by_table(outcomes).items():
        if table in mart_names():
            yield verdict(found, panel_key(table), AUDIT)
