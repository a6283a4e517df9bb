"""dbt in this process: the project parsed once, every later build from the cached manifest.

Belongs here: the only import of dbt, and its results as outcomes. Does not: what to build (panel), the SQL (dbt_project). Nothing
is written into dbt_project; target and logs lie in the workspace (domain/costs.md 3: 2.7 s a build instead of 7.5).
"""

from __future__ import annotations

import hashlib
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.messages import PlatformFailed, Text
from data.settings import environment
from quality.marts import PROJECT
from quality.outcomes import CheckOutcome

ONE_AT_A_TIME = threading.Lock()
"""dbt keeps flags, logger and connections in module globals: two builds in one process would share them."""
_manifests: dict[str, Any] = {}


@dataclass(frozen=True)
class DbtBuild:
    """What dbt did: models made, models that failed or were skipped, and one outcome per data test."""

    made: tuple[str, ...]
    failed: tuple[str, ...]
    skipped: tuple[str, ...]
    outcomes: tuple[CheckOutcome, ...]


def run_build(database: Path, scratch: Path, select: Sequence[str] = ()) -> DbtBuild:
    """Build seeds, models and data tests into a DuckDB file; unit tests judge code and are left to the test suite.

    Parameters
    ----------
    database
        The file; schema `lake` must hold one view per contract.
    scratch
        Folder for dbt's target and logs; keep it the same from build to build, or partial parsing is lost.
    select
        dbt selectors such as ``+panel_social_insure``; none means everything. With selectors, tests that also
        need a model outside of the selection are left out.

    Raises
    ------
    PlatformFailed
        E-DBT-01: dbt could not start or the project does not parse. E-DBT-02: a model failed to build; details are in
        the log folder, since a database message may quote a value.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test", "--indirect-selection", "buildable"]
    arguments += ["--select", *select] if select else []
    with _quiet(database):
        results = _invoke(_manifest(database, scratch), arguments, scratch).result
    build = _read(results)
    if build.failed:
        raise _model_failed(build, scratch)
    return build


def run_unit_tests(database: Path, scratch: Path) -> list[CheckOutcome]:
    """Run the unit tests of the models; their upstream models must have been built into `database`."""
    with _quiet(database):
        results = _invoke(_manifest(database, scratch), ["test", "--select", "test_type:unit"], scratch).result
    return [_test_outcome(result) for result in results.results]


def lineage(scratch: Path) -> dict[str, Any]:
    """Return dbt's graph of the project: ``nodes`` (id → name) and ``parent_map``, parsed once and then from its cache.

    Raises
    ------
    PlatformFailed
        E-DBT-01: the project does not parse.
    """
    database = scratch / "panel.duckdb"
    with _quiet(database):
        manifest = _manifest(database, scratch)
        parents = {key: list(node.depends_on_nodes) for key, node in manifest.nodes.items() if _is_built(key)}
    names = {key: {"name": node.name} for key, node in manifest.nodes.items() if _is_built(key)}
    return {"nodes": names, "parent_map": parents}


def _is_built(key: str) -> bool:
    return key.startswith(("model.", "seed."))


@contextmanager
def _quiet(database: Path) -> Iterator[None]:
    """Hold dbt alone, tell it the database, keep its own warnings out of ours."""
    with ONE_AT_A_TIME, environment({"ZONELAB_BUILD_DB": str(database)}), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            _close_database()
            _close_logs()


def _manifest(database: Path, scratch: Path) -> Any:  # noqa: ANN401 - dbt is untyped
    key = f"{project_digest()}/{database.stem}"  # DuckDB calls a database by its file, and dbt writes that into every name
    if key not in _manifests:
        _manifests.clear()
        _manifests[key] = _invoke(None, ["parse"], scratch).result
    return _manifests[key]


def project_digest(project: Path = PROJECT) -> str:
    """Return the sha256 over the project's files: names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        inside = path.relative_to(project)
        if path.is_file() and inside.parts[0] not in ("target", "logs", "dbt_packages"):
            digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _invoke(manifest: Any, arguments: list[str], scratch: Path) -> Any:  # noqa: ANN401 - dbt is untyped
    from dbt.cli.main import dbtRunner

    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    places += ["--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs")]
    said = ["--log-level", "none", "--log-level-file", "info", "--no-use-colors", "--no-send-anonymous-usage-stats"]
    result = dbtRunner(manifest=manifest).invoke([*arguments, *places, *said])
    if result.exception is not None or result.result is None:
        raise PlatformFailed(
            "E-DBT-01",
            Text(
                en=f"dbt could not {arguments[0]} the panels ({type(result.exception).__name__}). See {scratch / 'logs'}.",
                zh=f"dbt 无法执行 {arguments[0]}（{type(result.exception).__name__}）。详见 {scratch / 'logs'}。",
            ),
        ) from result.exception
    return result


def _read(results: Any) -> DbtBuild:  # noqa: ANN401 - dbt is untyped
    by_status: dict[str, list[str]] = {}
    outcomes = []
    for result in results.results:
        if result.node.resource_type == "test":
            if str(result.status) != "skipped":
                outcomes.append(_test_outcome(result))
        else:
            by_status.setdefault(str(result.status), []).append(result.node.name)
    return DbtBuild(
        made=tuple(by_status.get("success", [])),
        failed=tuple(by_status.get("error", [])),
        skipped=tuple(by_status.get("skipped", [])),
        outcomes=tuple(outcomes),
    )


def _test_outcome(result: Any) -> CheckOutcome:  # noqa: ANN401 - dbt is untyped
    node = result.node
    parents = node.depends_on.nodes or [node.unique_id]
    attached = getattr(node, "attached_node", None) or parents[0]
    return CheckOutcome(
        name=node.name,
        table=attached.rsplit(".", 1)[-1],
        passed=str(result.status) == "pass",
        severity="warn" if str(getattr(node.config, "severity", "error")).lower() == "warn" else "error",
        metadata={"rows_failed": int(result.failures or 0), "status": str(result.status)},
        kind="dbt",
    )


def _model_failed(build: DbtBuild, scratch: Path) -> PlatformFailed:
    named = ", ".join(build.failed)
    return PlatformFailed(
        "E-DBT-02",
        Text(
            en=f"The models {named} could not be built; nothing was published. See {scratch / 'logs'}.",
            zh=f"模型 {named} 构建失败，未发布任何内容。详见 {scratch / 'logs'}。",
        ),
    )


def _close_database() -> None:
    """Close the file that dbt-duckdb keeps open until the process ends: the audit opens it next, with other settings."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    manager: Any = DuckDBConnectionManager
    try:
        manager.env().close()
    except Exception:  # noqa: BLE001 - the library raises a bare Exception when nothing was opened
        return
    manager.close_all_connections()


def _close_logs() -> None:
    """Close dbt's log files: it leaves them to the garbage collector, which says so as a ResourceWarning."""
    from dbt_common.events.event_manager_client import cleanup_event_logger, get_event_manager

    for logger in getattr(get_event_manager(), "loggers", []):
        for handler in list(getattr(getattr(logger, "_python_logger", None), "handlers", [])):
            handler.close()
    cleanup_event_logger()
