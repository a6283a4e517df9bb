"""Variables, Variable, the cart and the tabs of Panel without a browser: what is found, what is held back, who may take rows."""

from __future__ import annotations

import re
import shutil
import zipfile
from io import BytesIO

import pytest

from apps.endpoint import extracts
from data.paths import Workspace
from experiments.registry.store import Registry
from tests.unit.endpoint.fetching import fetch
from tests.unit.viewer.test_viewer_pages import markup, text

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung

ACCESS = """
users:
  reader.one: {roles: [analyst], zones: "*"}
  operator.one: {roles: [operator], zones: "*"}
  staff.one: {roles: [zone_operator], zones: [hangzhou]}
"""
WAIT = "panel_individual_wave.wait_min"
CART = f"{WAIT}.treat~panel_organisation_quarter.headcount_total"


@pytest.fixture(scope="module")
def closed(unanalysed, tmp_path_factory):
    """Return a copy of the released workspace in which roles are given out."""
    home = shutil.copytree(unanalysed.home, tmp_path_factory.mktemp("closed") / "home")
    (home / "access.yml").write_text(ACCESS, encoding="utf-8")
    return Workspace(home)


def titles(run):
    return [link.proto.label for link in run.get("page_link")]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "等候时间"), ("zh", "ＷＡＩＴing　time"), ("zh", "候诊"), ("en", "wait_min")]
)
def test_a_variable_is_found_by_label_name_and_concept_in_either_language(closed, visit, words, lang):
    run = visit(closed.home, "variables", lang=lang, q=words)
    assert not run.exception
    assert f"**{'Waiting time' if lang == 'en' else '等候时间'}**" in titles(run)
    assert "wait_min" in text(run)
    assert "W1" in markup(run)


def test_filters_narrow_and_nothing_found_says_what_was_perhaps_meant(closed, visit):
    run = visit(closed.home, "variables", table="panel_organisation_quarter", grade="sensitive")
    assert "Persons by survey wave" not in text(run)
    lost = visit(closed.home, "variables", q="waitmn")
    assert "Did you mean: wait_min" in text(lost)
    lost.button(key="clear_variables").click().run()
    assert len(lost.get("page_link")) > 10
    assert "q" not in lost.query_params


def test_the_matrix_prints_the_share_of_each_wave(closed, visit):
    run = visit(closed.home, "variables", view="matrix", q="wait_min")
    assert re.search(r'class="zl-cell" style="--share:1.000">100.0%', markup(run))


def test_a_variable_in_full_with_its_source_and_way(closed, visit):
    run = visit(closed.home, "variable", v=WAIT, user="reader.one")
    said = text(run)
    assert not run.exception
    for part in ("Minutes from registration", "clinic_visit.wait_min", "Asked of", "stg_clinic__visits", "median"):
        assert part in said + markup(run) + str([chart.proto for chart in run.get("vega_lite_chart")])
    assert f"variable?lang=en&v={WAIT}" in run.code[0].value


@pytest.mark.parametrize(("user", "seen"), [("", False), ("staff.one", False), ("reader.one", True)])
def test_the_distribution_of_a_sensitive_variable_is_for_those_who_may_read(closed, visit, user, seen):
    run = visit(closed.home, "variable", v=WAIT, user=user)
    assert ("Distribution not shown" not in text(run)) is seen
    assert bool(run.get("vega_lite_chart")) is seen
    assert "Rows with a value" in text(run)
    moved = visit(closed.home, "panel", tab="transitions", item="is_observed", user=user)
    assert not moved.exception


def test_a_variable_goes_into_the_cart_and_stays_there_on_other_pages(closed, visit):
    run = visit(closed.home, "variables", q="wait_min")
    run.button(key=f"cart_put_{WAIT}").click().run()
    assert run.query_params["cart"] in (WAIT, [WAIT])
    run = visit(closed.home, "variable", v="panel_individual_wave.treat", cart=WAIT)
    run.button(key="cart_put_panel_individual_wave.treat").click().run()
    assert "panel_individual_wave.wait_min.treat" in str(run.query_params["cart"])
    run = visit(closed.home, "panel", tab="cart", cart=f"{WAIT}.treat")
    assert "In the cart: 2" in text(run)
    run.button(key=f"cart_out_{WAIT}").click().run()
    assert "In the cart: 1" in text(run)


