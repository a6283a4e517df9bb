"""Protocols: the demo's are sound; every problem of a broken one is told at once, with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from data.messages import NotFound, Refused
from data.reference import zones
from experiments.registry.check import check_protocol
from experiments.registry.protocol import load_protocol, protocol_digest
from experiments.run import DEMO
from experiments.spec import AnalysisSpec, spec_digest

FILES = sorted(DEMO.glob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_demo_protocols_are_sound(path: Path) -> None:
    assert [item for item in check_protocol(path) if item.severity == "error"] == []
    protocol = load_protocol(path)
    assert protocol.experiment_id == path.stem
    assert [zone.zone_id for zone in protocol.zones] == list(zones())
    assert protocol.simulated


def test_registered_analyses_are_those_that_the_truth_is_about() -> None:
    found = {path.stem: [analysis.id for analysis in load_protocol(path).analyses] for path in FILES}
    assert found == {
        "SE-2026-0001": ["wait_itt", "satisfaction_itt", "wait_elderly", "wait_younger", "satisfaction_elderly"],
        "SE-2026-0002": [
            *(
                f"{outcome}_{cohort}"
                for outcome in ("productivity", "routine")
                for cohort in ("2024q1", "2024q3", "2025q1")
            ),
            "productivity_pooled_twfe",
        ],
        "SE-2026-0003": ["speed", "pm25"],
    }


def test_registered_spec_has_the_digest_of_the_bare_spec() -> None:
    analysis = load_protocol(DEMO / "SE-2026-0003.yml").analyses[0]
    bare = AnalysisSpec.model_validate({name: getattr(analysis, name) for name in AnalysisSpec.model_fields})
    assert spec_digest(analysis.spec()) == spec_digest(bare)


def test_digest_is_of_the_meaning(tmp_path: Path) -> None:
    content = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
    path = tmp_path / "same.yml"
    path.write_text(yaml.safe_dump(dict(reversed(content.items())), allow_unicode=True), encoding="utf-8")
    assert protocol_digest(load_protocol(path)) == protocol_digest(load_protocol(FILES[0]))
    content["families"][0]["alpha"] = 0.01
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert protocol_digest(load_protocol(path)) != protocol_digest(load_protocol(FILES[0]))


def broken(tmp_path: Path, change: Any, source: Path = FILES[0]) -> Path:
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / "broken.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_problems_of_form_are_all_told(tmp_path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        del content["experiment_id"]
        content["impact_levels"] = ["individual", "planet"]
        content["outcomes"][0]["colour"] = "red"
        content["analyses"][1]["alpha"] = 3

    problems = {item.path: item for item in check_protocol(broken(tmp_path, change))}
    assert set(problems) == {"experiment_id", "impact_levels.1", "outcomes.0.colour", "analyses.1.alpha"}
    assert problems["experiment_id"].message.zh == "缺少此字段。"
    with pytest.raises(Refused, match="experiment_id: Field required"):
        load_protocol(tmp_path / "broken.yml")


def test_harms_not_looked_for_is_a_warning() -> None:
    found = check_protocol(DEMO / "SE-2026-0003.yml")
    assert [(item.path, item.severity) for item in found] == [("outcomes", "warning")]


def test_what_is_not_yaml_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "p.yml"
    path.write_text("a: [", encoding="utf-8")
    assert [item.path for item in check_protocol(path)] == ["document"]
    for call in (check_protocol, load_protocol):
        with pytest.raises(NotFound):
            call(tmp_path / "none.yml")
