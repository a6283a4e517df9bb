"""The registry's path in a browser: an empty form becomes a registered trial, and an amendment that data make a major one."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import yaml

from apps.viewer.components.beginning import EXAMPLES
from apps.viewer.components.form.shape import sections
from data import drafts
from data.ledger import Ledger
from data.paths import Workspace
from data.submissions import receive, settle
from experiments.registry.store import Registry
from tests.browser.browser_robot import BrowserRobot
from tests.browser.conftest import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

PI, METHODS, ETHICS, REGISTRAR = "scientist.one", "methods.one", "ethics.one", "registry.office"
YEAR = datetime.now(UTC).year
YEARS = {"2026": YEAR - 1, "2027": YEAR + 1, "2028": YEAR + 2}
TYPED = "CF"
"""Sections typed here: one of the design with cards and references, one of outcomes."""
LEFT_OUT = {"schema_version", "experiment_id", "version", "simulated", "jel_codes", "secondary_ids", "acronym"}
JUSTIFICATION = (
    "After the first season's interviews came in, the bureau told us that one village had been merged into its neighbour; "
    "the target population is described anew."
)


def trial():
    """Return the two-arm cluster trial that the scientist types: the example's, one outcome, one analysis, a small panel."""
    text = (EXAMPLES / "cluster_rct.yml").read_text(encoding="utf-8").replace("example.investigator", PI)
    text = re.sub(r"(2026|2027|2028)(?=-\d\d-\d\d)", lambda year: str(YEARS[year[0]]), text)
    wanted = {name: value for name, value in yaml.safe_load(text).items() if name not in LEFT_OUT}
    for name in ("outcomes", "inquiries", "hypotheses", "analyses", "investigators"):
        wanted[name] = wanted[name][:1]
    model = wanted["model_m"]["parameters"]
    del model["outcomes"]["disaster_prob"], model["columns"]
    model |= {"columns": {"block": "village", "cluster": "address", "unit": "respondent_id"}}
    model |= {"blocks_per_zone": 12, "clusters_per_block": 2, "units_per_cluster": 3}
    model["outcomes"]["takeup_survey"]["effects"]["adviser"]["size"] = 0.4
    wanted["hypotheses"][0]["sesoi"]["value"] = 0.4
    wanted["zones"] = [{**wanted["zones"][0], "planned_n": 72}]
    wanted["sample_size"] = {"units": 72, "clusters": 24, "per_arm": {"adviser": 36, "leaflet": 36}, "waves": 1}
    wanted["ethics"][0]["zones"] = ["deqing"]
    wanted["harm_stopping_rule"][0] |= {"outcome_id": "takeup", "variable": "takeup_survey"}
    return wanted


@pytest.fixture
def place(tmp_path_factory):
    """Return the home of an empty workspace and the address of the viewer that shows it."""
    home = tmp_path_factory.mktemp("registry")
    with serving(home, tmp_path_factory.mktemp("log") / "viewer.log") as url:
        yield Workspace(home), url


def become(page, user):
    """Act as `user`, as somebody does who takes the seat."""
    page.get_by_label("Your user name").fill(user)
    page.get_by_label("Your user name").press("Enter")
    page.locator(".zl-acting code", has_text=user).wait_for()


def act(page, url, path, user):
    page.goto(f"{url}/{path}")
    page.wait_for_selector("footer.zl-foot", timeout=60_000)
    become(page, user)


def review(page, url, user, comment=None):
    """Vote to approve, as the reviewer finds it in the queue."""
    act(page, url, "review?lang=en", user)
    page.locator("tbody a").first.click()
    page.get_by_text("Your review:").wait_for()
    if comment:
        page.get_by_label("Comment", exact=True).fill(comment)
        page.get_by_role("button", name="Add the comment").click()
        page.locator(".zl-said", has_text=comment).wait_for()
    page.locator("label", has_text=re.compile("^approve$")).click()
    page.get_by_role("button", name="Vote for good").click()
    page.get_by_text("Your review:").wait_for(state="detached")


def decide(page, name, state):
    page.get_by_role("button", name=name, exact=True).click()
    page.locator(".zl-strip .zl-tag", has_text=re.compile(f"^{state}$")).or_(
        page.get_by_text("Waiting for your vote").first
    ).first.wait_for()


