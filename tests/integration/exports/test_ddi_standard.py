"""The codebook of an export against our part of DDI-Codebook 2.5: what the standard refuses, the part refuses as well."""

import copy
from pathlib import Path

import pytest
from lxml import etree

from tests.integration.exports.test_export_documents import export_of

pytestmark = pytest.mark.integration
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "ddi_part.xsd"))
NAMESPACE = "ddi:codebook:2_5"
DDI = {"d": NAMESPACE}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CODES = {
    "csv": [],
    "dta": [".a", ".b", ".e", ".h", ".i", ".k"],
    "sav": ["-1", "-2", "-5", "-8", "-9", "-11"],
}
"""File format → the codes of absences in it."""


def one(book, path):
    """Return the first element of a path."""
    return book.xpath(path, namespaces=DDI)[0]


def texts(book, path):
    """Return the texts of a path."""
    return [str(item) for item in book.xpath(f"{path}/text()", namespaces=DDI)]


def made(tag, **attributes):
    """Return an element of the standard's namespace."""
    return etree.Element(f"{{{NAMESPACE}}}{tag}", attributes)


@pytest.fixture(scope="module")
def books(archive, tmp_path_factory):
    """Return file format → the codebook of an export in it, in Chinese; tests change copies."""
    folder = tmp_path_factory.mktemp("books")
    return {name: etree.parse(export_of(archive, folder / name, name, "zh").folder / "ddi.xml") for name in CODES}


@pytest.fixture
def book(books):
    """Return a valid codebook that the test may spoil."""
    found = copy.deepcopy(books["sav"])
    SCHEMA.assertValid(found)
    return found


@pytest.mark.parametrize("file_format", CODES)
def test_it_is_valid_and_says_what_the_file_says(archive, books, file_format):
    book = books[file_format]
    SCHEMA.assertValid(book)
    assert book.getroot().get(XML_LANG) == "zh-Hans"
    assert texts(book, "//d:stdyDscr//d:titl")[0].startswith("模拟数据")
    assert texts(book, "//d:disclaimer") == ["模拟数据", "SIMULATED"]
    assert texts(book, "//d:dataKind") == ["模拟数据", "simulated data"]
    assert texts(book, "//d:var[@name='wait_min']/d:labl") == ["等候时间（min）", "Waiting time (min)"]
    assert texts(book, "//d:var[@name='wait_min']/d:catgry[@missing='Y']/d:catValu") == CODES[file_format]
    fingerprints = texts(book, "//d:fileDscr/d:notes[@type='fingerprint of the data']")
    assert archive.release.tables["panel_individual_wave"].fingerprint in fingerprints
    assert book.xpath("//d:sumStat | //d:catStat", namespaces=DDI) == []


def test_each_language_has_its_terms_and_each_file_its_contents_in_both(books):
    book = books["csv"]
    uses = book.xpath("//d:dataAccs/d:useStmt", namespaces=DDI)
    assert [use.get(XML_LANG) for use in uses] == ["zh-Hans", "en"]
    assert len(set(texts(book, "//d:useStmt/d:restrctn"))) == 2
    files = book.xpath("//d:fileDscr", namespaces=DDI)
    for file in files:
        assert len(file.xpath("d:fileTxt/d:fileCont[@xml:lang='zh-Hans']", namespaces=DDI)) == 1
        assert len(file.xpath("d:notes[@type='contents'][@xml:lang='en']", namespaces=DDI)) == 1


@pytest.mark.parametrize("file_format", CODES)
def test_every_reference_resolves_and_no_key_comes_twice(books, file_format):
    book = books[file_format]
    keys = book.xpath("//@ID")
    assert len(keys) == len(set(keys))
    files = set(book.xpath("//d:fileDscr/@ID", namespaces=DDI))
    assert {key for found in book.xpath("//d:var/@files", namespaces=DDI) for key in found.split()} == files


@pytest.mark.parametrize("file_format", CODES)
def test_a_format_that_is_not_the_standards_word_names_its_list(books, file_format):
    book = books[file_format]
    formats = {(item.get("schema"), item.get("otherSchema")) for item in book.iterfind(".//{*}varFormat")}
    assert formats == {("SPSS", None) if file_format == "sav" else ("other", file_format)}
    named = texts(book, "//d:docDscr/d:controlledVocabUsed/d:usage/d:attribute")
    assert named == ([] if file_format == "sav" else ["@otherSchema"])
    for selector in texts(book, "//d:usage/d:selector"):
        assert book.xpath(selector.replace("/", "/d:"), namespaces=DDI)


@pytest.mark.parametrize(
    "path",
    [
        "//d:fileTxt/d:fileCont",
        "//d:useStmt/d:restrctn",
        "//d:useStmt/d:citReq",
        "//d:useStmt/d:disclaimer",
        "//d:citation/d:biblCit",
        "//d:var/d:security",
        "//d:var/d:varFormat",
        "//d:titlStmt/d:titl",
    ],
)
def test_what_the_standard_has_once_is_refused_twice(book, path):
    found = one(book, path)
    found.addnext(copy.deepcopy(found))
    assert not SCHEMA.validate(book)


@pytest.mark.parametrize(
    "tag", ["titl", "prodDate", "software", "distrbtr", "abstract", "restrctn", "labl", "txt", "catValu"]
)
def test_only_a_note_and_a_version_have_a_type(book, tag):
    one(book, f"//d:{tag}").set("type", "any")
    assert not SCHEMA.validate(book)


def test_a_fingerprint_is_a_note_for_the_version_has_no_element_for_it(book):
    found = made("dataFingerprint", type="data")
    etree.SubElement(found, f"{{{NAMESPACE}}}digitalFingerprintValue").text = "0"
    one(book, "//d:fileTxt/d:fileName").addnext(found)
    assert not SCHEMA.validate(book)


def test_an_item_without_its_value_is_refused(book):
    del one(book, "//d:invalrng/d:item").attrib["VALUE"]
    assert not SCHEMA.validate(book)


def test_an_element_after_its_place_is_refused(book):
    variable = one(book, "//d:var[d:invalrng]")
    variable.append(variable[0])
    assert not SCHEMA.validate(book)


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [("//d:varFormat", "schema", "csv"), ("//d:var", "intrvl", "other"), ("//d:catgry", "missing", "yes")],
)
def test_a_word_that_is_not_in_the_standards_list_is_refused(book, path, name, value):
    one(book, path).set(name, value)
    assert not SCHEMA.validate(book)
