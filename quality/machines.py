"""The life cycle of a data batch: one delivery of one zone, source, wave and instrument version.

Belongs here: its table (registry model, section 4.3) and what its guards demand. Does not: the engine (data.lifecycle), the acts
and the functions of the guards (review, corrections), the registry's life cycles (experiments.registry.machines).
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
        "returned": Text(en="returned", zh="已退回"),
        "approved": Text(en="approved", zh="已批准"),
        "released": Text(en="released", zh="已发布"),
        "superseded": Text(en="superseded", zh="已被取代"),
        "retracted": Text(en="retracted", zh="已撤回"),
    },
    initial="received",
    terminal=frozenset({"failed", "returned", "superseded", "retracted"}),
    transitions=(
        move("upload", ABSENT, "received", "zone_operator", "of_the_zone bytes_kept", "Upload", "上传"),
        move("validate", "received", "validating", "system", "", "Validate", "校验"),
        move("fail", "validating", "failed", "system", "", "Fail", "校验失败"),
        move("pass", "validating", "validated", "system", "", "Pass", "校验通过"),
        move(
            "approve_by_policy",
            "validated",
            "approved",
            "system",
            "policy_is_auto",
            "Approve by the contract's policy",
            "按约定的策略自动批准",
        ),
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
            "in_review has_issues approved released",
            "",
            "zone_lead",
            "of_the_zone correction_complete expected_old",
            "Propose a correction",
            "提出更正",
        ),
        move(
            "accept_correction",
            "has_issues",
            "in_review",
            "data_steward",
            "not_of_the_zone other_person correction_open values_kept expected_old",
            "Accept the correction",
            "接受更正",
        ),
        move(
            "accept_correction",
            "in_review approved released",
            "",
            "data_steward",
            "not_of_the_zone other_person correction_open values_kept expected_old",
            "Accept the correction",
            "接受更正",
        ),
        move(
            "reject_correction",
            "in_review has_issues approved released",
            "",
            "data_steward",
            "not_of_the_zone other_person correction_open reason_given",
            "Reject the correction",
            "拒绝更正",
        ),
        move(
            "return_delivery",
            "in_review has_issues",
            "returned",
            "data_steward",
            "not_of_the_zone reason_given",
            "Return the whole delivery",
            "整批退回",
        ),
        move(
            "approve",
            "in_review",
            "approved",
            "data_steward",
            "not_of_the_zone no_open_issue no_conflict",
            "Approve",
            "批准",
        ),
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
    "not_of_the_zone": Text(
        en="Nobody of the zone, nor who sent or corrected it, judges its own data.",
        zh="本试点区人员以及提交或更正该批次的人员不得审核本区数据。",
    ),
    "bytes_kept": Text(
        en="The bytes are kept as they came, under their hash, unless they must not be kept.",
        zh="原始字节按哈希保存；不得保存者除外。",
    ),
    "policy_is_auto": Text(
        en="The contract says `review: auto`; otherwise a data steward approves.",
        zh="数据约定须为 review: auto；否则须由数据管理员批准。",
    ),
    "issues_given": Text(
        en="Each issue names a row of the file, a column of the contract and a reason of 3 to 200 characters without personal"
        " numbers.",
        zh="每个问题须写明文件中的行、数据约定中的列和理由（3 至 200 字，不含个人号码）。",
    ),
    "reason_given": Text(
        en="A reason of 3 to 200 characters without personal numbers is needed.",
        zh="需要说明理由（3 至 200 字，不含个人号码）。",
    ),
    "correction_complete": Text(
        en="A correction names a row of this delivery, a column outside the key, the old value, the action (replace, drop, okay)"
        " and a reason; replace also a new value that the contract allows.",
        zh="更正须写明本批次中的行、非主键列、原值、操作（replace、drop、okay）和理由；replace 还须有符合数据约定的新值。",
    ),
    "expected_old": Text(
        en="The value there must be the old value that the correction names; look at the row again and propose anew.",
        zh="该处的值须与更正所写的原值一致；请重新核对该行后另行提出。",
    ),
    "other_person": Text(en="Who decides is not who proposed.", zh="决定人不得是提出人。"),
    "correction_open": Text(en="A correction is decided once.", zh="每项更正只决定一次。"),
    "values_kept": Text(
        en="The values must be those that were proposed; after an erasure or a change propose anew.",
        zh="数值须与提出时一致；如已删除或改动，请另行提出。",
    ),
    "no_open_issue": Text(
        en="No issue is open: each needs an accepted correction of its cell (replace, drop or okay).",
        zh="不得有未解决的问题：每个问题须有针对该单元格且已接受的更正（replace、drop 或 okay）。",
    ),
    "no_conflict": Text(
        en="Its rows must not differ from what was approved meanwhile; return it, and have it sent as a correction with the"
        " reason.",
        zh="其数据行不得与此间已批准的内容不同；请退回，并以更正方式附理由重新提交。",
    ),
    "consent_withdrawn": Text(
        en="A withdrawal of consent calls for it: name its certificate or decision, without personal numbers.",
        zh="须因撤回知情同意：请写明证明或决定的编号，不含个人号码。",
    ),
    "new_version_forced": Text(
        en="A new version of the data follows, and reports on the old one are stale: name every release that holds the delivery.",
        zh="随后产生新数据版本，使用旧版本的报告即过期：请列出含有该批次的全部发布版本。",
    ),
}
"""What the guards demand; quality.review.guards says which function looks."""
