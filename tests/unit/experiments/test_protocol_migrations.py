"""Protocol files of every past schema version load, check and are stored; a later version than ours is refused by name."""

from pathlib import Path

import pytest
import yaml

from data.messages import Refused
from data.settings import REPOSITORY
from experiments.registry.check import check_document, check_protocol
from experiments.registry.migrations import PRESENT, upgraded
from experiments.registry.protocol import canonical_json, load_protocol, load_stored
from experiments.run import DEMO

GOLDEN = REPOSITORY / "tests" / "golden" / "protocols"
STORED = sorted(GOLDEN.glob("v*/*.yml"))


def test_every_past_version_is_kept():
    assert sorted({path.parent.name for path in STORED}) == [f"v{version}" for version in range(1, PRESENT)]


@pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_stored_protocol_loads_in_the_present_schema(path: Path):
    protocol = load_protocol(path)
    assert protocol.schema_version == PRESENT
    assert load_stored(canonical_json(protocol)) == protocol


@pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_results_depend_on_is_the_same_in_the_demo_of_today(path: Path):
    old, new = load_protocol(path), load_protocol(DEMO / path.name)
    for name in ("experiment_id", "title_brief", "arms", "inquiries", "families"):
        assert getattr(old, name) == getattr(new, name)
    assert [item.spec() for item in old.analyses] == [item.spec() for item in new.analyses]
    told = [[item.model_dump(exclude={"sesoi"}) for item in one.hypotheses] for one in (old, new)]
    assert (
        told[0] == told[1]
    )  # the smallest effects of interest were set anew when the diagnosis showed what can be found
    assert [item.id for item in old.outcomes] == [item.id for item in new.outcomes]


@pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_stored_protocol_is_told_what_it_lacks_today(path: Path):
    problems = check_protocol(path)
    assert "title_official" in {item.path for item in problems}
    assert all(item.path != "document" for item in problems)


def test_version_1_named_units_and_time_frames_freely():
    new = upgraded({"unit_of_assignment": "clinic", "outcomes": [{"time_frame": {"en": "Spring"}}, "broken"]})
    assert new["unit_of_assignment"] == "facility"
    assert new["outcomes"] == [{"time_frame": {"note": {"en": "Spring"}}}, "broken"]
    assert upgraded({"unit_of_assignment": "moon"})["unit_of_assignment"] == "other"


def test_days_that_yaml_reads_as_dates_are_texts():
    content = yaml.safe_load("{schema_version: 2, dates: {study_start: {date: 2027-03-01, type: actual}}, waves: [1]}")
    assert upgraded(content)["dates"]["study_start"]["date"] == "2027-03-01"


@pytest.mark.parametrize("content", [None, [], "text", 3])
def test_what_is_no_protocol_comes_back_as_it_is(content):
    assert upgraded(content) == content
    assert [item.path for item in check_document(content)] == ["document"]


def test_a_later_version_is_refused_in_both_languages(tmp_path: Path):
    path = tmp_path / "later.yml"
    path.write_text(f"schema_version: {PRESENT + 1}\n", encoding="utf-8")
    with pytest.raises(Refused, match="E-PROTO-03") as refused:
        load_protocol(path)
    [problem] = check_protocol(path)
    assert problem.path == "schema_version"
    assert problem.message == refused.value.text
    assert "升级" in problem.message.zh
    assert str(PRESENT) in problem.message.en
