"""The Upload page as zone staff meet it: template to receipt, corrections typed into the grid, the privacy stop, the phone."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import time
from pathlib import Path

import httpx
import pytest

from data import tokens
from data.ledger import Ledger
from data.paths import Workspace
from data.submissions import submissions
from tests.browser.conftest import serving, settled, visible

pytestmark = pytest.mark.browser

OPERATOR = "zone.operator"
ACCESS = "users:\n  zone.operator: {roles: [zone_operator], zones: [deqing]}\n"
ROWS = 5_000
RESIDENT = "11010519491231002X"  # the example of GB 11643 itself
WIDEST = "Math.max(document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth)"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a workspace with one zone operator, the address of its viewer, and the viewer's log."""
    home = tmp_path_factory.mktemp("upload")
    Workspace(home).create()
    (home / "access.yml").write_text(ACCESS, encoding="utf-8")
    log = tmp_path_factory.mktemp("log") / "viewer.log"
    with serving(home, log) as url:
        yield Workspace(home), url, log


def arrive(page):
    field = page.get_by_label("Your user name").or_(page.get_by_label("您的用户名"))
    if not field.input_value():
        field.fill(OPERATOR)
        field.press("Enter")
    page.locator(".zl-steps").wait_for()


def file_of(rows, heads):
    """Return a CSV of `rows` visits under the template's headings."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(heads)
    known = {
        "Person (pseudonym)": "DQ-P{n:05d}",
        "Survey wave": "W1",
        "Clinic": "DQ-C{c:02d}",
        "Date of interview": "2026-03-04",
        "Year of birth": "1980",
    }
    for number in range(1, rows + 1):
        writer.writerow([known.get(head, "").format(n=number, c=number % 20 + 1) for head in heads])
    return sink.getvalue().encode("utf-8-sig")


def give(page, name, content):
    chooser_files = [{"name": name, "mimeType": "text/csv", "buffer": content}]
    with page.expect_file_chooser() as waiting:
        page.locator("[data-testid=stFileUploader] button").first.click()
    waiting.value.set_files(chooser_files)


def test_from_template_to_receipt_in_six_clicks_and_a_minute(visitor, place):
    workspace, url, _ = place
    with visitor.page(f"{url}/upload?lang=en") as page:
        arrive(page)
        page.evaluate(
            "window.clicks = 0; document.addEventListener('click', e => { if (e.isTrusted) window.clicks++ }, true)"
        )
        page.get_by_label("What you send").click()
        page.get_by_role("option", name="Clinic visit survey").click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Template (CSV)").click()
        heads = next(csv.reader(io.StringIO(Path(waiting.value.path()).read_text(encoding="utf-8-sig"))))
        content = file_of(ROWS, heads)
        begun = time.monotonic()
        give(page, "visits_W1.csv", content)
        page.get_by_role("button", name="Submit 5,000 rows for Deqing").click(timeout=60_000)
        page.get_by_role("heading", name="Receipt").wait_for(timeout=60_000)
        took = time.monotonic() - begun
        said = visible(page)
        clicks = page.evaluate("window.clicks")
    (sent,) = submissions(Ledger.open(workspace))
    assert sent.submission_id in said
    assert sent.sha256 in said
    assert sent.sha256 == hashlib.sha256(content).hexdigest()
    assert (sent.status, sent.rows_accepted, sent.zone, sent.actor) == ("accepted", ROWS, "deqing", OPERATOR)
    assert "UTC+8" in said
    assert clicks <= 6
    assert took < 60
    assert visitor.blocked == []


def test_cells_are_corrected_in_the_grid_and_the_corrected_file_is_what_enters(visitor, place):
    workspace, url, _ = place
    dates = ("2026-03-04", "2026-13-04", "2026-03-04")
    lines = [f"DQ-P9000{number},W1,DQ-C01,{day},1980" for number, day in enumerate(dates, start=1)]
    text = "\n".join(["受访者编号,轮次,诊所编号,访谈日期,出生年份", *lines, ""])
    with visitor.page(f"{url}/upload?lang=en&contract=clinic_visit") as page:
        arrive(page)
        give(page, "few_W1.csv", text.encode())
        grid = page.locator("[data-testid=stDataFrame]")
        grid.wait_for()
        settled(page)
        assert page.get_by_role("button", name=re.compile("^Submit")).count() == 0
        correct(page, grid, "Date of interview", "2026-03-14")
        page.get_by_role("button", name="Submit 3 rows for Deqing").click()
        page.get_by_role("heading", name="Receipt").wait_for()
    sent = submissions(Ledger.open(workspace))[-1]
    assert (sent.file_name, sent.status, sent.rows_accepted) == ("few_W1.corrected.csv", "accepted", 3)
    kept = (workspace.originals / sent.sha256[:2] / sent.sha256).read_text(encoding="utf-8-sig")
    assert kept.splitlines()[2] == "DQ-P90002,W1,DQ-C01,2026-03-14,1980"


def correct(page, grid, column, text):
    """Type into the first row and check again, until the file may go: a grid hears keys some moments after it is drawn."""
    from playwright.sync_api import TimeoutError as TooLate

    ready = page.get_by_role("button", name=re.compile("^Submit"))
    for _ in range(10):
        grid.scroll_into_view_if_needed()
        grid.locator("th", has_text=column).first.wait_for(state="attached", timeout=60_000)
        heads = grid.locator("th").all_inner_texts()
        type_into(page, grid.locator("canvas").first.bounding_box(), heads.index(column), text)
        page.get_by_role("button", name="Check again").click()
        settled(page)
        try:
            ready.wait_for(timeout=4_000)
        except TooLate:
            continue
        return
    pytest.fail("the grid did not take what was typed")


def type_into(page, box, column, text):
    """Type into the first row of the grid, without leaving the cell: the keyboard walks from the first cell."""
    page.mouse.click(box["x"] + 20, box["y"] + 52)
    for _ in range(column):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def test_a_resident_number_stops_the_file_and_is_nowhere(visitor, place):
    workspace, url, log = place
    before = len(submissions(Ledger.open(workspace)))
    text = f"受访者编号,轮次,诊所编号,访谈日期,身份证\nDQ-P80001,W1,DQ-C01,2026-03-04,{RESIDENT}\n"
    with visitor.page(f"{url}/upload?lang=zh&contract=clinic_visit", locale="zh-CN") as page:
        arrive(page)
        give(page, "people.csv", text.encode())
        page.get_by_text("因隐私原因已停止").wait_for()
        assert "E-PII-01" in visible(page)
        assert RESIDENT not in page.content()
        assert page.locator("[data-testid=stFileUploaderFile]").count() == 0
    assert len(submissions(Ledger.open(workspace))) == before
    held = [path for path in workspace.home.rglob("*") if path.is_file() and RESIDENT.encode() in path.read_bytes()]
    assert held == []
    assert RESIDENT not in log.read_text(encoding="utf-8", errors="replace")


def test_the_server_of_the_pages_takes_files_from_machines(place):
    workspace, url, _ = place
    (workspace.home / "access.yml").write_text(
        ACCESS + "  root.one: {roles: [administrator], zones: '*'}\n", encoding="utf-8"
    )
    ledger = Ledger.open(workspace)
    token = tokens.issue(workspace, ledger, person=OPERATOR, zone="deqing", actor="root.one")[1]
    text = "诊所编号,arm_code,block_id,assigned_date\nDQ-C01,1,DQ-B1,2026-01-05\n"
    ask = {"url": f"{url}/api/submissions?contract=clinic_assignment", "content": text.encode()}
    with httpx.Client(trust_env=False, timeout=60) as client:
        assert client.post(**ask).status_code == 401
        answer = client.post(**ask, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["status"]) == (201, "accepted")
    assert submissions(ledger)[-1].actor == OPERATOR


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_pages_stand_on_a_phone(visitor, place, lang):
    _, url, _ = place
    text = "受访者编号,轮次,诊所编号,访谈日期,备注\nDQ-P70001,W1,DQ-C01,2026-13-04,x\n"
    with visitor.page(f"{url}/upload?lang={lang}&contract=clinic_visit", width=1440) as page:
        arrive(page)
        give(page, "one.csv", text.encode())
        page.locator("[data-testid=stDataFrame]").wait_for()
        page.set_viewport_size({"width": 390, "height": 900})
        page.wait_for_function(f"({WIDEST}) <= 390", timeout=5_000)
        page.goto(f"{url}/submissions?lang={lang}")
        page.wait_for_selector("footer.zl-foot")
        settled(page)
        page.wait_for_function(f"({WIDEST}) <= 390", timeout=5_000)
    assert visitor.blocked == []
