"""What `assign` promises: pure, blind to row order, exact counts, complete refusals."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from data.messages import Refused
from experiments.design.assignment import FIELDS, assign, assign_sealed, counts, parsed_units
from experiments.design.frame import opened_frame, seal
from experiments.design.ratio import shares_of, with_remainder
from experiments.design.stream import Stream
from experiments.registry.schema.design import AssignmentSpec, Rerandomisation, Threshold

ARMS = ("t", "c")


def clinics(**more):
    frame = pd.DataFrame(
        {
            "zone_id": ["beijing"] * 6 + ["hefei"] * 6,
            "clinic_id": [f"C{place:02d}" for place in range(12)],
            "pair_id": [f"P{place // 2}" for place in range(12)],
            "beds": [10, 12, 9, 30, 31, 8, 14, 15, 22, 7, 12, 11],
            "kind": ["a", "b"] * 6,
        }
    )
    return frame.assign(**more)


def spec(method="block", **more):
    fields = {"strata": ("zone_id", "pair_id")} if method in ("block", "block_cluster") else {}
    return AssignmentSpec(method=method, unit_id="clinic_id", **{**fields, **more})


def test_order_of_rows_types_and_other_columns_do_not_matter():
    made = assign(clinics(), spec(balance_covariates=("beds",)), ARMS, seed=3)
    other = clinics(name="somebody", beds=clinics()["beds"].astype(float)).sample(frac=1, random_state=1)
    assert assign(other, spec(balance_covariates=("beds",)), ARMS, seed=3).text == made.text


def test_a_name_in_another_column_never_gets_into_the_documents():
    sealed = seal(clinics(name="Zhang San"), spec())
    assert "Zhang" not in sealed.text
    assert sealed.names == ("clinic_id", "zone_id", "pair_id")


@pytest.mark.parametrize("change", [{"seed": 4}, {"arms": ("c", "t")}, {"spec": spec("complete")}])
def test_what_the_draw_depends_on(change):
    given = {"spec": spec(), "arms": ARMS, "seed": 3, **change}
    made = assign(clinics(), given["spec"], given["arms"], seed=given["seed"])
    assert made.sha256 != assign(clinics(), spec(), ARMS, seed=3).sha256


def test_the_frame_document_reads_back_and_gives_the_same_draw():
    sealed = seal(clinics(beds=[1.5, None, *range(10)]), spec(balance_covariates=("beds", "kind")))
    again = opened_frame(sealed.text)
    assert again == sealed
    assert hashlib.sha256(sealed.text.encode()).hexdigest() == sealed.sha256
    assert assign_sealed(again, spec(), ARMS, seed=1).text == assign_sealed(sealed, spec(), ARMS, seed=1).text


def test_the_document_holds_every_unit_with_its_lot_and_reads_back():
    made = assign(clinics(), spec(), ARMS, seed=5)
    content = json.loads(made.text)
    assert content["fields"] == list(FIELDS)
    assert content["frame_sha256"] == made.frame_sha256
    assert [row[0] for row in content["units"]] == sorted(clinics()["clinic_id"])
    assert parsed_units(made.text) == made.units
    assert made.assignment_sha256 == hashlib.sha256(made.text.encode()).hexdigest()


def test_the_draw_of_a_seed_never_changes():
    """A registered draw must repeat with any later version: these values are the promise of algorithm_version 1."""
    made = assign(clinics(), spec(), ARMS, seed=20260101)
    assert "".join(unit.arm for unit in made.units) == "ctctcttccttc"
    assert made.sha256 == "20860d4ddd982ce1b223f32a37ab3da3d7f68ff6a718ee58e4a6a06165d4cf8d"
    assert int(Stream(7).keys("order", 2)[1]) == 1776297473332402364


def test_pairs_hold_one_of_each():
    made = assign(clinics(), spec("block_cluster"), ARMS, seed=9).frame()
    assert (made.groupby("block")["arm"].nunique() == 2).all()
    assert (made["probability"] == 0.5).all()
    assert (made["cluster"] == made["unit"]).all()


def test_clusters_share_their_lot():
    made = assign(clinics(), spec("cluster", cluster="pair_id"), ARMS, seed=9).frame()
    assert (made.groupby("cluster")["arm"].nunique() == 1).all()
    assert made.groupby("cluster")["arm"].first().value_counts().to_dict() == {"t": 3, "c": 3}


def test_threshold_is_a_rule():
    rule = Threshold(variable="beds", cut=12)
    made = assign(clinics(), spec("threshold", threshold=rule), ARMS, seed=1)
    beds = dict(zip(clinics()["clinic_id"], clinics()["beds"], strict=True))
    assert all((unit.arm == "t") == (beds[unit.unit] >= 12) for unit in made.units)
    assert made.certainty == "deterministic"
    below = assign(clinics(), spec("threshold", threshold=rule.model_copy(update={"treated": "below"})), ARMS, seed=2)
    assert all((a.arm == "t") != (b.arm == "t") for a, b in zip(made.units, below.units, strict=True))


@pytest.mark.parametrize("cells", [["t", "c"] * 6, [1, 0] * 6, [1.0, 0.0] * 6])
def test_external_is_read(cells):
    made = assign(clinics(arm=cells), spec("external"), ARMS, seed=1)
    assert "".join(unit.arm for unit in made.units) == "tc" * 6
    assert made.certainty == "unknown"
    assert {unit.probability for unit in made.units} == {None}


def test_external_starts_are_read_too():
    frame = clinics(arm=["t"] * 10 + ["c"] * 2, start=["2024Q1"] * 5 + ["2024Q3"] * 5 + [None, None])
    made = assign(frame, spec("external", columns={"arm": "arm", "period": "start"}), ARMS, seed=1)
    assert [unit.period for unit in made.units] == ["2024Q1"] * 5 + ["2024Q3"] * 5 + ["", ""]


def test_stepped_wedge_gives_periods_and_a_share_that_never_starts():
    wedge = spec("stepped_wedge", periods=("p1", "p2"), strata=("zone_id",), ratio={"c": 1})
    made = assign(clinics(), wedge, ARMS, seed=1).frame()
    assert made.groupby(["block", "period"]).size().tolist() == [2] * 6
    assert (made.loc[made["period"] == "", "arm"] == "c").all()
    assert (made.loc[made["period"] != "", "arm"] == "t").all()


def test_factorial_gives_every_combination():
    design = spec("factorial", factors={"f": ("a1", "a2"), "g": ("b1", "b2", "b3")})
    made = assign(clinics(), design, ("a1", "a2", "b1", "b2", "b3"), seed=1)
    assert set(counts(made).values()) == {2}
    assert set(counts(made)) == {f"{a}+{b}" for a in ("a1", "a2") for b in ("b1", "b2", "b3")}


def test_misfits_are_told():
    made = assign(clinics().drop(index=[3, 4]), spec(), ARMS, seed=1)
    assert [found["code"] for found in made.warnings] == ["W-ASSIGN-01", "W-ASSIGN-03"]
    assert all({"en", "zh"} == set(found["message"]) for found in made.warnings)


def test_an_arm_that_stays_empty_is_told():
    one = assign(clinics().head(2), spec("simple"), ("t", "c", "d"), seed=1)
    assert "W-ASSIGN-02" in [found["code"] for found in one.warnings]


def rerandomised(**more):
    return spec("rerandomised", rerandomisation=Rerandomisation(covariates=("beds", "kind"), **more))


def test_rerandomisation_tells_how_often_it_drew():
    made = assign(clinics(), rerandomised(accept_probability=0.2), ARMS, seed=1)
    assert made.certainty == "exact"
    assert float(made.criterion["distance"]) <= float(made.criterion["threshold"])
    assert made.criterion["draws"] >= 1


REFUSED = {
    "E-ASSIGN-01": (clinics().head(0), spec(), ARMS),
    "E-ASSIGN-02": (clinics().drop(columns="pair_id"), spec(), ARMS),
    "E-ASSIGN-03": (pd.concat([clinics(), clinics().head(2)]), spec(), ARMS),
    "E-ASSIGN-04": (clinics(pair_id=[None, *["P"] * 11]), spec(), ARMS),
    "E-ASSIGN-05": (clinics(), AssignmentSpec(method="block", unit_id="clinic_id"), ARMS),
    "E-ASSIGN-06": (clinics(), spec(ratio={"x": 1}), ARMS),
    "E-ASSIGN-07": (clinics().head(1), spec("complete"), ARMS),
    "E-ASSIGN-08": (clinics(), spec("block_cluster", cluster="kind", strata=("pair_id",)), ARMS),
    "E-ASSIGN-09": (clinics(), spec("threshold", threshold=Threshold(variable="kind", cut=1)), ARMS),
    "E-ASSIGN-10": (clinics(), rerandomised(accept_probability=1e-12, max_draws=3), ARMS),
    "E-ASSIGN-11": (clinics(arm=["t"] * 11 + ["x"]), spec("external"), ARMS),
    "E-ASSIGN-12": (clinics(), spec(), ("t", "t")),
    "E-ASSIGN-14": (clinics(beds=1), rerandomised(), ARMS),
    "E-ASSIGN-16": (clinics(pair_id=["a:b", *["P"] * 11]), spec(), ARMS),
    "E-ASSIGN-17": (clinics(), spec("complete", cluster="pair_id"), ARMS),
}


@pytest.mark.parametrize("code", REFUSED)
def test_refusals_say_what_where_and_what_to_do_in_both_languages(code):
    frame, declared, arms = REFUSED[code]
    with pytest.raises(Refused) as told:
        assign(frame, declared, arms, seed=1)
    assert told.value.code == code
    assert told.value.text.zh
    assert "{" not in told.value.text.en + told.value.text.zh
    assert not any(unit in told.value.text.en for unit in clinics()["clinic_id"])  # rows are named, not units


MORE_REFUSED = [
    (spec("complete", ratio={"t": 0}), ARMS, "E-ASSIGN-06"),
    (spec("complete", ratio={"t": float("inf")}), ARMS, "E-ASSIGN-06"),
    (spec("block_cluster", strata=()), ARMS, "E-ASSIGN-05"),
    (spec("rerandomised"), ARMS, "E-ASSIGN-05"),
    (spec("threshold"), ARMS, "E-ASSIGN-05"),
    (spec("threshold", threshold=Threshold(variable="beds", cut=1)), ("a", "b", "c"), "E-ASSIGN-12"),
    (spec("stepped_wedge"), ARMS, "E-ASSIGN-05"),
    (spec("stepped_wedge", periods=("p", "p")), ARMS, "E-ASSIGN-12"),
    (spec("stepped_wedge", periods=("p", "q"), ratio={"z": 1}), ARMS, "E-ASSIGN-06"),
    (spec("stepped_wedge", periods=("p", "q")), ("t", "u", "c"), "E-ASSIGN-12"),
    (spec("factorial"), ARMS, "E-ASSIGN-05"),
    (spec("factorial", factors={"f": ("t", "c")}), ("t", "c", "forgotten"), "E-ASSIGN-12"),
    (spec("simple", strata=("pair_id",)), ARMS, "E-ASSIGN-17"),
    (spec("block", cluster="pair_id"), ARMS, "E-ASSIGN-17"),
    (spec("threshold", threshold=Threshold(variable="beds", cut=1), ratio={"t": 2}), ARMS, "E-ASSIGN-17"),
    (spec("factorial", factors={"f": ("t", "x")}), ARMS, "E-ASSIGN-12"),
    (spec("factorial", factors={"f": ("t", "c")}, ratio={"x": 2}), ARMS, "E-ASSIGN-06"),
    (spec("cluster", cluster="pair_id", zone_column="kind"), ARMS, "E-ASSIGN-08"),
    (spec("complete"), ("t",), "E-ASSIGN-12"),
]


@pytest.mark.parametrize(("declared", "arms", "code"), MORE_REFUSED)
def test_declarations_that_cannot_be_drawn(declared, arms, code):
    with pytest.raises(Refused, match=code):
        assign(clinics(), declared, arms, seed=1)


def test_a_seed_is_a_whole_number_of_zero_or_more():
    with pytest.raises(Refused, match="E-ASSIGN-13"):
        assign(clinics(), spec(), ARMS, seed=-1)


def test_ids_that_repeat_between_zones_are_named_as_a_pair():
    frame = clinics(clinic_id=[f"C{place % 6}" for place in range(12)])
    with pytest.raises(Refused, match="zone_id:clinic_id"):
        assign(frame, spec(), ARMS, seed=1)
    made = assign(frame, spec().model_copy(update={"unit_id": "zone_id:clinic_id"}), ARMS, seed=1)
    assert made.units[0].unit == "beijing:C0"


@pytest.mark.parametrize("text", ["", "[]", '{"kind":"frame"}'])
def test_what_is_no_frame_document(text):
    with pytest.raises(Refused, match="E-ASSIGN-15"):
        opened_frame(text)


def test_cells_are_written_one_way():
    frame = clinics(beds=[True, False, 1, 1.0, np.float64(2.5), np.int64(3), "4", 5, 6, 7, 8, 9])
    sealed = seal(frame.assign(pair_id=" P "), spec(balance_covariates=("beds",)))
    assert sealed.kind("beds") == "text"
    assert sealed.cells("beds")[:7] == ("True", "False", "1", "1", "2.5", "3", "4")
    assert set(sealed.cells("pair_id")) == {"P"}


def test_numbers_without_an_end_are_no_numbers():
    with pytest.raises(Refused, match="E-ASSIGN-09"):
        assign(clinics(beds=[float("inf"), *range(11)]), rerandomised(), ARMS, seed=1)


def test_any_two_cells_of_a_factorial_can_get_the_odd_units():
    """Six units in four cells: two cells get two. In a fixed order neighbours never would, and one factor never balanced."""
    design = spec("factorial", factors={"f": ("a1", "a2"), "g": ("b1", "b2")})
    sealed = seal(clinics().head(6), design)
    pairs = set()
    for seed in range(100):
        made = counts(assign_sealed(sealed, design, ("a1", "a2", "b1", "b2"), seed=seed))
        pairs.add(frozenset(cell for cell, number in made.items() if number == 2))
    assert len(pairs) == 6


def test_remainders_have_exactly_their_chances():
    """Over a fine grid of uniform numbers, each arm is hit in exactly its share of them."""
    from fractions import Fraction

    shares = shares_of({"a": 1, "b": 2, "c": 3}, "abc")
    rest = tuple(5 * share - int(5 * share) for share in shares)
    grid = [Fraction(2 * place + 1, 1200) for place in range(600)]
    hits = np.array([with_remainder((0, 0, 0), rest, uniform, (2, 0, 1)) for uniform in grid])
    assert (hits.sum(axis=1) == sum(rest)).all()
    assert [Fraction(int(total), 600) for total in hits.sum(axis=0)] == list(rest)
