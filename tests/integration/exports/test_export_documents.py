"""The folder of an export: tables, Data Package, schema.org, Croissant, RO-Crate, judged by outside readers."""

import csv
import datetime as dt
import json
import re
from importlib import resources

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from data.codebooks import codebooks
from data.durable import sha256_file
from data.messages import Refused
from quality.exports import write
from quality.exports.sheet import exportable, sheet_of
from quality.exports.write import write_export
from quality.marts import marts

pytestmark = pytest.mark.integration


def export_of(archive, folder, file_format="csv", language="en"):
    sheets = [sheet_of(archive.release, name) for name in exportable(archive.release)]
    options = {"file_format": file_format, "language": language, "folder": folder}
    return write_export(archive.workspace, archive.release, sheets, **options)


@pytest.fixture(scope="module")
def in_csv(archive, tmp_path_factory):
    return export_of(archive, tmp_path_factory.mktemp("csv") / "out").folder


@pytest.fixture(scope="module")
def in_parquet(archive, tmp_path_factory):
    return export_of(archive, tmp_path_factory.mktemp("parquet") / "out", "parquet", "zh").folder


def load(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_every_column_of_every_panel_has_its_words():
    assert set(codebooks().panels) == set(marts())
    for name, mart in marts().items():
        declared = {column.name for column in mart.columns}
        own = {
            column for column in declared if not (column.endswith("__st") and column.removesuffix("__st") in declared)
        }
        assert set(codebooks().panels[name].columns) == own


def test_the_manifest_names_every_file_with_its_hash(in_csv, archive):
    manifest = load(in_csv, "export.json")
    named = {item["file"]: item["sha256"] for item in manifest["tables"]} | manifest["documents"]
    assert named == {path.name: sha256_file(path) for path in in_csv.iterdir() if path.name != "export.json"}
    assert manifest["simulated"] is True
    assert manifest["release_id"] == archive.release.release_id
    assert manifest["grade"] == "sensitive"
    notes = {note["column"]: note["what"]["zh"] for item in manifest["tables"] for note in item["notes"]}
    coded = "单位编号：以编码代替，同一工作区各表、各次导出一致"
    assert notes == dict.fromkeys(("person_id", "household_id", "employer_id", "clinic_id", "org_id"), coded)


def test_csv_gives_back_every_cell(in_csv, archive):
    content = (in_csv / "panel_individual_wave.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    original = archive.tables["panel_individual_wave"].drop_columns(["person_id", "clinic_id"])
    read = pa_csv.read_csv(
        pa.BufferReader(content),
        convert_options=pa_csv.ConvertOptions(
            column_types=original.schema, strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    order = [(name, "ascending") for name in ("wave", "wait_min", "birth_year", "age_years", "wait_min__st")]
    assert read.select(original.column_names).sort_by(order) == original.sort_by(order)


def test_parquet_gives_back_every_cell_and_carries_both_languages(in_parquet, archive):
    found = pq.read_table(in_parquet / "panel_organisation_quarter.parquet")
    original = archive.tables["panel_organisation_quarter"].drop_columns(["org_id"])
    order = [("headcount_routine__st", "ascending")]
    assert found.select(original.column_names).sort_by(order).equals(original.sort_by(order))
    said = found.schema.field("sector_code").metadata
    assert said[b"label_zh"].decode() == "应用领域"
    assert json.loads(said[b"codes"])["finance"]["zh"] == "金融"
    assert found.schema.metadata[b"simulated"] == b"true"


def test_a_cell_that_looks_like_a_formula_is_no_formula(sheet_like, archive, tmp_path):
    from tests.integration.exports.test_labelled_files import odd

    table = pa.table({"id": [1, 2, 3], "t": ["=1+1", " @x", "plain"]})
    sheet = sheet_like(table, [odd("id", "integer"), odd("t", "string")])
    options = {"file_format": "csv", "language": "en", "folder": tmp_path / "out"}
    done = write_export(archive.workspace, archive.release, [sheet], **options)
    with (done.folder / "odd.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["t"] for row in csv.DictReader(file)] == ["'=1+1", "' @x", "plain"]
    assert [note.what.en for note in done.notes] == [
        "2 texts that a spreadsheet would take for formulas begin with an apostrophe"
    ]


@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_the_data_as_described(in_csv):
    import frictionless

    report = frictionless.validate(str(in_csv / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    assert {task.stats["rows"] for task in report.tasks} == {90, 3, 1}
    package = load(in_csv, "datapackage.json")
    assert (package["simulated"], package["keywords"][0], package["languages"]) == (True, "SIMULATED", ["en"])


def test_the_package_says_licence_and_encoding_in_registered_words(in_csv):
    """A licence has an id of the Open Definition's list; an encoding has the name under which IANA knows it."""
    package = load(in_csv, "datapackage.json")
    assert [item["name"] for item in package["licenses"]] == ["other-closed"]
    assert {item["encoding"] for item in package["resources"]} == {"utf-8"}
    assert all(re.fullmatch("[-a-z0-9._]+", item["name"]) for item in (package, *package["resources"]))
    assert dt.datetime.fromisoformat(package["created"]).tzinfo is not None


@pytest.mark.filterwarnings("ignore")
def test_frictionless_sees_a_changed_file(in_csv, tmp_path):
    import shutil

    import frictionless

    copy = shutil.copytree(in_csv, tmp_path / "copy")
    table = copy / "panel_district_month.csv"
    table.write_text(table.read_text(encoding="utf-8-sig").replace("31.5", "fast"), encoding="utf-8-sig")
    assert not frictionless.validate(str(copy / "datapackage.json")).valid


@pytest.mark.filterwarnings("ignore")
def test_the_crate_opens_and_names_every_file(in_parquet):
    from rocrate.rocrate import ROCrate

    crate = ROCrate(in_parquet)
    names = {entity.id for entity in crate.data_entities}
    assert names == {path.name for path in in_parquet.iterdir()} - {"export.json", "ro-crate-metadata.json"}
    assert crate.root_dataset["keywords"] == "SIMULATED"
    assert crate.root_dataset["license"]["description"].startswith("须经项目许可")


def test_the_crate_has_what_its_profile_requires_and_defines_what_the_profile_does_not(in_parquet):
    crate = load(in_parquet, "ro-crate-metadata.json")
    entities = {item["@id"]: item for item in crate["@graph"]}
    assert entities["ro-crate-metadata.json"]["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.1"
    root = entities["./"]
    assert all(root[name] for name in ("name", "description", "datePublished", "license"))
    assert {"name", "description"} <= entities[root["license"]["@id"]].keys()
    files = {name for name, item in entities.items() if item["@type"] == "File"}
    assert files == {part["@id"] for part in root["hasPart"]}
    assert crate["@context"] == ["https://w3id.org/ro/crate/1.1/context", {"sha256": "http://schema.org/sha256"}]


@pytest.fixture(scope="module")
def vocabulary():
    """Return schema.org's terms by id."""
    text = resources.files("rocrate").joinpath("data", "schema.jsonld").read_text(encoding="utf-8")
    return {item["@id"]: item for item in json.loads(text)["@graph"]}


def listed(value):
    return value if isinstance(value, list) else [value] if value else []


def kinds(vocabulary, kind):
    """Return a type and what it is a kind of."""
    parents = [item["@id"] for item in listed(vocabulary[kind].get("rdfs:subClassOf"))]
    return {kind}.union(*(kinds(vocabulary, parent) for parent in parents if parent in vocabulary))


def strangers(node, vocabulary, known=()):
    """Return the properties below a node that schema.org does not have for the node's type, `known` apart."""
    if isinstance(node, list):
        return [found for item in node for found in strangers(item, vocabulary, known)]
    if not isinstance(node, dict):
        return []
    found = [name for value in node.values() for name in strangers(value, vocabulary, known)]
    kind = f"schema:{node.get('@type', '').removeprefix('sc:')}"
    names = [name for name in node if kind in vocabulary and name not in known and not name.startswith("@")]
    homes = {
        name: {home["@id"] for home in listed(vocabulary.get(f"schema:{name}", {}).get("schema:domainIncludes"))}
        for name in names
    }
    return found + [name for name in names if not homes[name] & kinds(vocabulary, kind)]


def test_schema_org_has_every_property_where_it_is_used(in_csv, vocabulary):
    catalogue = load(in_csv, "dataset.jsonld")
    assert strangers(catalogue, vocabulary) == []
    assert 50 <= len(catalogue["description"]) <= 5000
    croissant = load(in_csv, "croissant.json")
    assert strangers(croissant, vocabulary, croissant["@context"]) == []
    assert strangers({"@type": "Dataset", "sha256": "", "titel": ""}, vocabulary) == ["sha256", "titel"]


def test_croissant_has_what_it_requires_in_the_types_it_requires(in_csv):
    croissant = load(in_csv, "croissant.json")
    required = {"@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished"}
    assert required | {"keywords", "publisher", "version", "inLanguage", "distribution"} <= croissant.keys()
    assert croissant["license"]["@type"] == "sc:CreativeWork"  # a text is none of the two types that a licence may have
    assert {croissant[name]["@type"] for name in ("creator", "publisher")} == {"sc:Organization"}
    for item in croissant["distribution"]:
        assert {"@id", "name", "contentUrl", "contentSize", "encodingFormat", "sha256"} <= item.keys()
    identifiers = [item["@id"] for item in croissant["distribution"]]
    for records in croissant["recordSet"]:
        identifiers += [records["@id"], *(item["@id"] for item in records["field"])]
        assert all({"name", "dataType", "source"} <= item.keys() for item in records["field"])
    assert len(identifiers) == len(set(identifiers))


def test_schema_org_and_croissant_say_the_same_of_each_file(in_parquet, archive):
    catalogue, croissant = load(in_parquet, "dataset.jsonld"), load(in_parquet, "croissant.json")
    assert catalogue["@type"] == "Dataset"
    assert catalogue["keywords"][0] == croissant["keywords"][0] == "SIMULATED"
    assert catalogue["version"] == archive.release.release_id
    assert croissant["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    hashes = {item["contentUrl"]: item["sha256"] for item in catalogue["distribution"]}
    assert hashes == {item["contentUrl"]: item["sha256"] for item in croissant["distribution"]}
    objects = {item["@id"] for item in croissant["distribution"]}
    for records in croissant["recordSet"]:
        fields = {item["@id"] for item in records["field"]}
        assert {item["@id"] for item in records["key"]} <= fields
        columns = pq.read_schema(in_parquet / f"{records['name']}.parquet").names
        assert [item["source"]["extract"]["column"] for item in records["field"]] == columns
        assert {item["source"]["fileObject"]["@id"] for item in records["field"]} <= objects


def test_an_export_is_whole_or_not_there(archive, tmp_path, monkeypatch):
    def broken(_):
        raise RuntimeError

    monkeypatch.setattr(write, "ddi_codebook", broken)
    with pytest.raises(RuntimeError):
        export_of(archive, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_not_over_something_and_not_into_the_workspace(archive, tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(Refused, match="E-EXPORT-02"):
        export_of(archive, tmp_path / "there")
    with pytest.raises(Refused, match="E-EXPORT-03"):
        export_of(archive, archive.workspace.home / "exports" / "out")


def test_a_column_that_nobody_declared_is_left_out_and_said(release_tables, workspace, tmp_path):
    from data.ledger import Ledger
    from data.settings import Settings
    from tests.integration.exports.conftest import district

    ledger = Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))
    table = pa.Table.from_pylist([{**row, "home_address": "x"} for row in district()])
    release = release_tables(workspace, ledger, tmp_path / "marts", {"panel_district_month": table})
    sheet = sheet_of(release, "panel_district_month")
    assert sheet.left_out == ("home_address",)
    options = {"file_format": "csv", "language": "en", "folder": tmp_path / "out"}
    done = write_export(workspace, release, [sheet], **options)
    assert "home_address" not in (done.folder / "panel_district_month.csv").read_text(encoding="utf-8-sig")
    assert [note.column for note in done.notes] == ["home_address"]
