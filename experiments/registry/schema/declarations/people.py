"""Section 3.2 of the registry's model, the fields: people, organisations, independence, zones.

Belongs here: these declarations. Does not: the parts they hold (schema.people), whether they fit together (check).
"""

from __future__ import annotations

from typing import Annotated

from experiments.registry.schema.meta import Facts, Part, both
from experiments.registry.schema.people import (
    Agency,
    Conflicts,
    Investigator,
    Organisation,
    Person,
    PublicationAgreement,
    Remuneration,
    ZoneRole,
)


class People(Part):
    """People, organisations, independence, zones."""

    responsible_party: Annotated[
        Person | None,
        Facts(
            "A",
            "D",
            "major",
            label=both("Responsible party", "责任人"),
            guidance=both(
                "The one person who answers for the plan and its conduct; only this person submits.",
                "对方案及其实施负责的唯一一人；仅此人可提交。",
            ),
            example=both("A principal investigator with an account on the platform", "在平台有账户的首席研究员"),
            judged=both(
                "The person can decide about the study and is independent enough to report any result.",
                "有权就研究作出决定，并能独立报告任何结果。",
            ),
        ),
    ] = None
    investigators: Annotated[
        tuple[Investigator, ...],
        Facts(
            "A",
            "D",
            "major",
            label=both("Investigators", "研究团队"),
            guidance=both(
                "Everyone who plans, runs or analyses the study, with role, affiliation and ORCID.",
                "参与设计、实施或分析的全部人员，写明角色、单位与 ORCID。",
            ),
            example=both(
                "pi: demo.investigator; analyst: demo.analyst", "pi: demo.investigator; analyst: demo.analyst"
            ),
            judged=both(
                "There is a principal investigator, and somebody who can do the analysis.",
                "有首席研究员，并有人能完成分析。",
            ),
        ),
    ] = ()
    sponsor: Annotated[
        Organisation | None,
        Facts(
            "A",
            "S",
            "major",
            label=both("Sponsor", "主办单位"),
            guidance=both(
                "The organisation that starts the study and takes responsibility for it.", "发起研究并承担责任的单位。"
            ),
            example=both("A university of the zone (research_institution)", "试点区内一所大学（research_institution）"),
            judged=both("It is a legal body that can be held to the plan.", "是能够对方案负责的法人。"),
        ),
    ] = None
    funders: Annotated[
        tuple[Organisation, ...],
        Facts(
            "A",
            "S",
            "major",
            label=both("Funders", "资助方"),
            guidance=both(
                "Every organisation that pays, with its kind and the award number.", "每个出资单位及其类型与项目编号。"
            ),
            example=both(
                "A national science fund (government), award 0000", "某国家科学基金（government），项目号 0000"
            ),
            judged=both(
                "Vendors of the technology that pay are named as such, also under conflicts.",
                "出资的技术供应商须写明，并在利益冲突中列出。",
            ),
        ),
    ] = ()
    implementing_agency: Annotated[
        Agency | None,
        Facts(
            "A",
            "S",
            "major",
            label=both("Implementing agency", "实施单位"),
            guidance=both(
                "Who delivers the intervention, and whether that is the technology's vendor.",
                "由谁实施干预，是否为技术供应商。",
            ),
            example=both("Health bureaus of the zones, not the vendor", "各试点区卫生部门，非供应商"),
            judged=both(
                "If the vendor delivers, somebody else measures the outcomes.", "若由供应商实施，则结果由他方测量。"
            ),
        ),
    ] = None
    remuneration_from_implementer: Annotated[
        Remuneration | None,
        Facts(
            "A",
            "S",
            "major",
            label=both("Paid by the implementer", "来自实施单位的报酬"),
            guidance=both(
                "Whether anybody of the team is paid by whoever delivers the intervention, and for what.",
                "团队中是否有人从实施单位领取报酬，所为何事。",
            ),
            example=both("received: false", "received: false"),
            judged=both(
                "A payment is explained and balanced by an independent analyst.",
                "如有报酬，须说明并由独立分析人员制衡。",
            ),
        ),
    ] = None
    publication_agreement: Annotated[
        PublicationAgreement | None,
        Facts(
            "K",
            "S",
            "major",
            "t2",
            label=both("Agreement on publication", "发表约定"),
            guidance=both(
                "Whether anybody may review, delay or stop publication.", "是否有人可以审阅、推迟或阻止发表。"
            ),
            example=both("unrestricted", "unrestricted"),
            judged=both(
                "Nobody but the disclosure check can stop a result; a review period has an end.",
                "除披露检查外无人可阻止发表；审阅期有期限。",
            ),
        ),
    ] = None
    conflicts: Annotated[
        Conflicts | None,
        Facts(
            "A",
            "S",
            "minor",
            label=both("Conflicts of interest", "利益冲突"),
            guidance=both(
                "Every conflict of every team member; an empty list states that there is none.",
                "每名成员的每项冲突；空列表即声明没有。",
            ),
            example=both("declared: []", "declared: []"),
            judged=both(
                "The list agrees with funders and implementer, and each conflict has a remedy.",
                "与资助方、实施单位相符，每项冲突有应对办法。",
            ),
        ),
    ] = None
    zones: Annotated[
        tuple[ZoneRole, ...],
        Facts(
            "D",
            "S",
            "major",
            label=both("Pilot zones", "试点区"),
            guidance=both(
                "Each zone that takes part, as treatment, control or mixed, with the planned number of units.",
                "每个参与的试点区及其角色（处理、对照或混合）与计划单位数。",
            ),
            example=both("hefei: mixed, 240", "hefei: mixed, 240"),
            judged=both(
                "Each zone can carry its share, and no conclusion rests on one zone's self-selection.",
                "各区能承担其份额，结论不依赖个别试点区的自选。",
            ),
        ),
    ] = ()
