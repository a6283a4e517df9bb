"""The declarations: every field has a place in the form, a path has the facts of the nearest field above it."""

import pytest
import yaml

from experiments.registry.fields import facts_of, fields, json_schema, nested_fields, sections
from experiments.registry.protocol import Protocol, canonical_json, load_protocol, protocol_digest
from experiments.run import DEMO


def test_every_field_of_a_protocol_is_declared_once():
    names = [item.name for item in fields()]
    assert sorted(names) == sorted(Protocol.model_fields)
    assert sorted(item.name for section in sections() for item in section.fields) == sorted(names)
    assert [section.key for section in sections()] == list("ABCDEFGHIJK")


@pytest.mark.parametrize(
    ("path", "section", "stage", "change"),
    [
        ("outcomes", "F", "S", "major"),
        ("outcomes.0.name", "F", "S", "major"),
        ("outcomes.0.name.zh", "F", "S", "major"),
        ("interventions.0.ai_system.model_version", "E", "L", "operational"),
        ("interventions.0.ai_system.name", "E", "S", "major"),
        ("assignment_spec.ratio.triage", "C", "R", "major"),
        ("model_m.parameters.icc", "G", "S", "major"),
        ("analyses.3.filter", "H", "S", "major"),
        ("dates.study_start.date", "A", "S", "major"),
    ],
)
def test_a_path_has_the_facts_of_the_nearest_field_above(path, section, stage, change):
    facts = facts_of(path)
    assert (facts.section, facts.stage, facts.change) == (section, stage, change)


def test_an_unknown_first_step_is_no_field():
    with pytest.raises(KeyError):
        facts_of("colour.0")


def test_nested_declarations_are_found_at_their_path():
    assert "interventions.*.ai_system.model_version" in [item.path for item in nested_fields()]
    assert all(facts_of(item.path) is item.facts for item in nested_fields())


def test_the_json_schema_carries_the_facts_and_the_sections():
    schema = json_schema()
    assert list(schema["properties"]) == [item.name for item in fields()]
    for item in fields():
        assert schema["properties"][item.name]["x-zonelab"]["section"] == item.facts.section
    assert schema["$defs"]["AiSystem"]["properties"]["model_version"]["x-zonelab"]["stage_required"] == "L"
    assert schema["x-zonelab-sections"][4]["title"]["zh"] == "干预措施"


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.yml")), ids=lambda path: path.stem)
def test_canonical_json_reads_back_to_the_same_protocol(path):
    protocol = load_protocol(path)
    text = canonical_json(protocol)
    assert Protocol.model_validate_json(text) == protocol
    assert canonical_json(Protocol.model_validate_json(text)) == text


def test_numbers_in_free_mappings_survive_canonical_json():
    content = yaml.safe_load((DEMO / "SE-2026-0001.yml").read_text(encoding="utf-8"))
    content |= {"schema_version": 2, "unit_of_assignment": "facility", "outcomes": []}
    content["model_m"] = {"generator": "g", "parameters": {"icc": 0.05, "waves": 4, "arms": {"a": [0.1, 1e-9, "1"]}}}
    content["analyses"][0]["options"] = {"bandwidth": 2.5, "kernel": "uniform"}
    protocol = Protocol.model_validate(content)
    back = Protocol.model_validate_json(canonical_json(protocol))
    assert back.model_m == protocol.model_m
    assert back.analyses[0].options == {"bandwidth": 2.5, "kernel": "uniform"}
    assert protocol_digest(back) == protocol_digest(protocol)


@pytest.mark.parametrize("item", [*fields(), *nested_fields()], ids=lambda item: item.path)
def test_every_declaration_says_everything_in_both_languages(item):
    for text in (item.facts.label, item.facts.guidance, item.facts.example, item.facts.judged):
        assert text.en.strip()
        assert text.zh.strip()
        assert "\n" not in text.en + text.zh
