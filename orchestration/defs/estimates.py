"""Estimates: one asset per protocol, the demo's and the workspace's own (`<home>/protocols/*.yml`).

Belongs here: which protocols there are, and one asset for each. Does not: what an analysis computes (experiments.run).
"""

from pathlib import Path

import dagster as dg
import yaml

from data.paths import Workspace
from data.settings import REPOSITORY, load_settings
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


def estimate_assets() -> list[dg.AssetsDefinition]:
    """Return one asset per protocol."""
    return [estimate_asset(experiment, path) for experiment, path in sorted(protocol_paths().items())]


def estimate_asset(experiment: str, path: Path) -> dg.AssetsDefinition:
    """Return the asset of one protocol: its analyses on the latest release."""
    key = dg.AssetKey(["estimates", experiment])
    complete = dg.AssetCheckSpec(COMPLETE, asset=key, description="Every registered analysis has a result.")

    @dg.asset(
        key=key,
        deps=[RELEASE_KEY],
        group_name=GROUP,
        owners=["team:study"],
        description=f"Pre-specified analyses of {experiment}.",
        metadata={"protocol": dg.MetadataValue.path(path)},
        check_specs=[complete],
    )
    def estimates(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from data.releases import load_release
        from experiments.run import protocols, run_experiment

        workspace = house.workspace()
        with told():
            release = load_release(workspace, "latest")
            if path not in protocols(workspace, release):
                return not_applicable(release.release_id)
            return materialised(run_experiment(workspace, release, path, context.run.run_id), release.release_id)

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
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return path.stem
    return str(found.get("experiment_id", path.stem)) if isinstance(found, dict) else path.stem
