"""A zone that delivers, its lead, a data steward, and a contract whose deliveries are reviewed."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from data import generations
from data.contracts import Contract
from data.lake import Lake
from data.ledger import Ledger
from quality.intake import submit
from quality.review import Desk, acts
from quality.review.releasing import build_release

CONTRACT = """
name: review_try
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: person
grain: one row per zone and person
source_kind: survey
review: required
key: [zone_id, person_id]
columns:
  - {name: zone_id, type: string, label: {en: Zone, zh: 试点区}, required: true, source: zone}
  - {name: person_id, type: string, label: {en: Person, zh: 编号}, required: true, sensitivity: direct}
  - name: score
    type: integer
    label: {en: Score, zh: 得分}
    minimum: 0
    maximum: 10
    missing_codes: {"-1": refused}
  - {name: remark, type: string, label: {en: Remark, zh: 备注}, sensitivity: sensitive}
"""
ACCESS = """
users:
  staff.one: {roles: [zone_operator], zones: [deqing]}
  lead.one: {roles: [zone_lead], zones: [deqing]}
  both.one: {roles: [zone_lead, data_steward], zones: [deqing]}
  steward.one: {roles: [data_steward], zones: "*"}
  steward.two: {roles: [data_steward, zone_operator], zones: "*"}
  operator.one: {roles: [operator], zones: "*"}
"""
FIRST = f"SUB-{datetime.now(UTC).year}-0001"
STEWARD, LEAD, STAFF = "steward.one", "lead.one", "staff.one"
REVIEWED = Contract.model_validate(yaml.safe_load(CONTRACT))
AUTO = REVIEWED.model_copy(update={"name": "auto_try", "review": "auto"})


class House:
    """One workspace with its desk: files are sent in, and what panels would show is read back."""

    def __init__(self, workspace, folder):
        (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
        self.workspace, self.folder = workspace, folder
        self.ledger = Ledger.open(workspace)
        self.lake = Lake(workspace, self.ledger)
        self.desk = Desk(workspace, self.ledger)

    def write(self, *lines, header="person_id,score,remark"):
        path = self.folder / f"file-{len(list(self.folder.glob('file-*')))}.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return path

    def send(self, *lines, contract=REVIEWED, actor=STAFF, **more):
        return submit(
            self.write(*lines), contract=contract, zone="deqing", actor=actor, workspace=self.workspace, **more
        ).submission_id

    def shown(self, as_of_seq=None, contract=REVIEWED):
        """Return what a pin taken now shows: score by person."""
        pin = self.lake.pin(as_of_seq)
        rows = self.lake.read(contract, pin.as_of_seq, pin.held).to_pylist()
        return {row["person_id"]: row["score"] for row in rows}

    def state(self, delivery):
        return self.desk.delivery(delivery).state

    def approved(self, *lines, **more):
        """Send a file and have it approved; return the delivery's id."""
        delivery = self.send(*lines, **more)
        acts.take_up(self.desk, delivery, actor=STEWARD)
        return acts.approve(self.desk, delivery, actor=STEWARD).id

    def publish(self):
        """Publish what a pin taken now shows, as a mart of one number."""
        pq.write_table(pa.table({"people": [len(self.shown())]}), self.folder / "mart.parquet")
        source = {"panel": self.folder / "mart.parquet"}
        return generations.publish(
            self.workspace, self.ledger, source=source, pin=self.lake.pin(), run_id="run", contracts={}
        )

    def release(self):
        self.publish()
        return build_release(self.workspace, self.ledger, actor="operator.one", run_id="run")

    def told(self):
        """Return everything that the ledger holds, as one text."""
        return "".join(str(event) for event in self.ledger.events())
