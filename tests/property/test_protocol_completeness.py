"""Whatever set of required fields is left out of a complete protocol, exactly these are told, each at its place."""

from copy import deepcopy
from datetime import date

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from data.settings import REPOSITORY
from experiments.registry.check import check_document
from experiments.registry.check.stages import required

TODAY = date(2026, 6, 1)
WITH_DEFAULT = {"schema_version", "version"}
COMPLETE = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for folder in ("demo", "examples")
    for path in sorted((REPOSITORY / "experiments" / "registry" / folder).glob("*.yml"))
]


def errors(document, stage):
    return sorted(item.path for item in check_document(document, stage, today=TODAY) if item.severity == "error")


def top_level(stage):
    return [item.path for item in required(stage) if not item.is_nested and item.path not in WITH_DEFAULT]


def test_dropping_any_one_required_field_yields_its_path():
    for stage in ("S", "R"):
        for name in top_level(stage):
            document = {key: value for key, value in COMPLETE[0].items() if key != name}
            assert errors(document, stage) == [name], (stage, name)


@settings(max_examples=40, deadline=None)
@given(
    document=st.sampled_from(COMPLETE),
    dropped=st.sets(st.sampled_from(top_level("R"))),
    stage=st.sampled_from(["S", "R"]),
)
def test_dropping_any_set_of_required_fields_yields_exactly_these(document, dropped, stage):
    asked = dropped & set(top_level(stage))
    left = {key: value for key, value in document.items() if key not in dropped}
    planned = [f"zones.{place}.planned_n" for place in range(len(left.get("zones", [])))]
    assert set(errors(left, stage)) - set(planned) == asked


@settings(max_examples=20, deadline=None)
@given(document=st.sampled_from(COMPLETE), place=st.integers(0, 99), empty=st.sampled_from([None, "absent"]))
def test_a_nested_required_field_is_asked_in_each_item(document, place, empty):
    left = deepcopy(document)
    place %= len(left["zones"])
    if empty is None:
        left["zones"][place]["planned_n"] = None
    else:
        del left["zones"][place]["planned_n"]
    assert errors(left, "S") == [f"zones.{place}.planned_n"]
