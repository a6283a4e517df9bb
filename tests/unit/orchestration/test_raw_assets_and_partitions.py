"""Raw assets: what a run takes and what it records, with the gate replaced by a stand-in."""

from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import pytest

import quality.inbox
from orchestration.defs import raw
from orchestration.partitions import WAVE_DIMENSION, partition_of
from orchestration.resources import House
from quality.inbox import InboxFile

pytestmark = pytest.mark.archive

CONTRACT = "clinic_visit"
KEY = raw.raw_key(CONTRACT)


@dataclass
class Verdict:
    status: str = "accepted"
    rows_read: int = 10
    rows_accepted: int = 10
    rows_quarantined: int = 0
    submission_id: str = "SUB-2026-0001"
    sha256: str = "ab"


@dataclass
class Gate:
    """Stands in for quality.inbox: what waits, the verdict per file name, what was taken."""

    waiting: list[InboxFile] = field(default_factory=list)
    verdicts: dict[str, Verdict | None] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def pending(self, _workspace):
        return list(self.waiting)

    def take(self, _workspace, files, *, run_id):
        assert run_id
        self.taken += [file.path.name for file in files]
        found = [self.verdicts.get(file.path.name, Verdict()) for file in files]
        return [verdict for verdict in found if verdict is not None]


@pytest.fixture
def gate(monkeypatch):
    gate = Gate(
        [waits("deqing", "W1"), waits("deqing", "W2"), waits("xian", "W1"), waits("xian", "W1", "traffic_hour")]
    )
    monkeypatch.setattr(quality.inbox, "pending", gate.pending)
    monkeypatch.setattr(quality.inbox, "take", gate.take)
    return gate


def waits(zone, wave, contract=CONTRACT):
    return InboxFile(Path(f"{contract}_{zone}_{wave}.csv"), zone, contract, wave)


@pytest.fixture(scope="module")
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def ran(instance, home, partition=None, tags=None):
    job = dg.Definitions(
        assets=raw.raw_assets(), resources={"house": House(home=str(home))}, jobs=[dg.define_asset_job("ingest", [KEY])]
    ).resolve_job_def("ingest")
    return job.execute_in_process(instance=instance, partition_key=partition, tags=tags, raise_on_error=False)


def recorded(result):
    return {
        str(made.partition): made.metadata
        for made in (
            event.step_materialization_data.materialization for event in result.get_asset_materialization_events()
        )
    }


def test_a_run_without_partition_takes_all_of_its_contract_and_records_only_what_it_touched(gate, instance, tmp_path):
    result = ran(instance, tmp_path)
    assert result.success
    assert sorted(gate.taken) == [
        "clinic_visit_deqing_W1.csv",
        "clinic_visit_deqing_W2.csv",
        "clinic_visit_xian_W1.csv",
    ]
    assert set(recorded(result)) == {"W1|deqing", "W2|deqing", "W1|xian", "None"}
    assert recorded(result)["None"]["dagster/row_count"].value == 30
    assert {"W1", "W2"} <= set(instance.get_dynamic_partitions(WAVE_DIMENSION))


def test_a_run_with_a_partition_takes_that_one_only(gate, instance, tmp_path):
    instance.add_dynamic_partitions(WAVE_DIMENSION, ["W1", "W2"])
    result = ran(instance, tmp_path, partition=partition_of("deqing", "W2"))
    assert gate.taken == ["clinic_visit_deqing_W2.csv"]
    assert set(recorded(result)) == {"W2|deqing"}


def test_a_single_run_backfill_takes_its_range(gate, instance, tmp_path):
    instance.add_dynamic_partitions(WAVE_DIMENSION, ["W1", "W2"])
    both = {"dagster/asset_partition_range_start": "W1|deqing", "dagster/asset_partition_range_end": "W2|deqing"}
    result = ran(instance, tmp_path, tags=both)
    assert gate.taken == ["clinic_visit_deqing_W1.csv", "clinic_visit_deqing_W2.csv"]
    assert set(recorded(result)) == {"W1|deqing", "W2|deqing"}


def test_an_empty_inbox_records_no_partition(gate, instance, tmp_path):
    gate.waiting = []
    result = ran(instance, tmp_path)
    assert result.success
    assert set(recorded(result)) == {"None"}


@pytest.mark.parametrize("verdict", [Verdict("quarantined"), Verdict("rejected"), None])
def test_quarantine_refusal_and_files_left_behind_warn_and_block_nothing(gate, instance, tmp_path, verdict):
    gate.verdicts["clinic_visit_xian_W1.csv"] = verdict
    result = ran(instance, tmp_path)
    (evaluation,) = result.get_asset_check_evaluations()
    assert result.success
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.WARN)


def test_a_duplicate_is_no_warning(gate, instance, tmp_path):
    gate.verdicts["clinic_visit_xian_W1.csv"] = Verdict("duplicate", rows_accepted=0)
    (evaluation,) = ran(instance, tmp_path).get_asset_check_evaluations()
    assert evaluation.passed
