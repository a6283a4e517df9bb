"""Runs proposals and decisions of a correction that kill themselves: a process of its own, started by test_kill_correct.py.

Every attempt is a fork that dies at one step (a sync, a rename, a statement, a commit), as in kill_append_driver; then the
same act is done again in peace, and what the workspace holds is reported.
"""

import json
import shutil
import signal
import sys
from pathlib import Path

import pandas as pd  # pyarrow would import it in every fork
import yaml

from data.contracts import Contract
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.verify import verify_workspace
from quality.corrections import Item, acts
from quality.intake import submit
from quality.review import Desk
from quality.review import acts as review
from quality.review.performing import perform
from tests.integration.kill_append_driver import in_child, killed_at

assert pd.__name__ == "pandas"
CONTRACT = Contract.model_validate(
    yaml.safe_load(
        """
name: kill_correct
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: person
grain: one row per person
source_kind: survey
review: required
key: [zone_id, person_id]
columns:
  - {name: zone_id, type: string, label: {en: Zone, zh: 试点区}, required: true, source: zone}
  - {name: person_id, type: string, label: {en: Person, zh: 编号}, required: true}
  - {name: score, type: integer, label: {en: Score, zh: 得分}}
"""
    )
)
ITEMS = [Item(2, "score", "1", "7", "replace", "misread"), Item(3, "score", "2", "", "drop", "twice")]


def desk_at(home):
    return Desk.open(Workspace(home))


def propose(home):
    """Propose, unless a proposal is on record: what a person who saw a crash does."""
    desk = desk_at(home)
    if not desk.corrections():
        acts.propose(desk, desk.deliveries()[0].id, ITEMS, actor="lead")


def accept(home):
    desk = desk_at(home)
    (known,) = desk.corrections()
    if known.state == "proposed":
        acts.accept(desk, known.correction_id, actor="steward")


def prepare(home, act):
    def first():
        workspace = Workspace(home).create()
        path = home / "a.csv"
        path.write_text("person_id,score\n01,1\n02,2\n03,3\n", encoding="utf-8")
        sent = submit(path, contract=CONTRACT, zone="deqing", actor="staff", workspace=workspace).submission_id
        review.take_up(Desk.open(workspace), sent, actor="steward")
        review.approve(Desk.open(workspace), sent, actor="steward")
        if act is accept:
            propose(home)

    assert in_child(first) == 0


def state(home):
    """Return what pins show, what lies in the lake, which corrections there are, and what a verification finds."""
    workspace = Workspace(home)
    ledger = Ledger.open(workspace)
    lake = Lake(workspace, ledger)
    lake.recover()
    shown = lake.read(CONTRACT, held=lake.pin().held).to_pylist()
    return {
        "shown": sorted((row["person_id"], row["score"]) for row in shown),
        "corrections": [(item.correction_id, item.state) for item in Desk.open(workspace).corrections()],
        "problems": [told.where for told in verify_workspace(workspace, ledger)],
    }


def written(home, at):
    """Return the state after an attempt: right after the crash, then after the act was done again and decided."""
    (home / f"state-{at}.json").write_text(json.dumps(state(home)))


def attempt(home, at, act):
    ended = killed_at(at, lambda: act(home))
    after = in_child(lambda: written(home, "crash"))

    def peace():
        propose(home)
        accept(home)
        written(home, "end")

    retry = in_child(peace)
    found = {name: json.loads((home / f"state-{name}.json").read_text()) for name in ("crash", "end")}
    return {"at": at, "killed": ended == signal.SIGKILL, "retry": retry + after, **found}


def recorded_first():
    """Record the acceptance before its rows are in the lake: a crash in between loses the correction."""

    def accept_first(desk, correction_id, *, actor):
        delivery = desk.correction(correction_id).delivery

        def write(done):
            done.event("correction_accepted", {"correction": correction_id})

        bring = acts._as_of(desk, correction_id, desk.lake.closed_seq())
        rows = bring(desk.delivery(delivery))["judgement"].rows
        perform(desk, delivery, "accept_correction", write, actor=actor, bring=bring)
        desk.lake.append(CONTRACT, rows, submission_id=correction_id, run_id="run")
        return desk.correction(correction_id)

    acts.accept = accept_first


def main(order):
    """Read the order (JSON), run its attempts, print one JSON document."""
    folder, act = Path(order["folder"]), {"propose": propose, "accept": accept}[order["act"]]
    template = folder / "template"
    template.mkdir()
    prepare(template, act)
    if order["fault"]:
        recorded_first()
    steps_file, counted = folder / "steps.json", folder / "counted"
    shutil.copytree(template, counted)
    assert killed_at(0, lambda: act(counted), steps_file) == 0
    steps = json.loads(steps_file.read_text())
    attempts = []
    for at in [0, *range(1, len(steps) + 1, order["stride"])]:
        home = folder / f"at-{at}"
        shutil.copytree(template, home)
        attempts.append(attempt(home, at, act))
    sys.stdout.write(json.dumps({"steps": steps, "attempts": attempts}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
