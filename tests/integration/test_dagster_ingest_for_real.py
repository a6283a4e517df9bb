"""The ingest job on the real gate and lake: partitions touched are recorded, a second run adds nothing."""

import dagster as dg
import pytest

from data.demo import deliver, write_files
from data.lake import Lake
from data.ledger import Ledger
from data.submissions import submissions
from orchestration import launch
from orchestration.defs.raw import raw_key
from orchestration.partitions import WAVE_DIMENSION, partition_of

pytestmark = pytest.mark.integration

KEPT = ("clinic_visit", "clinic_assignment")


@pytest.fixture
def delivered(workspace):
    """Deliver the demo's clinic files of one zone, as they would lie in the drop folder."""
    manifest = write_files(workspace, scale=0.1)
    deliver(workspace, manifest)
    for path in workspace.inbox.rglob("*"):
        inside = path.relative_to(workspace.inbox).parts
        if path.is_file() and not (inside[0] == "deqing" and inside[1] in KEPT):
            path.unlink()
    return workspace


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def rows(workspace):
    return Lake(workspace, Ledger.open(workspace)).pin().tables["clinic_visit"].rows


def test_all_that_waits_comes_in_once_and_carries_the_id_of_its_run(delivered, instance):
    first = launch.launch("ingest", instance)
    assert (first.status, first.release_id, first.checks["failed"]) == ("SUCCESS", None, 0)
    touched = instance.get_materialized_partitions(raw_key("clinic_visit"))
    assert {str(partition_of("deqing", wave)) for wave in ("W1", "W2", "W3", "W4")} <= touched
    assert all(key.endswith("|deqing") for key in touched)
    before = rows(delivered)
    again = launch.launch("ingest", instance)
    assert (again.status, rows(delivered)) == ("SUCCESS", before)
    assert {found.run_id for found in submissions(Ledger.open(delivered))} == {first.run_id}


def test_a_partition_takes_its_own_files_and_leaves_the_others(delivered, instance):
    from orchestration.definitions import defs

    instance.add_dynamic_partitions(WAVE_DIMENSION, ["W2"])
    result = (
        defs()
        .resolve_job_def("ingest")
        .execute_in_process(
            instance=instance,
            partition_key=partition_of("deqing", "W2"),
            asset_selection=[raw_key("clinic_visit")],
            raise_on_error=False,
        )
    )
    assert result.success
    assert {found.wave for found in submissions(Ledger.open(delivered))} == {"W2"}
    left = [path.name for path in delivered.inbox.rglob("*") if path.is_file()]
    assert left
    assert not [name for name in left if "W2" in name and "clinic_visit" in name]
