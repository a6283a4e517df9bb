"""What the registered plan declares of question, safeguards, money, interests: the parts of a report that no data answer.

Belongs here: the plan's fields in the shape of the results. Does not: names of persons, which stay in the registry.
"""

from __future__ import annotations

from typing import Any

from experiments.accounts.shapes import Label
from experiments.accounts.shapes_judged import Conflict, Declared, EthicsDecision, Money
from experiments.registry.protocol import Protocol
from experiments.registry.schema.people import Agency, Organisation

RANDOMISED = "randomised"


def declared_of(protocol: Protocol, *, drawn: bool) -> Declared:
    """Return what a plan declares.

    Parameters
    ----------
    drawn
        Whether the assignment was drawn from a seed committed before; the sequence was then concealed until it was revealed.
    """
    return Declared(**_question(protocol, drawn=drawn), **_safeguards(protocol), **_money(protocol))


def _label(text: Any) -> Label | None:  # noqa: ANN401 - Words or None
    return Label.of(text) if text else None


def _question(protocol: Protocol, *, drawn: bool) -> dict[str, Any]:
    theory = protocol.theory_of_change
    nodes = theory.nodes if theory else ()
    dates = protocol.dates
    return {
        "abstract": _label(protocol.abstract),
        "prior_work": tuple(f"{item.relation} {item.ref}".strip() for item in protocol.prior_work),
        "theory": tuple(Label.of(node.label) for node in nodes if node.kind != "assumption"),
        "assumptions": tuple(Label.of(node.label) for node in nodes if node.kind == "assumption"),
        "population": _label(protocol.target_population),
        "sampling": protocol.sampling_method.method if protocol.sampling_method else None,
        "masking": tuple(protocol.masking),
        "concealed": drawn and protocol.allocation == RANDOMISED,
        "dates": {name: value["date"] for name, value in dates.model_dump().items() if value} if dates else {},
    }


def _safeguards(protocol: Protocol) -> dict[str, Any]:
    consent, protection, screening = protocol.consent_plan, protocol.data_protection, protocol.screening
    groups = screening.special_groups if screening else ()
    return {
        "ethics": tuple(
            EthicsDecision(**item.model_dump(exclude={"zones", "document_sha256"}), zones=len(item.zones))
            for item in protocol.ethics
        ),
        "consent": consent.model_dump(mode="json", exclude={"form_sha256"}) if consent else None,
        "protection": _protection(protection.model_dump(mode="json")) if protection else None,
        "risks": tuple(item.model_dump(mode="json", exclude={"owner"}) for item in protocol.risk_register),
        "screening_tier": screening.risk_tier if screening else None,
        "alternatives": {item.group: Label.of(item.alternative_offered) for item in groups if item.alternative_offered},
    }


def _protection(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: found[name] for name in ("sensitive_categories", "retention_until", "cross_border", "minimisation_note")
    }


def _money(protocol: Protocol) -> dict[str, Any]:
    sharing, agency = protocol.dissemination, protocol.implementing_agency
    conflicts, paid = protocol.conflicts, protocol.remuneration_from_implementer
    return {
        "sponsor": _payer("sponsor", protocol.sponsor),
        "funders": tuple(_payer(f"funder-{n}", item) for n, item in enumerate(protocol.funders, start=1)),
        "implementer": _payer("implementer", agency),
        "implementer_sells": agency.is_technology_vendor if agency else None,
        "remunerated": paid.received if paid else None,
        "publication": protocol.publication_agreement.kind if protocol.publication_agreement else None,
        "conflicts": _conflicts(protocol) if conflicts else None,
        "data_access": sharing.data_access if sharing else None,
        "code_access": sharing.code_access if sharing else None,
        "results_due": sharing.results_due if sharing else None,
    }


def _payer(name: str, found: Organisation | Agency | None) -> Money | None:
    if found is None:
        return None
    return Money(id=name, org=found.org, type=found.type, award_no=getattr(found, "award_no", None))


def _conflicts(protocol: Protocol) -> tuple[Conflict, ...]:
    declared = protocol.conflicts.declared if protocol.conflicts else ()
    return tuple(
        Conflict(id=f"conflict-{n}", kind=item.kind, entity=item.entity) for n, item in enumerate(declared, start=1)
    )
