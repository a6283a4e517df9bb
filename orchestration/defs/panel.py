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
from orchestration.defs.quality import renew_page, verdict
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
def made_of(model: str) -> frozenset[str]:
    """Return a model with every model and seed below it."""
    if model not in _models():
        return frozenset([model])
    parents = set(REF.findall(_models()[model].read_text(encoding="utf-8"))) - {model}
    return frozenset([model]).union(*(made_of(parent) for parent in parents))


def sources_of(mart: str) -> frozenset[str]:
    """Return the contracts that a mart reads, directly or through other models."""
    texts = [_models()[model].read_text(encoding="utf-8") for model in made_of(mart) if model in _models()]
    return frozenset(name for text in texts for name in SOURCE.findall(text)) & frozenset(contract_names())


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

        workspace, run_id = house.workspace(), context.run.run_id
        with told():
            try:
                build = build_panels(workspace, house.ledger(), run_id=run_id)
            except PanelRefused as refused:
                renew_page(workspace, run_id)
                yield from (audit(mart, refused.outcomes) for mart in mart_names())
                raise
            renew_page(workspace, run_id)
        yield from published(build)

    return panels


def published(build: "PanelBuild") -> "Iterator[dg.MaterializeResult[None]]":
    """Yield one materialisation per mart, with its audit."""
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
            check_results=[audit(mart, build.checks)],
        )


def audit(mart: str, outcomes: "Sequence[CheckOutcome]") -> dg.AssetCheckResult:
    """Return the audit of a mart: the checks on it and on every model that it is made of."""
    found = [outcome for outcome in outcomes if outcome.table in made_of(mart)]
    return verdict(found, panel_key(mart), AUDIT)
