"""Estimates: one asset per experiment: registered ones, the demo's, and files of the workspace (`<home>/protocols/*.yml`).

Belongs here: which protocols there are, and one asset for each. Does not: what an analysis computes (experiments.run).
"""

from pathlib import Path

import dagster as dg
import yaml

from data.ledger import Ledger
from data.paths import Workspace
from data.settings import REPOSITORY, load_settings
from data.yaml_text import read_yaml
from orchestration.defs.release import RELEASE_ID, RELEASE_KEY
from orchestration.failures import told
from orchestration.resources import House

GROUP = "estimates"
COMPLETE = "complete"
SHIPPED = REPOSITORY / "experiments" / "registry" / "demo"


def protocol_paths() -> dict[str, Path]:
    """Return the protocol files by experiment id; a file of the workspace wins over a shipped one of the same id."""
    own = Workspace(load_settings().home).home / "protocols"
    return {_experiment_id(path): path for folder in (SHIPPED, own) for path in sorted(folder.glob("*.yml"))}


def registered_ids() -> list[str]:
    """Return the experiments with a registered version; none where the workspace has no catalogue yet."""
    settings = load_settings()
    place = Workspace(settings.home)
    if settings.ledger_url is None and not place.catalog.is_file():
        return []
    return sorted({event.object_id for event in Ledger.open(place, settings).events("protocol_registered")})


def estimate_assets() -> list[dg.AssetsDefinition]:
    """Return one asset per experiment."""
    paths: dict[str, Path | None] = {**dict.fromkeys(registered_ids()), **protocol_paths()}
    return [estimate_asset(experiment, path) for experiment, path in sorted(paths.items())]


def estimate_asset(experiment: str, path: Path | None) -> dg.AssetsDefinition:
    """Return the asset of one experiment: its analyses on the latest release. `path` is None where only the registry has it."""
    key = dg.AssetKey(["estimates", experiment])
    complete = dg.AssetCheckSpec(COMPLETE, asset=key, description="Every registered analysis has a result.")

    @dg.asset(
        key=key,
        deps=[RELEASE_KEY],
        group_name=GROUP,
        owners=["team:study"],
        description=f"Pre-specified analyses of {experiment}.",
        metadata={"protocol": dg.MetadataValue.path(path) if path else "registry"},
        check_specs=[complete],
    )
    def estimates(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from data.releases import load_release
        from experiments.plans import plan_of
        from experiments.run import run_plan

        workspace = house.workspace()
        with told():
            release = load_release(workspace, "latest")
            plan = plan_of(workspace, release, experiment, path)
            if plan is None:
                return not_applicable(release.release_id)
            return materialised(run_plan(workspace, release, plan, context.run.run_id), release.release_id)

    return estimates


def not_applicable(release_id: str) -> "dg.MaterializeResult[None]":
    """Return the result of a demo protocol on a release without simulated rows: nothing to estimate, nothing wrong."""
    return dg.MaterializeResult(
        metadata={RELEASE_ID: release_id, "skipped": "a demo protocol; this release holds no simulated rows"},
        check_results=[dg.AssetCheckResult(check_name=COMPLETE, passed=True)],
    )


def materialised(results: Path, release_id: str) -> "dg.MaterializeResult[None]":
    """Return the result of a protocol that was run; an analysis that could not be estimated is a warning with its code."""
    from data.durable import sha256_file
    from experiments.results import load_results

    document, sha256 = load_results(results), sha256_file(results)
    missing = {entry["analysis_id"]: entry["code"] for entry in document["not_estimated"]}
    return dg.MaterializeResult(
        metadata={
            RELEASE_ID: release_id,
            "dagster/row_count": len(document["analyses"]),
            "results": dg.MetadataValue.path(results),
            "sha256": sha256,
        },
        data_version=dg.DataVersion(sha256),
        check_results=[
            dg.AssetCheckResult(
                check_name=COMPLETE, passed=not missing, severity=dg.AssetCheckSeverity.WARN, metadata=missing
            )
        ],
    )


def _experiment_id(path: Path) -> str:
    """Return the id that the file declares; an unreadable protocol is named by its file and fails when it runs."""
    try:
        found = read_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return path.stem
    return str(found.get("experiment_id", path.stem)) if isinstance(found, dict) else path.stem
