"""What a panel rests on: the tables of the lake that its SQL reads, through every model in between.

Belongs here: reading `ref` and `source` off the dbt models. Does not: running dbt (quality.dbt_runner). The models are those of
the present code; a release made by earlier code may have read others, which is why an unknown panel rests on everything.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from data.settings import REPOSITORY

MODELS = REPOSITORY / "dbt_project" / "models"
REF = re.compile(r"ref\(\s*['\"](\w+)['\"]\s*\)")
SOURCE = re.compile(r"source\(\s*['\"]lake['\"]\s*,\s*['\"](\w+)['\"]\s*\)")


def rests_on(mart: str) -> frozenset[str] | None:
    """Return the contracts whose rows a panel is made from; None if no model makes such a panel.

    >>> sorted(rests_on("panel_individual_wave"))
    ['ai_exposure', 'clinic_assignment', 'clinic_visit', 'sample_file', 'unit_event', 'unit_link']
    >>> rests_on("panel_of_nobody") is None
    True
    """
    return _behind(mart, frozenset()) if mart in _models() else None


@cache
def graph(folder: Path = MODELS) -> dict[str, dict[str, Any]]:
    """Return the project's graph in the shape of dbt's manifest, ``nodes`` (id → name) and ``parent_map``, without running dbt.

    >>> graph()["nodes"]["model.panel_zone_year"]
    {'name': 'panel_zone_year'}
    """
    models = _models(folder)
    keys = {name: f"model.{name}" for name in models}
    parents: dict[str, list[str]] = {}
    for name, text in models.items():
        named = [keys.get(each, f"seed.{each}") for each in REF.findall(text)]
        parents[keys[name]] = sorted({*named, *(f"source.{each}" for each in SOURCE.findall(text))})
    return {"nodes": {key: {"name": name} for name, key in keys.items()}, "parent_map": parents}


@cache
def _models(folder: Path = MODELS) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.sql"))}


def _behind(model: str, seen: frozenset[str]) -> frozenset[str]:
    if model in seen:
        return frozenset()
    text = _models().get(model, "")  # a seed has no model and rests on nothing that arrived
    found = frozenset(SOURCE.findall(text))
    return found.union(*(_behind(name, seen | {model}) for name in REF.findall(text)))
