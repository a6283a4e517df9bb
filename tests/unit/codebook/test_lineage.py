"""The way from the archive to a panel, off a graph as dbt writes it."""

from data.contracts import load_contract
from quality.codebook.describe import universe_of
from quality.codebook.lineage import level_of, way_of

KEYS = ("model.p.stg", "model.p.int", "model.p.mart", "model.p.dim", "seed.p.zones")
GRAPH = {
    "nodes": {key: {"name": key.rsplit(".", 1)[-1]} for key in KEYS},
    "parent_map": {
        "model.p.stg": ["source.p.lake.visits", "seed.p.zones"],
        "model.p.int": ["model.p.stg"],
        "model.p.mart": ["model.p.int", "model.p.stg"],
        "model.p.dim": ["seed.p.zones"],
        "seed.p.zones": [],
    },
}


def test_the_way_names_sources_seeds_and_models_in_order_of_building():
    way = way_of(GRAPH, "mart")
    assert (way.sources, way.seeds, way.models, way.steps) == (("visits",), ("zones",), ("stg", "int", "mart"), 3)


def test_a_table_of_reference_has_no_source_and_one_that_nobody_makes_no_way():
    assert level_of(way_of(GRAPH, "dim"), is_harmonised=False, is_collected=False) == "reference"
    assert way_of(GRAPH, "elsewhere") is None


def test_the_level_is_that_of_the_last_change():
    way = way_of(GRAPH, "mart")
    assert level_of(way, is_harmonised=True, is_collected=True) == "harmonised"
    assert level_of(way, is_harmonised=False, is_collected=True) == "collected"
    assert level_of(way, is_harmonised=False, is_collected=False) == "derived"


def test_the_universe_is_the_coverage_in_both_languages():
    told = universe_of(load_contract("clinic_visit"))
    assert told.en.startswith("the pilot zones that take part")
    assert told.zh.startswith("参与的试点区")
