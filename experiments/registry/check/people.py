"""Team, money, independence, statements.

Belongs here: whether those who answer are named and free. Does not: what the platform lets them do (data.access).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from experiments.registry.check.problem import Case, ProtocolProblem, doubt, error
from experiments.registry.schema.governance import Attestation

STATEMENTS: tuple[str, ...] = get_args(Attestation.model_fields["text_id"].annotation)


def team(case: Case) -> Iterator[ProtocolProblem]:
    """Yield a team without a principal investigator, and a responsible party from outside it."""
    people = case.protocol.investigators
    if people and not any(person.role == "pi" for person in people):
        yield error("investigators", "Nobody has the role pi.", "团队中没有首席研究员（pi）。")
    party = case.protocol.responsible_party
    if people and party is not None and party.user not in {person.user for person in people}:
        yield doubt(
            "responsible_party",
            "The responsible party is not among the investigators.",
            "责任人不在研究团队名单中。",
        )


def independence(case: Case) -> Iterator[ProtocolProblem]:
    """Yield undeclared or unexplained dependence on those who deliver or pay."""
    protocol = case.protocol
    paid, agreement, agency = (
        protocol.remuneration_from_implementer,
        protocol.publication_agreement,
        protocol.implementing_agency,
    )
    if paid is not None and paid.received and paid.note is None:
        yield error("remuneration_from_implementer.note", "Say who is paid and for what.", "请说明何人因何事领取报酬。")
    if agreement is not None and agreement.kind == "review_period" and agreement.review_period_days is None:
        yield error("publication_agreement.review_period_days", "Say how many days.", "请写明天数。")
    if agreement is not None and agreement.kind == "restricted":
        yield doubt(
            "publication_agreement.kind",
            "Somebody can stop publication; reviewers will ask why.",
            "有人可以阻止发表；评审会询问原因。",
        )
    if agency is not None and agency.is_technology_vendor:
        yield doubt(
            "implementing_agency.is_technology_vendor",
            "The vendor delivers the intervention: say who else measures the outcomes.",
            "由供应商实施干预：请说明由哪一方另行测量结果。",
        )


def conflicts(case: Case) -> Iterator[ProtocolProblem]:
    """Yield conflicts of people who are not named in the protocol."""
    protocol = case.protocol
    known = {person.user for person in protocol.investigators}
    known |= {protocol.responsible_party.user} if protocol.responsible_party else set()
    for place, item in enumerate(protocol.conflicts.declared if protocol.conflicts else ()):
        if item.person not in known:
            yield error(
                f"conflicts.declared.{place}.person",
                f"{item.person} is not in the team; use the name that acts.",
                f"团队中没有 {item.person}；请使用其账户名。",
            )


def attestations(case: Case) -> Iterator[ProtocolProblem]:
    """Yield statements that are missing, or that somebody else than the responsible party made."""
    made = case.protocol.attestations
    party = case.protocol.responsible_party
    if not made or party is None or not case.reached("S"):
        return
    for place, item in enumerate(made):
        if item.person != party.user:
            yield error(
                f"attestations.{place}.person",
                f"Only the responsible party, {party.user}, can state this.",
                f"只能由责任人 {party.user} 声明。",
            )
    lacking = [name for name in STATEMENTS if name not in {item.text_id for item in made}]
    if lacking:
        names = ", ".join(lacking)
        yield error("attestations", f"Not yet stated: {names}.", f"尚未声明：{names}。")
