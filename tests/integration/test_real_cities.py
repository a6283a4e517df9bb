"""Real figures of cities into a release: every row of every file accounted for, codes resolved with their history, breaks told.

The files are read a second time by another library; the numbers compared with are counted there.
"""

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.contracts import load_contract
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.reference import PROGRAMME
from quality.intake import submit
from quality.panel import build_panels
from quality.review import Desk
from quality.review.acts import approve, take_up
from quality.review.releasing import build_release

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(600)]

FILES = {
    "admin-cn-divisions/areas.csv": "admin_division",
    "admin-cn-divisions/cities.csv": "admin_division",
    "admin-cn-divisions/provinces.csv": "admin_division",
    "admin-cn-census/census_city_2010-2020_v1.csv": "census_city",
    "admin-cn-cities/cityranking.xls": "city_population_year",
    "admin-cn-cities/china_urban_population.xlsx": "city_population_supplement",
    "admin-cn-cities/yunnan_demographics.xlsx": "city_population_supplement",
    "admin-cn-cities/report2021.xlsx": "city_tier",
    "admin-cn-cities/yearbook_light.csv": "city_economy",
}
LEFT_OUT = {"admin-cn-cities/cityranking.xls": 44, "admin-cn-cities/yunnan_demographics.xlsx": 9}
"""32 rows of 16 doubled city-years and 12 codes with a digit too many; 9 that contradict the other compilation."""
ALREADY = {"admin-cn-cities/yunnan_demographics.xlsx": 39}
"""Rows that the other compilation had brought with the same values."""


@pytest.fixture(scope="module")
def arrived(tmp_path_factory, shared):
    workspace = Workspace(tmp_path_factory.mktemp("cities") / "home").create()
    receipts = {}
    for file, contract in FILES.items():
        sent = submit(shared / "data" / file, contract=contract, zone=PROGRAMME, actor="tester", workspace=workspace)
        receipts[file] = sent
        if load_contract(contract).review == "required":
            take_up(Desk.open(workspace), sent.submission_id, actor="steward.one")
            approve(Desk.open(workspace), sent.submission_id, actor="steward.one")
    ledger = Ledger.open(workspace)
    build = build_panels(workspace, ledger, run_id="real-cities")
    release = build_release(workspace, ledger, actor="tester", run_id="real-cities")
    return workspace, ledger, receipts, build, release


@pytest.fixture(scope="module")
def panel(arrived):
    return pq.read_table(arrived[4].table("panel_city_year")).to_pandas()


@pytest.fixture(scope="module")
def cities(arrived):
    return pq.read_table(arrived[4].table("dim_city")).to_pandas().set_index("city_id")


@pytest.fixture(scope="module")
def ranking(shared):
    return pd.read_excel(shared / "data" / "admin-cn-cities" / "cityranking.xls")


@pytest.mark.parametrize("file", FILES)
def test_every_row_read_is_kept_quarantined_or_was_there(arrived, file):
    receipt = arrived[2][file]
    assert receipt.rows_quarantined == LEFT_OUT.get(file, 0)
    assert receipt.rows_unchanged == ALREADY.get(file, 0)
    assert receipt.rows_read == receipt.rows_accepted + receipt.rows_quarantined + receipt.rows_unchanged


def test_every_row_kept_is_in_the_release(arrived, panel, cities):
    workspace, ledger = arrived[:2]
    counted = {
        "city_population_year": panel["yearbook_rows"].sum(),
        "city_population_supplement": panel["supplement_rows"].sum(),
        "census_city": panel.loc[panel["year"] == 2020, "census_rows"].sum(),
        "city_economy": cities["economy_rows"].sum(),
        "city_tier": cities["tier_rows"].sum(),
    }
    for name, rows in counted.items():
        assert rows == Lake(workspace, ledger).read(load_contract(name)).num_rows, name
    accounts = [check for check in arrived[3].checks if check.name.startswith("E-RECON-01")]
    assert {check.name.removeprefix("E-RECON-01:") for check in accounts} >= {*counted, "admin_division"}
    assert all(check.passed for check in accounts)


