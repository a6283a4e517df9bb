"""What `simulate` promises: pure, zone by zone independent, shaped by the contracts, true to its parameters."""

import numpy as np
import pandas as pd
import pytest

from data.contracts import load_contract
from data.demo import simulate, true_effects
from data.demo.clinics import WORLD as CLINICS
from data.demo.districts import WORLD as DISTRICTS
from data.demo.districts import simulate_districts
from data.demo.organisations import WORLD as ORGANISATIONS
from data.messages import WrongUsage
from data.reference import zones

pytestmark = pytest.mark.archive

TABLES = (
    "clinic_visit",
    "clinic_assignment",
    "organisation_quarter",
    "traffic_hour",
    "district_signal",
    "sensor_device",
    "zone_document",
    "zone_indicator_year",
    "sample_file",
    "unit_link",
    "unit_event",
    "organisation_event",
    "ai_exposure",
)


@pytest.fixture(scope="module")
def tables():
    return simulate(7, 0.1)


def test_equal_arguments_equal_tables(tables):
    again = simulate(7, 0.1)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(tables, name), getattr(again, name))


def test_another_seed_draws_other_people(tables):
    assert not simulate(8, 0.1).clinic_visit["wait_min"].equals(tables.clinic_visit["wait_min"])


def test_a_zone_does_not_depend_on_the_others(tables):
    alone = simulate_districts(7, 0.1, "xian")["traffic_hour"]
    within = tables.traffic_hour.loc[tables.traffic_hour["zone_id"] == "xian"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, within)


def test_all_zones_of_the_programme_take_part(tables):
    for name in TABLES:
        assert set(getattr(tables, name)["zone_id"]) == set(zones())


@pytest.mark.parametrize("name", TABLES)
def test_columns_key_and_mark_follow_the_contract(tables, name):
    contract, table = load_contract(name), getattr(tables, name)
    assert list(table.columns) == [column.name for column in contract.columns]
    assert not table.duplicated(list(contract.key)).any()
    assert table["is_simulated"].all()


@pytest.mark.parametrize("name", TABLES)
def test_values_are_admissible_or_missing_codes(tables, name):
    table = getattr(tables, name)
    for column in load_contract(name).columns:
        if column.minimum is None:
            continue
        values = table[column.name].astype(float)
        coded = values.isin([float(code) for code in column.missing_codes])
        highest = np.inf if column.maximum is None else column.maximum
        assert values[~coded].dropna().between(column.minimum, highest).all(), column.name


def test_pairs_hold_one_clinic_of_each_arm(tables):
    arms = tables.clinic_assignment.groupby("block_id")["arm_code"].agg(["size", "sum"])
    assert (arms["size"] == 2).all()
    assert (arms["sum"] == 1).all()


def test_three_in_ten_are_elderly_in_every_clinic(tables):
    first = tables.clinic_visit.loc[tables.clinic_visit["wave"] == "W1"]
    elderly = first["interview_date"].map(lambda day: day.year) - first["birth_year"] >= 60
    assert set(elderly.groupby(first["clinic_id"]).mean().round(9)) == {0.3}


def test_average_wait_effect_is_minus_six():
    assert CLINICS.effect == pytest.approx(-6.0, abs=1e-12)


def test_treated_patients_stay_longer():
    tables = simulate(3, 1.0)
    arm = tables.clinic_assignment.set_index("clinic_id")["arm_code"]
    visits = tables.clinic_visit.assign(arm=tables.clinic_visit["clinic_id"].map(arm))
    seen = visits.groupby(["wave", "arm"]).size().unstack()
    share = seen.loc["W4"] / seen.loc["W1"]
    assert share[1] - share[0] > 0.05  # expected difference: 0.97 * (0.96**3 - 0.92**3) = 0.10


def test_all_four_missing_codes_occur(tables):
    for name in ("wait_min", "satisfaction_score"):
        values = tables.clinic_visit[name]
        assert set(values[values < 0].astype(int)) == {-1, -2, -8, -9}


def test_adoption_never_changes_within_an_organisation(tables):
    assert (tables.organisation_quarter.groupby("org_id")["adopted_quarter"].nunique() == 1).all()


def test_a_quarter_of_the_organisations_never_adopts(tables):
    orgs = tables.organisation_quarter.drop_duplicates("org_id")
    assert (orgs["adopted_quarter"] == "").mean() == 0.25


