"""A codebook of a release as an act: what is in it, what is held back, what is on record."""

import csv
import io
import json
import shutil
from html.parser import HTMLParser

import pytest

from data.ledger import Ledger
from data.lineage import graph
from data.messages import NotFound, NotPermitted, Refused
from data.paths import Workspace
from data.settings import Settings
from experiments.codebooks import WantedBook, write_codebook
from experiments.registry.store import Registry
from quality.codebook.describe import describe
from quality.codebook.lineage import way_of
from quality.dbt_runner import lineage
from quality.marts import marts

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


ACCESS = """
users:
  user: {roles: [analyst], zones: "*"}
  zone.one: {roles: [zone_operator], zones: [deqing]}
"""


@pytest.fixture(scope="module")
def registry(archive, tmp_path_factory):
    """Return a registry over a copy of the archive, in which an analyst and a zone's operator act."""
    home = shutil.copytree(archive.workspace.home, tmp_path_factory.mktemp("copy") / "home")
    (home / "access.yml").write_text(ACCESS, encoding="utf-8")
    place = Workspace(home)
    return Registry(place, Ledger.open(place, Settings(home=home, ledger_url=None)))


@pytest.fixture(scope="module")
def books(archive, registry, tmp_path_factory):
    """Return format → file name → text, written once each by a user who may read."""
    folder = tmp_path_factory.mktemp("books")
    found = {}
    for file_format in ("html", "json", "csv"):
        wanted = WantedBook(archive.release.release_id, file_format, folder / file_format)
        done = write_codebook(registry, wanted, actor="user")
        found[file_format] = {path.name: path.read_text(encoding="utf-8") for path in done.files}
    return found


@pytest.fixture(scope="module")
def document(books):
    return json.loads(books["json"]["codebook.json"])


@pytest.fixture(scope="module")
def wait(document):
    (panel,) = [table for table in document["tables"] if table["name"] == "panel_individual_wave"]
    return next(each for each in panel["variables"] if each["name"] == "wait_min")


def test_a_variable_says_what_it_is_asks_and_comes_from(document, wait):
    (asked,) = wait["asked"]
    assert (asked["contract"], asked["column"]) == ("clinic_visit", "wait_min")
    assert asked["question"]["en"].startswith("Minutes from registration")
    assert asked["universe"]["zh"]
    assert asked["instruments"] == [{"version": "*", "waves": []}]
    assert (wait["unit"], wait["grade"]) == ("min", "sensitive")
    assert wait["label"] == {"en": "Waiting time", "zh": "等候时间"}
    (panel,) = [table for table in document["tables"] if table["name"] == "panel_individual_wave"]
    assert {"clinic_assignment", "clinic_visit"} <= set(panel["lineage"]["sources"])
    assert panel["lineage"]["models"][-1] == "panel_individual_wave"
    assert panel["lineage"]["models"].index("stg_clinic__visits") < panel["lineage"]["models"].index(
        "int_clinic_visits_harmonised"
    )
    age = next(each for each in panel["variables"] if each["name"] == "age_years")
    assert (wait["level"], age["level"]) == ("collected", "derived")


def test_rows_by_wave_and_reason_hold_small_cells_back(wait):
    """45 people, in wave 2 every ninth with another status: five of each, so none of the reasons is told."""
    first, second = wait["waves"]
    assert (first["wave"], first["rows"], first["valid"], first["missing"]) == ("W1", 45, 45, {})
    assert (second["rows"], second["valid"]) == (45, 15)
    assert set(second["missing"].values()) == {None}
    assert wait["distribution"]["least"] is wait["distribution"]["greatest"] is None
    assert wait["distribution"]["held_back"]


def test_nobody_is_named(books):
    for texts in books.values():
        for text in texts.values():
            assert "DEQ-P0" not in text
            assert "DEQ-O" not in text


def test_the_tables_open_in_a_spreadsheet_and_say_the_same(books, document):
    variables = list(csv.DictReader(io.StringIO(books["csv"]["variables.csv"].removeprefix("\ufeff"))))
    assert len(variables) == sum(len(table["variables"]) for table in document["tables"])
    waves = list(csv.DictReader(io.StringIO(books["csv"]["waves.csv"].removeprefix("\ufeff"))))
    told = [row for row in waves if (row["variable"], row["wave"], row["what"]) == ("wait_min", "W2", "missing")]
    assert {(row["rows"], row["held_back"]) for row in told} == {("", "1")}
    assert "refused" in {row["reason_en"] for row in told}


class Page(HTMLParser):
    """Collects ids, links and the text of a page."""

    def __init__(self):
        super().__init__()
        self.ids, self.links, self.words, self.fetched = set(), [], [], []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids |= {found["id"]} if "id" in found else set()
        self.links += [found["href"]] if tag == "a" else []
        self.fetched += [found[name] for name in ("src", "srcset", "data") if name in found]
        self.fetched += [tag] if tag in ("script", "link", "iframe") else []

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_stands_alone_and_every_link_leads_somewhere(books, document, language):
    page = Page()
    page.feed(books["html"][f"codebook.{language}.html"])
    assert page.fetched == []
    inside = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert inside <= page.ids
    assert {link for link in page.links if not link.startswith("#")} == {
        f"codebook.{'zh' if language == 'en' else 'en'}.html"
    }
    said = " ".join(page.words)
    assert ("SIMULATED" in said) or ("模拟数据" in said)
    for table in document["tables"]:
        assert table["title"][language] in said


def test_the_graph_read_off_the_models_is_dbts_own(registry):
    of_dbt, read_off = lineage(registry.workspace.build), graph()
    assert [name for name in marts() if way_of(of_dbt, name) != way_of(read_off, name)] == []


def test_a_reader_of_one_variable_counts_one(archive, document):
    (table,) = describe(archive.release, ["panel_individual_wave"], graph(), ["wait_min"]).tables
    counted = {entry.name: entry.shown for entry in table.entries if entry.shown.waves}
    assert [*counted] == ["wait_min"]
    (every,) = describe(archive.release, ["panel_individual_wave"], graph()).tables
    assert counted["wait_min"] == next(entry.shown for entry in every.entries if entry.name == "wait_min")
    assert len(table.entries) == len(next(t for t in document["tables"] if t["name"] == table.name)["variables"])


@pytest.mark.usefixtures("books")
def test_it_is_on_record_and_lies_outside_the_workspace(archive, registry, tmp_path):
    events = [event.detail["format"] for event in registry.ledger.events("release_exported")]
    assert events == ["codebook_html", "codebook_json", "codebook_csv"]
    here, inside = tmp_path / "book", registry.workspace.home / "book"
    here.mkdir()
    for folder, code in ((here, "E-EXPORT-02"), (inside, "E-EXPORT-03")):
        with pytest.raises(Refused, match=code):
            write_codebook(registry, WantedBook(archive.release.release_id, "json", folder), actor="user")
    assert len(list(registry.ledger.events("release_exported"))) == len(events)


def test_without_the_right_nothing_is_written(archive, registry, tmp_path):
    wanted = WantedBook(archive.release.release_id, "json", tmp_path / "book")
    for actor in ("zone.one", "nobody"):
        with pytest.raises(NotPermitted):
            write_codebook(registry, wanted, actor=actor)
    assert not wanted.folder.exists()


def test_an_unknown_table_is_told_before_anything_is_written(archive, registry, tmp_path):
    wanted = WantedBook(archive.release.release_id, "json", tmp_path / "book", ("panel_of_nobody",))
    with pytest.raises(NotFound, match="E-REL-03"):
        write_codebook(registry, wanted, actor="user")
