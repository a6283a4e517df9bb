"""What changed between two releases: counted in one pass, small numbers about people held back, told in both languages."""

from dataclasses import asdict

import pytest

from data.ledger import Ledger
from data.settings import Settings
from experiments.exporting import compare_releases
from experiments.registry.store import Registry
from quality.comparing.changelog import changelog, keep_changelog, kept_changelog
from quality.comparing.counting import counted
from quality.comparing.difference import difference
from quality.comparing.pair import pair_of
from quality.comparing.why import reasons
from tests.integration.exports.conftest import people, person_wave

pytestmark = pytest.mark.integration
PANEL = "panel_individual_wave"


@pytest.fixture
def releases_of(workspace, release_tables, tables_of, tmp_path):
    """Return the function that makes two releases, of 45 people and of the rows given."""
    ledger = Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))

    def build(rows):
        first = release_tables(workspace, ledger, tmp_path / "first", tables_of(people()))
        second = release_tables(workspace, ledger, tmp_path / "second", tables_of(rows))
        return workspace, ledger, first, second

    return build


def changed(rows, numbers, **changes):
    ids = {f"DEQ-P{number:05d}" for number in numbers}
    return [{**row, **changes} if row["person_id"] in ids and row["wait_min"] is not None else row for row in rows]


def only(found):
    assert [item.table for item in found.tables] == [PANEL]
    assert set(found.same) == {"panel_organisation_quarter", "panel_district_month"}
    return found.tables[0]


def part(table, column):
    return next(item for item in table.distributions if item.column == column)


def test_every_number_of_a_large_change(releases_of):
    rows = changed(people()[20:], range(11, 31), wait_min=100.0)
    rows += [person_wave(number, 1) for number in range(100, 112)]
    _, _, first, second = releases_of(rows)
    table = only(difference(first, second))
    values = [row["wait_min"] for row in rows if row["wait_min"] is not None]
    before = [row["wait_min"] for row in people() if row["wait_min"] is not None]
    answered = sum(1 for row in people()[20:60] if row["wait_min"] is not None)
    assert (table.rows, table.added, table.removed, table.changed) == ((90, 82), 12, 20, answered)
    assert {name: count for name, count in table.values.items() if count} == {"wait_min": answered}
    wait = part(table, "wait_min")
    assert wait.valid == (len(before), len(values))
    assert wait.mean == pytest.approx((sum(before) / len(before), sum(values) / len(values)), rel=1e-3)


def test_a_value_of_three_people_tells_nothing_but_that_there_are_some(releases_of):
    _, _, first, second = releases_of(changed(people(), (9, 10, 18), wait_min=77.7))
    table = only(difference(first, second))
    assert (table.added, table.removed, table.changed, table.values["wait_min"]) == (0, 0, None, None)
    wait = part(table, "wait_min")
    assert (wait.valid, wait.mean, wait.sd, wait.missing) == ((None, None), (None, None), (None, None), {})
    assert "77.7" not in str(asdict(table))


def test_one_person_less_tells_no_distribution_at_all(releases_of):
    """What stayed the same would tell it: whoever knows both sizes would know each answer of the one who left."""
    _, _, first, second = releases_of(people()[2:])
    table = only(difference(first, second))
    assert (table.rows, table.removed) == ((None, None), None)
    for item in table.distributions:
        assert (set(item.valid), dict(item.codes), dict(item.missing)) == ({None}, {}, {})


def test_a_small_cell_takes_another_with_it(releases_of):
    rows = [
        {**row, "satisfaction_score": row["satisfaction_score"] and 1 + (index > 5)}
        for index, row in enumerate(people())
    ]
    _, _, first, second = releases_of(rows)
    score = part(only(difference(first, second)), "satisfaction_score")
    shown = {code: both for code, both in score.codes.items() if both != (None, None)}
    assert "1" not in shown
    assert len(score.codes) - len(shown) >= 2


def test_waves_of_one_person_are_one_unit(releases_of, tmp_path):
    _, _, first, second = releases_of(changed(people(), range(9, 15), birth_year=1950))
    found = counted(pair_of(first, second, PANEL), spill=tmp_path)
    rows, units = found.values["birth_year"]
    assert (units, rows > units) == (6, True)
    assert only(difference(first, second)).values["birth_year"] is None