def test_effects_start_at_adoption_grow_and_are_capped():
    since = np.array([-np.inf, -1.0, 0.0, 3.0, 20.0])
    assert ORGANISATIONS.productivity_effect(since).tolist() == [0.0, 0.0, 0.8, 3.2, 6.0]
    assert ORGANISATIONS.routine_effect(since).tolist() == [0.0, 0.0, -0.5, -2.0, -3.5]


def test_a_third_of_the_districts_stays_off(tables):
    off = tables.district_signal["switched_on_date"].isna()
    assert off.groupby(tables.district_signal["zone_id"]).mean().round(9).eq(round(2 / 6, 9)).all()


def test_signals_go_on_between_february_and_june(tables):
    days = tables.district_signal["switched_on_date"].dropna()
    assert days.map(lambda day: (day.year, day.month)).min() == (2025, 2)
    assert days.map(lambda day: (day.year, day.month)).max() <= (2025, 6)


def test_downtime_leaves_gaps(tables):
    hours = pd.date_range(DISTRICTS.start, DISTRICTS.end, freq="6h", inclusive="left")
    per_district = tables.traffic_hour.groupby("district_id").size()
    assert (per_district < len(hours)).all()
    assert (per_district > 0.9 * len(hours)).all()


def test_truth_follows_from_the_parameters():
    truth = {entry.analysis: entry for entry in true_effects()}
    # eight quarters in use: 0.8, 1.6, ... 5.6 and the cap of 6.0
    assert truth["productivity_2024q1"].truth == pytest.approx((0.8 * 28 + 6.0) / 8)
    assert truth["productivity_2025q1"].truth == pytest.approx(2.0)
    assert truth["routine_2024q1"].truth == pytest.approx(-(0.5 * 28 + 3.5) / 8)
    assert truth["wait_itt"].truth == pytest.approx(-6.0)
    assert truth["speed"].truth == 1.8
    assert truth["pm25"].truth == truth["satisfaction_itt"].truth == 0.0
    assert {name for name, entry in truth.items() if entry.is_harm} == {
        "satisfaction_elderly",
        "routine_2024q1",
        "routine_2024q3",
        "routine_2025q1",
    }


@pytest.mark.parametrize(("seed", "scale"), [(-1, 1.0), (1, 0.0), (1, -2.0), (1, float("nan"))])
def test_impossible_arguments_are_refused(seed, scale):
    with pytest.raises(WrongUsage, match="E-DEMO-01"):
        simulate(seed, scale)


def test_whoever_is_absent_from_a_wave_has_a_disposition_that_says_why(tables):
    seen = tables.clinic_visit[["person_id", "wave"]].assign(seen=True)
    found = tables.sample_file.merge(
        seen, left_on=["unit_id", "wave"], right_on=["person_id", "wave"], how="left", validate="1:1"
    )
    assert len(found) == 4 * tables.sample_file["unit_id"].nunique()  # everybody enrolled, in every wave
    was = found["seen"].notna()
    assert set(found.loc[was, "disposition_code"]) == {"1.1", "1.2"}
    assert not found.loc[~was, "disposition_code"].isin(["1.1", "1.2", "P1"]).any()
    assert found.loc[was, "is_issued"].all()


def test_the_dead_were_seen_before_and_never_after(tables):
    died = tables.unit_event.loc[tables.unit_event["event_code"] == "ended"].set_index("unit_id")["event_date"]
    last = tables.clinic_visit.groupby("person_id")["interview_date"].max()
    assert len(died) > 0
    assert (last.reindex(died.index) < died).all()


def test_nobody_is_offered_the_system_whose_clinic_has_it_not(tables):
    arm = tables.clinic_assignment.set_index("clinic_id")["arm_code"]
    clinic = tables.clinic_visit.drop_duplicates("person_id").set_index("person_id")["clinic_id"]
    treated = tables.ai_exposure["unit_id"].map(clinic).map(arm) == 1
    assert not tables.ai_exposure.loc[~treated, "is_offered"].any()
    assert tables.ai_exposure.loc[treated, "is_offered"].mean() > 0.8
    assert (tables.ai_exposure["is_used"] <= tables.ai_exposure["is_offered"]).all()


def test_households_and_employers_are_units_of_the_zone(tables):
    links = tables.unit_link
    employers = links.loc[links["relation_code"] == "employed_by", "other_id"]
    assert set(employers) <= set(tables.organisation_quarter["org_id"])
    lives = links.loc[links["relation_code"] == "member_of"]
    assert set(lives["unit_id"]) == set(tables.sample_file["unit_id"])
    assert lives["end_date"].isna().groupby(lives["unit_id"]).sum().eq(1).all()  # one open household each
