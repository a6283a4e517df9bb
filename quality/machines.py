"""The life cycle of a data batch: one delivery of one zone, source, wave and instrument version.

Belongs here: its table (registry model, section 4.3) and what its guards demand. Does not: the engine (data.lifecycle), receiving
and judging a file (intake, judge), the registry's life cycles (experiments.registry.machines).
"""

from __future__ import annotations

from data.lifecycle import ABSENT, Machine, move
from data.messages import Text

DATA_BATCH = Machine(
    name="data_batch",
    title=Text(en="data batch", zh="数据批次"),
    states={
        "received": Text(en="received", zh="已接收"),
        "validating": Text(en="validating", zh="校验中"),
        "failed": Text(en="failed", zh="校验失败"),
        "validated": Text(en="validated", zh="校验通过"),
        "in_review": Text(en="in review", zh="审核中"),
        "has_issues": Text(en="has issues", zh="有问题"),
        "approved": Text(en="approved", zh="已批准"),
        "released": Text(en="released", zh="已发布"),
        "superseded": Text(en="superseded", zh="已被取代"),
        "retracted": Text(en="retracted", zh="已撤回"),
    },
    initial="received",
    terminal=frozenset({"failed", "superseded", "retracted"}),
    transitions=(
        move("upload", ABSENT, "received", "zone_operator", "of_the_zone bytes_kept", "Upload", "上传"),
        move("validate", "received", "validating", "system", "", "Validate", "校验"),
        move("fail", "validating", "failed", "system", "", "Fail", "校验失败"),
        move("pass", "validating", "validated", "system", "", "Pass", "校验通过"),
        move("take_up", "validated", "in_review", "data_steward", "not_of_the_zone", "Take up for review", "开始审核"),
        move(
            "raise_issues",
            "in_review",
            "has_issues",
            "data_steward",
            "not_of_the_zone issues_given",
            "Raise issues",
            "提出问题",
        ),
        move(
            "propose_correction",
            "has_issues",
            "",
            "zone_lead",
            "of_the_zone correction_complete",
            "Propose a correction",
            "提出更正",
        ),
        move(
            "accept_correction",
            "has_issues",
            "in_review",
            "data_steward",
            "not_of_the_zone other_person",
            "Accept the correction",
            "接受更正",
        ),
        move("approve", "in_review", "approved", "data_steward", "not_of_the_zone no_open_issue", "Approve", "批准"),
        move("release", "approved", "released", "system operator", "", "Release", "发布"),
        move("supersede", "released", "superseded", "system", "", "Supersede", "取代"),
        move(
            "retract",
            "approved released",
            "retracted",
            "data_steward",
            "consent_withdrawn new_version_forced",
            "Retract",
            "撤回",
        ),
    ),
)

DEMANDS: dict[str, Text] = {
    "of_the_zone": Text(en="Only somebody of the zone does this.", zh="仅限本试点区人员。"),
    "not_of_the_zone": Text(en="Nobody of the zone judges its own data.", zh="本试点区人员不得审核本区数据。"),
    "bytes_kept": Text(en="The bytes are kept as they came, under their hash.", zh="原始字节按哈希保存。"),
    "issues_given": Text(en="Each issue names row, column and reason.", zh="每个问题须写明行、列和理由。"),
    "correction_complete": Text(
        en="A correction names id, variable, old and new value, action and reason.",
        zh="更正须写明编号、变量、原值、新值、操作和理由。",
    ),
    "other_person": Text(en="Who accepts is not who proposed.", zh="接受人不得是提出人。"),
    "no_open_issue": Text(en="No issue is open.", zh="没有未解决的问题。"),
    "consent_withdrawn": Text(en="A withdrawal of consent calls for it.", zh="因撤回知情同意。"),
    "new_version_forced": Text(
        en="A new version of the data follows, and reports on the old one are marked stale.",
        zh="随后产生新数据版本，使用旧版本的报告标记为过期。",
    ),
}
"""What the guards demand; the acts on batches will judge them."""