def test_tables_columns_and_types(workspace, release_tables, tables_of, tmp_path):
    ledger = Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))
    before = tables_of(people())
    after = dict(before)
    del after["panel_organisation_quarter"]
    district = before["panel_district_month"]
    position = district.column_names.index("hours_expected")
    after["panel_district_month"] = district.drop_columns(["pm25_ugm3"]).set_column(
        position, "hours_expected", district["hours_expected"].cast("double")
    )
    first = release_tables(workspace, ledger, tmp_path / "first", before)
    second = release_tables(workspace, ledger, tmp_path / "second", after)
    found = difference(first, second)
    assert (found.tables_added, found.tables_removed, found.same) == ((), ("panel_organisation_quarter",), (PANEL,))
    table = found.tables[0]
    assert (table.columns_removed, table.types_changed, table.changed) == (("pm25_ugm3",), ("hours_expected",), 1)
    assert not table.protected
    back = difference(second, first)
    assert (back.tables_added, back.tables[0].columns_added) == (("panel_organisation_quarter",), ("pm25_ugm3",))


def test_the_changelog_is_kept_with_the_release_and_holds_no_distribution(releases_of):
    place, ledger, first, second = releases_of(changed(people(), range(1, 41), wait_min=100.0))
    assert keep_changelog(place, ledger, first) is None
    made = keep_changelog(place, ledger, second)
    assert made == kept_changelog(place, second.release_id)
    assert made["since"] == first.release_id
    texts = [line["en"] for line in made["lines"]]
    assert f"{PANEL}: 0 rows added, 0 rows removed" in texts[0]
    assert all(line["zh"] and line["zh"] != line["en"] for line in made["lines"])
    assert "mean" not in " ".join(texts)


def test_a_comparison_is_a_reading(releases_of, monkeypatch):
    from experiments import exporting

    place, ledger, first, second = releases_of(people()[:40])
    asked = []
    monkeypatch.setattr(
        exporting, "note_reading", lambda _r, release, table, *_: asked.append((release.release_id, table))
    )
    compare_releases(Registry(place, ledger), first.release_id, second.release_id, actor="user")
    assert {(first.release_id, PANEL), (second.release_id, PANEL)} <= set(asked)


def test_the_command(releases_of, zonelab):
    _, _, first, second = releases_of(changed(people(), range(1, 41), wait_min=100.0))
    told = zonelab("release", "diff", first.release_id, second.release_id, "--json")
    assert told.code == 0, told.err
    assert told.document["tables"][0]["table"] == PANEL
    assert told.document["changelog"][0]["zh"].startswith(PANEL)
    shown = zonelab("release", "diff", first.release_id, "latest", "--lang", "zh")
    assert "更改行" in shown.out
    assert zonelab("release", "diff", first.release_id, "R9").code == 4


def test_a_table_counted_in_parts_gives_the_same_numbers(releases_of, tmp_path, monkeypatch):
    from quality.comparing import counting

    _, _, first, second = releases_of(changed(people()[4:], range(1, 21), wait_min=100.0))
    pair = pair_of(first, second, PANEL)
    whole = counted(pair, spill=tmp_path)
    monkeypatch.setattr(counting, "PART_BYTES", 20_000)
    assert counted(pair, spill=tmp_path) == whole
    assert whole.rows.rows == (90, 86)


def test_why_as_the_ledger_knows_it_and_nobody_counted(workspace, release_tables, tables_of, tmp_path):
    ledger = Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))
    first = release_tables(workspace, ledger, tmp_path / "first", tables_of(people()))
    acts = [
        ("correction_accepted", "SUB-1", {"correction": "COR-1", "to": "approved"}),
        ("person_erased", "WD-0001", {"certificate": "x"}),
    ]
    with ledger.transaction() as connection:
        for kind, name, detail in acts:
            ledger.record(connection, kind=kind, object_id=name, detail=detail, actor="user")
    second = release_tables(workspace, ledger, tmp_path / "second", tables_of(people()[2:]))
    why = reasons(ledger, first, second)
    assert (why.corrections, why.withdrawals, why.retracted, why.contracts) == (("COR-1",), None, (), ())
    told = [line.en for line in changelog(difference(first, second), why)]
    assert "Why: 1 corrections were accepted (COR-1)." in told
    assert "Why: some people withdrew their consent." in told
    assert reasons(ledger, second, second).corrections == ()
