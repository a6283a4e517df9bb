"""Synthetic resident ids, and a register whose rows are named by them."""

import pytest

from data.contracts import Contract
from data.identity.canonical import CHECK_DIGITS, WEIGHTS
from data.ledger import Ledger


def resident(number):
    """Return the `number`-th synthetic resident id: a region that no office uses, a right check digit."""
    day = f"19{50 + number % 50:02d}{1 + number % 12:02d}{1 + number % 28:02d}"
    body = f"890{number // 999 % 1000:03d}{day}{1 + number % 999:03d}"
    return body + CHECK_DIGITS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def register(**more):
    """Return a contract whose rows are named by resident ids."""
    text = {"en": "x", "zh": "甲"}
    columns = [
        {
            "name": "zone_id",
            "type": "string",
            "label": {"en": "Zone", "zh": "试点区"},
            "required": True,
            "source": "zone",
        },
        {
            "name": "resident_id",
            "type": "string",
            "label": {"en": "Resident id", "zh": "身份证号"},
            "required": True,
            "pattern": r"[1-8]\d{16}[\dX]",
            "sensitivity": "direct",
            "identifies": "person",
        },
        {"name": "wave", "type": "string", "label": {"en": "Wave", "zh": "轮次"}, "required": True},
        {"name": "score", "type": "integer", "label": {"en": "Score", "zh": "得分"}},
        {"name": "remark", "type": "string", "label": {"en": "Remark", "zh": "备注"}, "sensitivity": "sensitive"},
    ]
    given = {
        "name": "enrolment",
        "version": "1.0",
        "title": text,
        "description": text,
        "unit": "person",
        "grain": "one row per zone_id, resident_id and wave",
        "source_kind": "survey",
        "key": ["zone_id", "resident_id", "wave"],
        "wave_column": "wave",
        "columns": columns,
    }
    return Contract.model_validate({**given, **more})


@pytest.fixture
def contract():
    return register()


@pytest.fixture
def ledger(workspace):
    return Ledger.open(workspace)


@pytest.fixture
def send(workspace, contract, tmp_path):
    """Return a function that submits rows of (resident id, wave, score, remark) for a zone."""
    from quality.intake import submit

    def go(rows, *, name="file.csv", zone="deqing", contract=contract, head="resident_id,wave,score,remark", **more):
        path = tmp_path / name
        path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
        return submit(path, contract=contract, zone=zone, actor="registry.office", workspace=workspace, **more)

    return go