@pytest.mark.parametrize(
    ("user", "cart"),
    [("", CART), ("staff.one", CART), ("reader.one", CART), ("staff.one", "panel_district_month.speed_kmh")],
)
def test_who_may_not_take_rows_sees_why_and_whom_to_ask_and_no_button(closed, visit, user, cart):
    run = visit(closed.home, "variables", view="cart", cart=cart, user=user)
    said = text(run)
    assert "Not for you yet" in said
    assert "operator" in said
    assert "extract_build" not in [button.key for button in run.button]


def test_the_extract_is_the_export_act_and_its_file_is_fetched_once(closed, visit):
    registry = Registry.open(closed)
    before = len(registry.ledger.events("release_exported"))
    run = visit(closed.home, "variables", view="cart", cart=CART, user="operator.one", lang="zh")
    run.button(key="extract_build").click().run()
    assert not run.exception
    events = list(registry.ledger.events("release_exported"))[before:]
    assert [(event.actor, event.role, event.detail["format"], event.detail["language"]) for event in events] == [
        ("operator.one", "operator", "csv", "zh")
    ]
    held = events[0].detail["variables"]["panel_individual_wave"]
    assert sorted(held) == ["is_simulated", "person_id", "treat", "wait_min", "wave", "zone_id"]
    (address,) = re.findall(r'href="(/api/extracts/[^"]+)"', markup(run))
    assert fetch(address).status_code == 403
    fetched = fetch(address, zonelab_acting="operator.one")
    assert fetch(address, zonelab_acting="operator.one").status_code == 410
    with zipfile.ZipFile(BytesIO(fetched.content)) as archive:
        names = {name.split("/")[-1] for name in archive.namelist()}
        (codebook,) = [name for name in archive.namelist() if name.endswith("/codebook.csv")]
        assert "等候时间" in archive.read(codebook).decode("utf-8-sig")
    assert {"panel_individual_wave.csv", "panel_organisation_quarter.csv", "ddi.xml", "export.json"} <= names
    assert "已下载或已过期" in text(run.run())


def test_an_extract_that_the_act_refuses_leaves_no_file(closed, visit, monkeypatch):
    from data.messages import Refused, Text

    def refuse(*_, **__):
        raise Refused("E-EXPORT-01", Text(en="not as it was recorded", zh="与登记不符"))

    monkeypatch.setattr("apps.viewer.extracting.export_release", refuse)
    waiting = set(extracts.folder().iterdir())
    run = visit(closed.home, "variables", view="cart", cart=CART, user="operator.one")
    run.button(key="extract_build").click().run()
    assert "not as it was recorded" in text(run)
    assert "/api/extracts/" not in markup(run)
    assert set(extracts.folder().iterdir()) == waiting


@pytest.mark.parametrize(
    ("panel", "tab"),
    [
        ("panel_individual_wave", "participation"),
        ("panel_individual_wave", "quality"),
        ("panel_individual_wave", "variables"),
        ("panel_individual_wave", "transitions"),
        ("panel_individual_wave", "sensors"),
        ("panel_organisation_quarter", "participation"),
        ("panel_organisation_quarter", "quality"),
        ("panel_district_month", "participation"),
        ("panel_district_month", "trajectories"),
    ],
)
def test_every_tab_stands_and_each_chart_says_a_number(closed, visit, panel, tab):
    run = visit(closed.home, "panel", tab=tab, panel=panel, user="reader.one", zone="hangzhou")
    assert not run.exception
    assert "could not be shown" not in text(run)
    for chart in run.get("vega_lite_chart"):
        assert re.search(r"\d", chart.proto.alt), chart.proto.alt
    assert len(run.expander) >= len(run.get("vega_lite_chart"))


def test_no_unit_is_named_on_any_tab(closed, visit):
    for tab in ("participation", "quality", "trajectories", "transitions"):
        run = visit(closed.home, "panel", tab=tab, user="reader.one")
        shown = markup(run) + str([chart.proto for chart in run.get("vega_lite_chart")])
        assert not re.findall(r"P0[0-9]{4}", shown)


def test_a_small_zone_tells_nothing_of_its_people(closed, visit):
    for tab in ("participation", "transitions"):
        run = visit(closed.home, "panel", tab=tab, zone="deqing", user="reader.one", item="is_observed")
        assert "not shown" in text(run)
        assert not run.get("vega_lite_chart")


def test_the_reader_of_a_distribution_is_on_record(closed, visit, monkeypatch):
    noted = []
    monkeypatch.setattr("apps.viewer.outcomes._recorded", lambda *given: noted.append((given[3], given[4])))
    visit(closed.home, "variable", v=WAIT, user="reader.one")
    visit(closed.home, "variable", v=WAIT, user="staff.one")
    assert noted == [("panel_individual_wave", ("wait_min",))]
