"""Two people of two zones in one process: whatever the order, neither meets a row of the other; no address or state helps."""

from __future__ import annotations

import random

import pytest

from apps.viewer.components import address
from quality.arrivals import laid_down
from quality.intake import submit

pytestmark = pytest.mark.integration

ACCESS = """
users:
  zone.operator: {roles: [zone_operator, zone_lead], zones: [deqing]}
  other.operator: {roles: [zone_operator, zone_lead], zones: [xian]}
"""
HEAD = "受访者编号,轮次,诊所编号,访谈日期,出生年份"
ZONES = {"zone.operator": ("deqing", "DQ"), "other.operator": ("xian", "XA")}
INTERLEAVINGS = 100


@pytest.fixture
def sent(workspace):
    """Return the verdict on each user's file."""
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    kept = {}
    for user, (zone, letters) in ZONES.items():
        text = f"{HEAD}\n{letters}-P00001,W1,{letters}-C01,2026-03-04,1980\n"
        with laid_down(workspace, f"{letters}.csv", text.encode()) as path:
            kept[user] = submit(path, contract="clinic_visit", zone=zone, actor=user, workspace=workspace)
    return kept


def said(run):
    return "\n".join(str(getattr(part, "body", "")) for part in run.get("html"))


def test_whatever_the_order_nobody_sees_the_others_rows(visit, workspace, sent, monkeypatch):
    monkeypatch.setattr(address, "STILL", 0.0)  # each address is a wish, however soon it comes
    draw = random.Random(7)  # noqa: S311 -- an order, not a secret
    runs = {user: visit(workspace.home, "submissions", user) for user in ZONES}
    crossed, own = [], 0
    for turn in range(INTERLEAVINGS):
        user = draw.choice(list(ZONES))
        other = next(name for name in ZONES if name != user)
        run = runs[user]
        run.query_params["sub"] = sent[draw.choice([user, other])].submission_id if turn % 3 == 0 else ""
        run.run()
        text = said(run)  # an address may say the other's number, which is then told back: file and hash are not in it
        if f"{ZONES[other][1]}.csv" in text or sent[other].sha256 in text:
            crossed.append((turn, user))
        own += f"{ZONES[user][1]}.csv" in text
    assert crossed == []
    assert own > INTERLEAVINGS / 4  # the control: the pages did show rows


TAMPERED = [
    {name: value}
    for name in ("zone", "sub", "of", "receipt", "draft", "id", "find", "status", "user", "contract")
    for value in ("xian", "other.operator", "*", "SUB-2026-0002", "xian' or '1'='1")
]
STATE = ("zone", "user", "roles", "acting", "choose_zone_of", "upload_zone", "who")


@pytest.mark.usefixtures("sent")
def test_no_state_and_no_address_opens_another_zone(visit, workspace):
    run = visit(workspace.home, "submissions", "zone.operator")
    for position, change in enumerate(TAMPERED):
        ((name, value),) = change.items()
        if position % 2:
            run.query_params[name] = value
        else:
            run.session_state[STATE[position % len(STATE)]] = value
        run.run()
        assert "XA.csv" not in said(run), change
        assert run.session_state["acting_name"] == "zone.operator"
        if position % 2:
            run.query_params.pop(name, None)
    assert len(TAMPERED) >= 50
    assert "DQ.csv" in said(visit(workspace.home, "submissions", "zone.operator"))
