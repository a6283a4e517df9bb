"""The register form without a browser: every field of every example has a widget, and what is typed is what is stored."""

from __future__ import annotations

import pytest
import yaml

from apps.viewer.components.beginning import EXAMPLES
from apps.viewer.components.form.content import pruned
from apps.viewer.components.form.judge import judge
from data import drafts
from data.ledger import Ledger
from data.paths import Workspace
from experiments.registry.diff import diff
from experiments.registry.protocol import Protocol
from tests.unit.viewer.form_robot import Robot

pytestmark = pytest.mark.integration
SYSTEM = {"schema_version", "experiment_id", "version"}


def whole(document):
    """Return a document with every default written out, as the registry keeps it."""
    given = {name: value for name, value in document.items() if name not in SYSTEM}
    return Protocol.model_validate({"experiment_id": "SE-0000-0000", "schema_version": 2, **given})


SLOW = ("individual_rct", "stepped_wedge", "difference_in_differences", "interrupted_time_series")


@pytest.mark.parametrize("name", ["cluster_rct", *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_a_whole_protocol_can_be_typed_into_an_empty_form(tmp_path, visit, name):
    wanted = yaml.safe_load((EXAMPLES / f"{name}.yml").read_text(encoding="utf-8"))
    user = wanted["responsible_party"]["user"]
    run = visit(tmp_path, "register", user=user)
    run.button(key="start").click().run()
    Robot(run).fill({field: value for field, value in wanted.items() if field not in SYSTEM})
    (stored,) = drafts.list_of(Ledger.open(Workspace(tmp_path)), user)
    typed = stored.content["protocol"]
    assert [(change.path, change.old, change.new) for change in diff(whole(pruned(typed)), whole(wanted))] == []
    assert [item.message.en for item in judge(typed).problems if item.severity == "error"] == []
    assert judge(typed, stage="R").missing == frozenset()
