"""The validation page: words for every verdict, nothing fetched, nothing unescaped, no value."""

from html.parser import HTMLParser

import pytest

from data.messages import NotFound, Text, WrongUsage
from quality.outcomes import CheckOutcome, store, stored
from quality.validation_page import render_page, write_page

RANGE = Text(en="Waiting time: lies within 0 to 600", zh="等候时间：介于 0 与 600 之间")
OUTCOMES = [
    CheckOutcome(
        "E-RANGE-01:wait_min",
        "clinic_visit",
        passed=False,
        severity="error",
        metadata={"rows": 900, "rows_failed": 3, "groups": 8, "groups_failed": 1, "limit": 0, "where": ["hefei/W2: 3"]},
        text=RANGE,
    ),
    CheckOutcome(
        "W-MISS-01:wait_min",
        "clinic_visit",
        passed=False,
        severity="warn",
        metadata={"worst": 0.4123, "limit": 0.3, "groups": 8, "groups_failed": 1, "where": ["jinan/W3: 0.412"]},
    ),
    CheckOutcome("E-KEY-01", "clinic_visit", passed=True, severity="error", metadata={"rows": 900, "rows_failed": 0}),
]
FACTS = {"layer": "lake", "rows": 900, "groups": [{"zone": "hefei", "wave": "W1", "rows": 900}], "as_of_seq": 4}


class _Page(HTMLParser):
    """Collects tags and text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def page(workspace):
    store(workspace, "run-1", "clinic_visit", OUTCOMES, FACTS)
    return _Page(write_page(workspace, "run-1").read_text(encoding="utf-8"))


def test_verdicts_are_words_in_both_languages(page):
    text = " ".join(" ".join(page.text).split())
    for said in ("Failed 未通过", "Warning 提醒", "Passed 通过", RANGE.en, RANGE.zh):
        assert said in text


def test_counts_and_places_are_shown(page):
    text = " ".join(" ".join(page.text).split())
    for said in ("3 rows break the rule", "hefei/W2: 3", "at worst 41%, tolerated 30%", "900 rows looked at"):
        assert said in text


def test_page_says_checked_not_proven(page):
    text = " ".join(page.text)
    assert "Checked, not proven true." in text
    assert "已检查，不等于已证实。" in text


def test_nothing_is_fetched(page):
    loaded = [tag for tag, attrs in page.tags if tag in {"script", "link", "img", "iframe"} or "src" in attrs]
    assert loaded == []
    assert all(attrs["href"].startswith("#") for tag, attrs in page.tags if tag == "a")


def test_texts_are_escaped(workspace):
    store(workspace, "run-2", "t", [CheckOutcome("<script>x</script>", "t", passed=True, severity="error")], FACTS)
    html = render_page("run-2", stored(workspace, "run-2"), {})
    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html


def test_failed_tables_come_first(workspace):
    store(workspace, "run-3", "a_good_one", OUTCOMES[2:], FACTS)
    store(workspace, "run-3", "b_bad_one", OUTCOMES[:1], FACTS)
    html = render_page("run-3", stored(workspace, "run-3"), {})
    assert html.index("b_bad_one") < html.index("a_good_one")


def test_a_run_without_checks_has_no_page(workspace):
    with pytest.raises(NotFound):
        write_page(workspace, "never-ran")


@pytest.mark.parametrize("run_id", ["../up", "a/b", "", ".hidden"])
def test_a_run_id_cannot_leave_its_folder(workspace, run_id):
    with pytest.raises(WrongUsage):
        write_page(workspace, run_id)