def test_values_are_those_of_the_file_where_one_row_is_behind(panel, ranking):
    wanted = ranking.dropna(subset=["city_code"]).drop_duplicates(["city_name", "year"], keep=False)
    wanted = wanted[
        wanted["city_name"].isin(["杭州市", "合肥市", "深圳市", "成都市", "西安市", "济南市", "北京市", "重庆市"])
    ]
    wanted = wanted.assign(city_id=wanted["city_code"].astype(int).astype(str))
    both = wanted.merge(panel, on=["city_id", "year"], suffixes=("_file", ""))
    assert len(both) == len(wanted) > 200
    assert (both["population_10k"] == both["population"]).sum() == both["population"].notna().sum()
    assert set(both.loc[both["year"] < 2014, "population_10k__cmp"]) == {"not_comparable"}
    assert set(both.loc[both["year"] >= 2014, "population_10k__cmp"]) == {"identical"}


def test_a_division_that_changed_its_code_is_one_series(panel):
    lijiang = panel[panel["city_id"] == "530700"]  # prefecture 533200 until 2001, city 530700 since
    years = lijiang.loc[lijiang["population_supplement_10k"].notna(), "year"]
    assert {2001, 2002} <= set(years)


def test_a_division_that_was_abolished_ends_and_names_its_successor(panel, cities):
    xiaoshan = panel[panel["city_id"] == "330181"]
    assert (cities.loc["330181", "ended_year"], cities.loc["330181", "successor_code"]) == (2001, "330109")
    assert xiaoshan["year"].max() <= 2000
    assert xiaoshan["is_listed"].all()


def test_codes_that_belong_to_another_division_do_not_mix_the_series(panel, cities):
    """The compilation of Yunnan gives Dali the code of Lincang from 2001 on."""
    assert cities.loc["532900", "city_name"] == "大理白族自治州"
    dali, lincang = (panel[panel["city_id"] == code] for code in ("532900", "530900"))
    assert set(range(2001, 2020)) <= set(dali.loc[dali["supplement_rows"] > 0, "year"])
    assert lincang["supplement_rows"].max() == 1


def test_of_82_abolished_cities_without_code_all_but_misspelt_ones_are_found(ranking, cities):
    names = set(
        ranking.groupby("city_name")["city_code"].apply(lambda codes: codes.isna().all()).loc[lambda x: x].index
    )
    lost = {name for name in names if f"name:{name}" in cities.index}
    assert lost == {"长冶市", "宣州市", "黄岗市", "璐西市"}
    assert len(names) > 75


def test_both_schemes_of_the_census_agree_on_2020_but_for_two_cities(panel, shared):
    """The bulletins of Shenzhen and Xi'an count another area than the yearbook of counties."""
    path = shared / "data" / "admin-cn-census" / "census_county_2020_v1.xlsx"
    county = pd.read_excel(path, dtype=str, engine="openpyxl")
    told = dict(zip(county["区划代码"], county["人口数_合计"], strict=True))
    zones = panel[(panel["year"] == 2020) & panel["zone_id"].notna()]
    assert len(zones) == 10, "Deqing is a county"
    values = dict(zip(zones["city_id"], zones["population_census"], strict=True))
    other = {
        city_id: (float(told[city_id]), value) for city_id, value in values.items() if float(told[city_id]) != value
    }
    assert other == {"440300": (17494398.0, 17560061.0), "610100": (12183280.0, 12952907.0)}


def test_the_release_tells_the_break_of_2014(arrived):
    rows = pq.read_table(arrived[4].table("dim_concordance")).to_pylist()
    (found,) = [row for row in rows if row["variable"] == "population_10k" and row["break_kind"]]
    assert (found["panel"], found["wave_first"], found["break_kind"]) == ("panel_city_year", "2014", "definition")
