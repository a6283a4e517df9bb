"""A small protocol, a registry that finds it complete, and the people around it: for tests of the registry's rules."""

from experiments.registry import acts
from experiments.registry.checks import Checks
from experiments.registry.protocol import Protocol
from experiments.registry.store import Registry

PI, LEAD, METHODS, ETHICS, REGISTRAR = "pi", "lead", "mia", "eva", "rea"
STATEMENTS = ("accurate", "no_undeclared_conflict", "will_report_all", "lawful_basis")
SHA = "a" * 64


def make_protocol(**changes):
    """Return a protocol whose responsible party is `pi`, in zone deqing led by `lead`, with ethics until 2099."""
    content = {
        "experiment_id": "SE-0000-0000",
        "title_brief": {"en": "Triage"},
        "study_type": "interventional",
        "allocation": "randomised",
        "responsible_party": {"user": PI, "name": {"en": "P"}},
        "investigators": [
            {"user": PI, "name": {"en": "P"}, "role": "pi"},
            {"user": "co", "name": {"en": "C"}, "role": "co_pi"},
        ],
        "zones": [
            {
                "zone_id": "deqing",
                "role": "mixed",
                "zone_approval_state": "approved",
                "local_lead": {"user": LEAD, "name": {"en": "L"}},
            }
        ],
        "ethics": [
            {
                "id": "e1",
                "board": "B",
                "number": "1",
                "decision": "approved",
                "date": "2026-01-01",
                "expires_on": "2099-12-31",
                "zones": ["deqing"],
            }
        ],
        "attestations": [{"text_id": text, "person": PI, "at": "2026-01-01"} for text in STATEMENTS],
        "consent_plan": {
            "mode": "written",
            "form_version": "1",
            "form_sha256": SHA,
            "scopes": ["participation"],
            "languages": ["zh"],
            "minors_rule": {"en": "None"},
            "withdrawal_policy": "stop_future",
        },
    }
    return Protocol.model_validate(content | changes)


def open_registry(workspace):
    """Return a registry for which every protocol is complete and its English title is its design."""
    return Registry.open(
        workspace,
        Checks(lambda _protocol, _stage: [], lambda protocol: protocol.title_brief.en, lambda _protocol, _document: []),
    )


def diagnosed(registry, experiment_id):
    """Put a diagnosis of the newest text on record."""
    design = registry.checks.design_hash(registry.record(experiment_id).latest.protocol)
    acts.record_diagnosis(
        registry, experiment_id, diagnosis={"power": "0.9", "sims": 1000}, design_hash=design, actor=PI
    )


def submitted(registry, **changes):
    """Return the id of an experiment that was submitted."""
    name = acts.draft(registry, make_protocol(**changes), actor=PI)
    diagnosed(registry, name)
    acts.submit(registry, name, actor=PI)
    return name


def in_review(registry, **changes):
    """Return the id of an experiment whose two reviewers are assigned."""
    name = submitted(registry, **changes)
    acts.assign_reviewers(registry, name, methods=[METHODS], ethics=[ETHICS], actor=REGISTRAR)
    return name


def voted(registry, methods="approve", ethics="approve", /, **changes):
    """Return the id of an experiment whose votes are in, with a comment for each vote against."""
    name = in_review(registry, **changes)
    for side, user, vote in (("methods", METHODS, methods), ("ethics", ETHICS, ethics)):
        comments = [] if vote == "approve" else [{"path": "title_brief.en", "text": "why?"}]
        acts.vote(registry, name, side=side, vote=vote, comments=comments, actor=user)
    return name


def registered(registry, **changes):
    """Return the id of an experiment whose version 1.0 is registered."""
    name = voted(registry, **changes)
    acts.approve(registry, name, actor=REGISTRAR)
    acts.register(registry, name, actor=REGISTRAR)
    return name
