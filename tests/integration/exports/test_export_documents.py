"""The folder of an export: tables, codebook, DDI, Data Package, schema.org, Croissant, RO-Crate, judged by outside readers."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from lxml import etree

from data.codebooks import codebooks
from data.durable import sha256_file
from data.messages import Refused
from quality.exports import write
from quality.exports.sheet import exportable, sheet_of
from quality.exports.write import write_export
from quality.marts import marts

pytestmark = pytest.mark.integration
HERE = Path(__file__).parent
SCHEMA = etree.XMLSchema(etree.parse(HERE / "ddi_part.xsd"))
DDI = {"d": "ddi:codebook:2_5"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


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
    coded = "直接标识符：以编码代替，同一工作区的各次导出一致"
    assert notes == {"person_id": coded, "household_id": coded}


def test_csv_gives_back_every_cell(in_csv, archive):
    content = (in_csv / "panel_individual_wave.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    original = archive.tables["panel_individual_wave"].drop_columns(["person_id"])
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
    assert found.equals(archive.tables["panel_organisation_quarter"].sort_by("org_id"))
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


@pytest.mark.parametrize("file_format", ["csv", "dta", "sav"])
def test_ddi_is_valid_and_says_what_the_file_says(archive, tmp_path, file_format):
    folder = export_of(archive, tmp_path / "out", file_format, "zh").folder
    book = etree.parse(folder / "ddi.xml")
    SCHEMA.assertValid(book)
    find = lambda path: book.xpath(path, namespaces=DDI)  # noqa: E731
    assert book.getroot().get(XML_LANG) == "zh-Hans"
    assert find("string(//d:stdyDscr//d:titl)").startswith("模拟数据")
    assert find("//d:disclaimer/text()") == ["模拟数据"]
    assert find("//d:var[@name='wait_min']/d:labl/text()") == ["等候时间（min）", "Waiting time (min)"]
    missing = find("//d:var[@name='wait_min']/d:catgry[@missing='Y']/d:catValu/text()")
    expected = {
        "csv": [],
        "dta": [".a", ".b", ".e", ".h", ".i", ".k"],
        "sav": ["-1", "-2", "-5", "-8", "-9", "-11"],
    }
    assert missing == expected[file_format]
    prints = find("//d:dataFingerprint[@type='data']/d:digitalFingerprintValue/text()")
    assert archive.release.tables["panel_individual_wave"].fingerprint in prints
    assert find("//d:sumStat") + find("//d:catStat") == []


def test_the_schema_refuses_what_the_standard_does(in_csv):
    book = etree.parse(in_csv / "ddi.xml")
    variable = book.find(".//{ddi:codebook:2_5}var")
    variable.append(variable[0])
    assert not SCHEMA.validate(book)


@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_the_data_as_described(in_csv):
    import frictionless

    report = frictionless.validate(str(in_csv / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    assert {task.stats["rows"] for task in report.tasks} == {90, 3, 1}
    package = load(in_csv, "datapackage.json")
    assert (package["simulated"], package["keywords"][0], package["languages"]) == (True, "SIMULATED", ["en"])


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
