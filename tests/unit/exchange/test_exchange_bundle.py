"""The whole registry as a bundle: for those who keep or audit it; lists of units stay at home."""

import subprocess
import sys

import pytest
import yaml

from data.messages import NotPermitted
from experiments.registry.exchange.bundle import export_registry
from tests.unit.registry import registry_people as people


@pytest.fixture
def registry(workspace):
    made = people.open_registry(workspace)
    people.submitted(made)
    return made


def test_a_bundle_proves_itself_without_the_platform(registry, tmp_path):
    told = export_registry(registry, tmp_path / "bundle", reader="rea")
    assert told["head"]["seq"] == len(registry.ledger.events())
    script = next((tmp_path / "bundle").glob("verify*.py"))
    proof = subprocess.run(  # noqa: S603 - the script under test
        [sys.executable, script], cwd=tmp_path / "bundle", capture_output=True, text=True, check=False
    )
    assert proof.returncode == 0, proof.stdout + proof.stderr


def test_the_public_may_not_take_it(registry, tmp_path):
    with pytest.raises(NotPermitted, match="E-EXCH-04"):
        export_registry(registry, tmp_path / "bundle", reader=None)


def test_somebody_without_such_a_role_may_not_take_it(registry, workspace, tmp_path):
    users = {"users": {"zoe": {"roles": ["zone_operator"], "zones": "*"}, "aud": {"roles": ["auditor"], "zones": "*"}}}
    (workspace.home / "access.yml").write_text(yaml.safe_dump(users), encoding="utf-8")
    with pytest.raises(NotPermitted, match="E-EXCH-04"):
        export_registry(registry, tmp_path / "bundle", reader="zoe")
    assert export_registry(registry, tmp_path / "bundle", reader="aud")["documents"] >= 1
