"""The scene of a correction for kill_harness: three rows are approved; two cells are corrected by two people, and killed."""

import json
import sqlite3
import warnings
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
from quality.review import Desk, performing
from quality.review import acts as review
from tests.integration.kill_submit_scene import read_here

assert pd.__name__ == "pandas"
warnings.filterwarnings("ignore", category=DeprecationWarning)  # forking while a library has threads
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
BEFORE, AFTER = [("01", 1), ("02", 2), ("03", 3)], [("01", 7), ("03", 3)]


def desk_at(home):
    return Desk.open(Workspace(Path(home)))


def prepare(home):
    read_here()
    workspace, path = Workspace(home).create(), home / "a.csv"
    path.write_text("person_id,score\n01,1\n02,2\n03,3\n", encoding="utf-8")
    sent = submit(path, contract=CONTRACT, zone="deqing", actor="staff", workspace=workspace).submission_id
    review.take_up(desk_at(home), sent, actor="steward")
    review.approve(desk_at(home), sent, actor="steward")


def act(home):
    """Propose unless a proposal is on record, accept unless it is decided: what people who saw a crash do."""
    desk = desk_at(home)
    if not desk.corrections():
        acts.propose(desk, desk.deliveries()[0].id, ITEMS, actor="lead")
    (known,) = desk.corrections()
    if known.state == "proposed":
        acts.accept(desk, known.correction_id, actor="steward")


def crashed(home):
    """Half a correction must not be seen: panels show what stood until the acceptance is on record, then all of it."""
    events = sqlite3.connect(home / "catalog.db").execute("select kind from events").fetchall()
    workspace = Workspace(home)
    lake = Lake(workspace, Ledger.open(workspace))
    lake.recover()
    rows = lake.read(CONTRACT, held=lake.pin().held).to_pylist()
    shown = sorted((row["person_id"], row["score"]) for row in rows)
    wanted = AFTER if ("correction_accepted",) in events else BEFORE
    return [] if shown == wanted else [f"after the crash panels show {shown}"]


def peace(home):
    act(home)
    workspace = Workspace(Path(home))
    assert crashed(Path(home)) == []
    told = verify_workspace(workspace, Ledger.open(workspace))
    assert told == [], json.dumps([problem.where for problem in told])


# Planted faults: each breaks one promise of a correction. Without a kill all of them go unnoticed.


def accepted_before_its_rows_are_in():
    real = acts._applied

    def applied(desk, correction_id, actor):
        bring = acts._as_of(desk, correction_id, desk.lake.closed_seq())
        delivery = desk.correction(correction_id).delivery

        def write(done):
            done.event("correction_accepted", {"correction": correction_id})

        rows = bring(desk.delivery(delivery))["judgement"].rows
        performing.perform(desk, delivery, "accept_correction", write, actor=actor, bring=bring)
        desk.lake.append(CONTRACT, rows, submission_id=correction_id, run_id="run")

    assert real is not applied
    acts._applied, accepted = applied, acts.perform

    def once(desk, delivery, action, write, *, actor, bring):
        return accepted(desk, delivery, action, write, actor=actor, bring=bring) if bring else desk.delivery(delivery)

    acts.perform = once


def values_kept_after_the_record():
    real, waiting = acts.keep_values, []

    def digest_only(workspace, correction_id, items, keys):
        told = real(workspace, correction_id, items, keys)
        path = workspace.correction_values(correction_id)
        waiting[:] = [(path, path.read_bytes())]
        path.unlink()
        return told

    acts.keep_values, proposed = digest_only, acts.propose

    def propose(*arguments, **named):
        done = proposed(*arguments, **named)
        path, content = waiting.pop()
        with path.open("wb", buffering=0) as stream:  # in pieces: a window that a stride cannot pass over
            for place in range(0, len(content), 128):
                stream.write(content[place : place + 128])
        return done

    acts.propose = propose


FAULTS = {function.__name__: function for function in (accepted_before_its_rows_are_in, values_kept_after_the_record)}
