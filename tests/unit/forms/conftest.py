"""A questionnaire of our own with all that matters, as a workbook, and its exports as the three tools write them."""

import pytest
from openpyxl import Workbook

from data.forms import draft_contracts, read_form

SURVEY = [
    [
        "type",
        "name",
        "label::English (en)",
        "label::中文 (zh)",
        "label::Twi (tw)",
        "relevant",
        "constraint",
        "required",
    ],
    ["start", "start", "", "", "", "", "", ""],
    ["deviceid", "deviceid", "", "", "", "", "", ""],
    ["begin group", "person", "Person", "人员", "", "", "", ""],
    ["integer", "age", "<b>Age</b>", "年龄", "Mfie", "", ". = -999 or (. >= 18 and . <= 99)", "yes"],
    ["select_one yesno", "uses_ai", "Uses AI", "使用人工智能", "", "", "", "yes"],
    ["select_multiple tool", "tools", "Tools", "工具", "", "${uses_ai} = '1'", "", "yes"],
    ["text", "other_tool", "Which other", "其他", "", "selected(${tools}, 'other')", "", "yes"],
    ["end group", "", "", "", "", "", "", ""],
    ["decimal", "hours", "Hours", "小时", "", "${age} > 20 and ${uses_ai} != 0", ". > 0 and . <= ${age}", ""],
    ["date", "seen", "Seen on", "日期", "", "", "", ""],
    ["geopoint", "place", "Place", "位置", "", "", "", ""],
    ["begin repeat", "job", "Jobs", "工作", "", "${age} >= 18", "", ""],
    ["text", "job_title", "Job title", "职务", "", "", "", "yes"],
    ["integer", "job_hours", "Weekly hours", "周工时", "", "${job_title} != 'none'", ". <= 100", ""],
    ["end repeat", "", "", "", "", "", "", ""],
]
CHOICES = [
    ["list_name", "name", "label::English (en)", "label::中文 (zh)", "label::Twi (tw)"],
    ["yesno", "1", "Yes", "是", "Aane"],
    ["yesno", "0", "No", "否", "Daabi"],
    ["yesno", "-999", "Don't know", "不知道", ""],
    ["tool", "chat", "Chat", "聊天", ""],
    ["tool", "draw", "Draw", "绘图", ""],
    ["tool", "other", "Other", "其他", ""],
]
SETTINGS = [["form_title", "form_id", "version"], ["AI at work", "ai_work", "2026030401"]]


@pytest.fixture(scope="session")
def write_form():
    """Return a function: path and sheets → path of the workbook."""

    def write(path, **sheets):
        book = Workbook()
        book.remove(book.active)
        for name, rows in {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS, **sheets}.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(path)
        return path

    return write


@pytest.fixture(scope="session")
def form(write_form, tmp_path_factory):
    return read_form(write_form(tmp_path_factory.mktemp("form") / "ai_work.xlsx"))


@pytest.fixture(scope="session")
def drafts(form):
    return draft_contracts(form, "ai_work")


@pytest.fixture(scope="session")
def people(drafts):
    return drafts[0].contract


@pytest.fixture(scope="session")
def jobs(drafts):
    return drafts[1].contract
