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

    @dg.asset(
        key=dg.AssetKey(["estimates", experiment]),
        deps=[RELEASE_KEY],
        group_name=GROUP,
        owners=["team:study"],
        description=f"Pre-specified analyses of {experiment}.",
        metadata={"protocol": dg.MetadataValue.path(path)},
    )
    def estimates(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from data.durable import sha256_file
        from data.releases import load_release
        from experiments.run import run_experiment

        with told():
            release = load_release(house.workspace(), "latest")
            results = run_experiment(house.workspace(), release, path, context.run_id)
        sha256 = sha256_file(results)
        metadata = {"results": dg.MetadataValue.path(results), "sha256": sha256, RELEASE_ID: release.release_id}
        return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(sha256))

    return estimates


def _experiment_id(path: Path) -> str:
    """Return the id that the file declares; an unreadable protocol is named by its file and fails when it runs."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return path.stem
    return str(found.get("experiment_id", path.stem)) if isinstance(found, dict) else path.stem
