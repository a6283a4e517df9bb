"""What a contract may say, how it is read, and the Arrow schema that follows."""

import pyarrow as pa
import pytest
from pydantic import ValidationError

from data.contracts import (
    MISSING_STATUS,
    SYSTEM_FIELDS,
    business_schema,
    contract_digest,
    contract_names,
    lake_schema,
    load_contract,
    load_contracts,
)
from data.contracts.model import Column
from data.messages import NotFound, Refused

TEXT = {"en": "x", "zh": "x"}
YAML = """
name: visit
version: "1.0"
title: {en: x, zh: x}
description: {en: x, zh: x}
unit: person
grain: one row a person
source_kind: survey
key: [person_id]
columns:
  - {name: person_id, type: string, label: {en: x, zh: x}, required: true}
"""


def column(**changes):
    return Column.model_validate({"name": "wait_min", "type": "number", "label": TEXT, **changes})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Wait"}, "lower-case"),
        ({"name": "wait__st"}, "__st"),
        ({"name": "_wait"}, "lower-case"),
        ({"missing_codes": {"-1": "lost"}}, "unknown missing reasons"),
        ({"minimum": 2, "maximum": 1}, "above maximum"),
        ({"type": "string", "minimum": 0}, "needs type integer or number"),
        ({"parts": ("year",)}, "date or timestamp"),
        ({"type": "string", "pattern": "["}, "pattern"),
        ({"timezone": "Mars/Base"}, "time zone"),
        ({"colour": "red"}, "Extra inputs"),
        ({"type": "decimal"}, "Input should be"),
    ],
)
def test_a_column_that_contradicts_itself_is_refused(changes, told):
    with pytest.raises(ValidationError, match=told):
        column(**changes)


def test_a_sound_column_passes():
    sound = column(minimum=0, maximum=600, missing_codes={"-1": "dont_know"}, unit="min")
    assert (sound.required, sound.source, sound.sensitivity) == (False, "file", "none")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": ["nobody"]}, "not declared"),
        ({"key": ["wait_min"]}, "must be required"),
        ({"key": []}, "at least 1"),
        ({"wave_column": "wave"}, "not declared"),
        ({"name": "Visit"}, "lower-case"),
        ({"version": "1"}, "pattern"),
        ({"columns": []}, "at least 1"),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused(contract_like, changes, told):
    with pytest.raises(ValidationError, match=told):
        contract_like(**changes)


def test_columns_declared_twice_are_named(contract_like, visit):
    columns = visit.model_dump()["columns"]
    with pytest.raises(ValidationError, match="twice: \\['wait_min'\\]"):
        contract_like(columns=[*columns, columns[1]])


@pytest.mark.parametrize("name", ["submission_id", "rec_key"])
def test_a_column_cannot_take_a_name_of_the_archive(contract_like, visit, name):
    columns = visit.model_dump()["columns"]
    with pytest.raises(ValidationError, match=name):
        contract_like(columns=[*columns, {"name": name, "type": "string", "label": TEXT}])


def test_a_column_is_found_by_name(visit):
    assert visit.column("wait_min").type == "number"
    with pytest.raises(KeyError):
        visit.column("nobody")


def test_status_columns_follow_their_column(visit):
    names = ["person_id", "wait_min", "wait_min__st", "seen_at", "is_simulated"]
    assert business_schema(visit).names == names
    assert lake_schema(visit).names == [*names, *(field.name for field in SYSTEM_FIELDS)]
    assert business_schema(visit).field("wait_min__st").type == pa.int64()
    assert business_schema(visit).field("seen_at").type == pa.timestamp("us", tz="UTC")


def test_missing_reasons_have_numbers_of_their_own():
    assert len(set(MISSING_STATUS.values())) == len(MISSING_STATUS)
    assert MISSING_STATUS["valid"] == 0


def test_every_shipped_contract_has_its_file_name():
    assert {name: contract.name for name, contract in load_contracts().items()} == {n: n for n in contract_names()}


def test_a_contract_is_read_from_a_path(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(YAML, encoding="utf-8")
    assert load_contract(path).name == "visit"
    assert load_contract(str(path)) == load_contract(path)


@pytest.mark.parametrize("name", ["nobody", "", "../model", "/", "x" * 300, "a\0b"])
def test_no_such_contract_is_told_with_the_known_ones(name):
    with pytest.raises(NotFound, match="E-CONTRACT-01"):
        load_contract(name)


@pytest.mark.parametrize(
    "content", ["", "- a list", "name: [", "name: visit", "name: !!python/object:os.system x", b"\xff\xfe"]
)
def test_a_file_that_is_no_contract_is_refused(tmp_path, content):
    path = tmp_path / "mine.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Refused, match="E-CONTRACT-02"):
        load_contract(path)


def test_every_problem_of_a_contract_is_listed(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(YAML.replace("unit: person", "unit: planet").replace('"1.0"', '"one"'), encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        load_contract(path)
    assert "unit" in refusal.value.text.en
    assert "version" in refusal.value.text.en
    assert "pydantic" not in refusal.value.text.en


def test_the_digest_follows_the_content(visit, contract_like):
    assert contract_digest(visit) == contract_digest(contract_like())
    assert contract_digest(visit) != contract_digest(contract_like(version="1.1"))