def test_a_cluster_trial_from_an_empty_form_to_registration_and_a_major_amendment(visitor, place):
    """Types two sections and takes the others from a second window; that every answer can be typed is test_register_form's."""
    workspace, url = place
    with visitor.page(f"{url}/register?lang=en") as page:
        registers(page, workspace, TYPED)
        reviewed(page, url, workspace)
        amended(page, url, workspace)
    assert visitor.blocked == []


def registers(page, workspace, typed):
    become(page, PI)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**draft=D-000001**")
    page.locator(".zl-question").first.wait_for()
    BrowserRobot(page, "D-000001").fill(trial(), typed)
    second_window(Ledger.open(workspace), typed)
    page.reload()
    page.get_by_text("smallest effect found with power 80%").first.wait_for()
    page.get_by_role("heading", name="An AI adviser at village meetings").wait_for()
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("Becomes public when it is registered").wait_for()
    page.get_by_role("button", name="Diagnose and submit").click()
    page.locator(".zl-strip .zl-tag", has_text="submitted").wait_for(timeout=120_000)
    (name,) = Registry.open(workspace).ids()
    assert Registry.open(workspace).record(name).open.state == "submitted"


def second_window(ledger, typed):
    """Save, as another window of the same scientist does, the answers of the sections that are not typed here."""
    draft = drafts.load(ledger, "D-000001", PI)
    rest = {node.name for letter, nodes in sections().items() if letter not in typed for node in nodes}
    answers = {name: value for name, value in trial().items() if name in rest}
    content = {**draft.content, "protocol": draft.content["protocol"] | answers}
    drafts.save(ledger, draft.draft_id, PI, content, draft.revision)


def reviewed(page, url, workspace):
    act(page, url, "review?lang=en", REGISTRAR)
    page.locator("tbody a").first.click()
    page.get_by_label("Methods reviewers").fill(METHODS)
    page.get_by_label("Ethics reviewers").fill(ETHICS)
    page.get_by_label("Ethics reviewers").press("Tab")
    page.get_by_role("button", name="Assign reviewers").click()
    page.get_by_text("Votes are still to come: 0 of 2 are in.").wait_for()
    review(page, url, METHODS, comment="Say who counts the households.")
    review(page, url, ETHICS)
    act(page, url, "review?lang=en", REGISTRAR)
    page.locator("tbody a").first.click()
    page.locator(".zl-said", has_text="Say who counts the households.").wait_for()
    decide(page, "Approve", "approved")
    decide(page, "Register", "registered")
    (name,) = Registry.open(workspace).ids()
    assert Registry.open(workspace).record(name).current.version == "1.0"


def amended(page, url, workspace):
    (name,) = Registry.open(workspace).ids()
    outcome_data_arrive(Ledger.open(workspace))
    act(page, url, f"experiment?lang=en&id={name}", PI)
    page.get_by_role("button", name="Amend version 1.0").click()
    page.wait_for_url("**draft=**")
    page.locator(".zl-question").first.wait_for()
    robot = BrowserRobot(page, re.search(r"D-\d+", page.url)[0])
    robot.go("D")
    robot.set(("target_population", "en"), "Rice-growing households in the villages of the two zones as of the merger")
    page.get_by_text("A major version: 2.0.").wait_for()
    assert page.get_by_text("after the first outcome data came in").count()
    robot.pick(page.locator("[class*=about-reason_code]"), ["an unforeseen event"])
    robot.pick(page.locator("[class*=about-knowledge_of_results]"), ["nobody of the team has seen results"])
    robot.type(page.locator("[class*=about-justification]"), JUSTIFICATION)
    robot.settle()
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_role("button", name="Diagnose and submit").click()
    page.get_by_text("Assign one methods and one ethics reviewer").wait_for(timeout=120_000)
    record = Registry.open(workspace).record(name)
    assert (record.open.version, record.open.state) == ("2.0", "submitted")
    assert record.amendments[-1].detail["class"] == "major"
    page.goto(f"{url}/experiment?lang=en&id={name}&v=2.0&against=1.0")
    page.locator(".zl-diff ins", has_text="as of the merger").wait_for()


def outcome_data_arrive(ledger):
    """Settle a file with rows of the registered outcome, as the zone's upload does."""
    sent, _ = receive(
        ledger,
        sha256="a" * 64,
        file_name="season.csv",
        zone="deqing",
        contract="social_insure",
        wave="season",
        actor="zone.operator",
    )
    settle(ledger, sent.submission_id, status="accepted", rows_read=40, rows_accepted=40, rows_quarantined=0)
