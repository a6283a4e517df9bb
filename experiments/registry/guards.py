"""The guards by name: what each demands, in words, and the function that looks.

Belongs here: the catalogue, and judging a case by the names that a transition lists. Does not: the functions (conditions_*),
which transition lists which guard (machines).
"""

from __future__ import annotations

from data.lifecycle import Transition
from data.messages import NotPermitted, Refused, Text
from experiments.registry import conditions_people as people
from experiments.registry import conditions_plan as plan
from experiments.registry import conditions_zone as zone
from experiments.registry.case import Case, Finds, Guard

ALWAYS = "one_side"
"""The guard of every act: separation of duty on one object."""


def _rule(number: int, finds: Finds, en: str, zh: str) -> Guard:
    return Guard(f"E-REG-{number}", "rule", Text(en=en, zh=zh), finds)


def _person(number: int, finds: Finds, en: str, zh: str) -> Guard:
    return Guard(f"E-REG-{number}", "permission", Text(en=en, zh=zh), finds)


GUARDS: dict[str, Guard] = {
    "one_side": _person(
        10,
        people.one_side,
        "Nobody acts on two sides of one experiment (team, methods, ethics, registrar).",
        "同一实验中任何人不得兼任两方（团队、方法评审、伦理评审、登记员）。",
    ),
    "on_team": _person(
        11, people.on_team, "Only somebody of the experiment's team does this.", "仅限该实验团队成员操作。"
    ),
    "not_on_team": _person(
        12, people.not_on_team, "Nobody of the experiment's team does this.", "该实验团队成员不得操作。"
    ),
    "not_reviewer": _person(
        13, people.not_reviewer, "A reviewer of the experiment does not do this.", "该实验的评审人不得操作。"
    ),
    "is_responsible_party": _person(
        14, people.is_responsible_party, "Only the responsible party does this.", "仅限负责人操作。"
    ),
    "both_sides_assigned": _rule(
        15,
        people.both_sides_assigned,
        "At least one reviewer of methods and one of ethics are needed.",
        "至少需要一名方法评审和一名伦理评审。",
    ),
    "reviewers_hold_roles": _rule(
        16,
        people.reviewers_hold_roles,
        "Each reviewer must hold the role of their side.",
        "每位评审人必须具有相应角色。",
    ),
    "reviewers_independent": _rule(
        17,
        people.reviewers_independent,
        "Reviewers are neither of the team nor registrars of the experiment; choose others.",
        "评审人不得是团队成员或该实验的登记员；请另选。",
    ),
    "reviewers_one_side": _rule(
        18,
        people.reviewers_one_side,
        "Nobody reviews both methods and ethics of one experiment.",
        "同一人不得兼任同一实验的方法评审与伦理评审。",
    ),
    "votes_missing": _rule(
        19, people.votes_missing, "Reviewers are replaced only while a vote is missing.", "仅在投票未齐时可更换评审人。"
    ),
    "voters_kept": _rule(
        20, people.voters_kept, "A reviewer who has voted cannot be taken off.", "已投票的评审人不能被撤换。"
    ),
    "assigned_to_methods": _person(
        21, people.assigned_to_methods, "Only the assigned methods reviewers vote.", "仅限被指派的方法评审投票。"
    ),
    "assigned_to_ethics": _person(
        22, people.assigned_to_ethics, "Only the assigned ethics reviewers vote.", "仅限被指派的伦理评审投票。"
    ),
    "not_voted": _rule(23, people.not_voted, "A vote is cast once, and stands.", "每人只能投票一次，投票后不可更改。"),
    "comments_given": _rule(
        24,
        people.comments_given,
        "A vote other than approval needs a comment with the field's path and a text; so does every comment.",
        "非批准票必须附意见，写明字段路径与内容。",
    ),
    "votes_in": _rule(
        25,
        people.votes_in,
        "Every assigned reviewer must have voted; silence approves nothing. Remind them, or replace who cannot.",
        "所有评审人必须完成投票；沉默不等于同意。请提醒或更换评审人。",
    ),
    "some_vote_against": _rule(
        26,
        people.some_vote_against,
        "Changes are requested when a reviewer voted for changes or against; otherwise approve it.",
        "有评审要求修改或反对时方可要求修改；否则请直接批准。",
    ),
    "rejected_by_votes": _rule(
        27,
        people.rejected_by_votes,
        "Rejecting needs two votes to reject, or that of ethics. Request changes instead.",
        "否决需要两票否决，或伦理评审否决。可改为要求修改。",
    ),
    "all_votes_for": _rule(
        28, people.all_votes_for, "Approving needs the approval of every reviewer.", "批准需要全部评审人同意。"
    ),
    "comments_answered": _rule(
        29, people.comments_answered, "Every comment must be answered first.", "须先回复全部意见。"
    ),
    "reviews_open": _rule(
        30,
        people.reviews_open,
        "Comments are answered when both sides have voted.",
        "双方均完成投票后方可回复意见。",
    ),
    "comment_known": _rule(
        31, people.comment_known, "The comment must be one of the version's.", "该意见须属于本版本。"
    ),
    "comment_unanswered": _rule(
        32,
        people.comment_unanswered,
        "A comment is answered once; the answer stands.",
        "每条意见只回复一次，回复不可更改。",
    ),
    "answer_given": _rule(33, people.answer_given, "The answer needs a text.", "回复不能为空。"),
    "valid_for_submission": _rule(
        40,
        plan.valid_for_submission,
        "Everything that submission needs must be filled in, without an error.",
        "提交所需内容须填写完整且无错误。",
    ),
    "valid_for_registration": _rule(
        41,
        plan.valid_for_registration,
        "Everything that registration needs must be filled in without an error; what the diagnosis warns of, mended or justified "
        "(diagnosis_note).",
        "注册所需内容须填写完整且无错误，诊断提示的问题须已改正或说明理由（diagnosis_note）。",
    ),
    "valid_for_launch": _rule(
        42,
        plan.valid_for_launch,
        "Everything that enrolment needs must be filled in, without an error.",
        "招募所需内容须填写完整且无错误。",
    ),
    "diagnosis_current": _rule(
        43,
        plan.diagnosis_current,
        "A diagnosis of this design must be on record: run `zonelab diagnose`.",
        "须有针对当前设计的诊断记录：请运行 zonelab diagnose。",
    ),
    "attested": _rule(
        44,
        plan.attested,
        "The responsible party must make every attestation (attestations).",
        "负责人必须作出全部声明（attestations）。",
    ),
    "ethics_current": _rule(
        45,
        plan.ethics_current,
        "A valid ethics decision is needed: record one under ethics.",
        "需要有效的伦理决定：请在 ethics 中登记。",
    ),
    "document_as_approved": _rule(
        46,
        plan.document_as_approved,
        "The text must be the one that was approved, to the byte.",
        "文本须与获批版本逐字节一致。",
    ),
    "change_is_minor": _rule(
        47,
        plan.change_is_minor,
        "Only a change that the platform classed as minor does without review; submit it for review.",
        "只有平台判定为次要的修改可免评审；请提交评审。",
    ),
    "withdrawal_asked": _rule(
        48, plan.withdrawal_asked, "An investigator must ask for the withdrawal first.", "须先由研究者申请撤回。"
    ),
    "no_zone_running": _rule(
        49,
        plan.no_zone_running,
        "The experiment may run in no zone: terminate it there first.",
        "实验不得仍在试点区进行：请先在该区终止。",
    ),
    "reason_given": _rule(50, plan.reason_given, "A reason is needed.", "需要说明理由。"),
    "reason_from_vocabulary": _rule(
        51, plan.reason_from_vocabulary, "A reason of the vocabulary is needed.", "需要使用规定的理由。"
    ),
    "own_part": _person(
        60,
        zone.own_part,
        "An investigator acts for their own experiment, a zone lead for their own zone, an ethics reviewer for neither.",
        "研究者只对自己的实验操作，试点区负责人只对本区操作，伦理评审须与实验无关。",
    ),
    "recruiting_asked_by_other": _rule(
        61,
        zone.recruiting_asked_by_other,
        "The zone's lead asks first, and another person confirms.",
        "须先由试点区负责人申请，再由另一人确认。",
    ),
    "version_registered": _rule(
        62, zone.version_registered, "The current version must stand as registered.", "当前版本必须处于已注册状态。"
    ),
    "zone_approved": _rule(
        63,
        zone.zone_approved,
        "The zone's approval is needed (zones.zone_approval_state).",
        "需要试点区批准（zones.zone_approval_state）。",
    ),
    "zone_ethics_current": _rule(
        64,
        zone.zone_ethics_current,
        "An ethics decision that covers this zone and has not expired is needed.",
        "需要覆盖本试点区且未过期的伦理决定。",
    ),
    "assignment_committed": _rule(
        65,
        zone.assignment_committed,
        "The assignment must be committed first: run `zonelab assign`.",
        "须先承诺随机分配：请运行 zonelab assign。",
    ),
    "instruments_published": _rule(
        66,
        zone.instruments_published,
        "Every instrument must be published with its hash.",
        "每个工具必须发布并带哈希。",
    ),
    "consent_form_active": _rule(
        67,
        zone.consent_form_active,
        "A consent form with its hash is needed (consent_plan.form_sha256).",
        "需要带哈希的知情同意书（consent_plan.form_sha256）。",
    ),
    "cause_given": _rule(68, zone.cause_given, "A cause of the vocabulary is needed.", "需要使用规定的原因。"),
    "why_stopped_given": _rule(
        69, zone.why_stopped_given, "A reason of the vocabulary is needed (why_stopped).", "需要使用规定的停止理由。"
    ),
    "was_recruiting": _rule(
        70,
        zone.was_recruiting,
        "It goes back to where it was: it resumes recruiting only if it was recruiting.",
        "恢复到暂停前的状态：暂停前在招募方可恢复招募。",
    ),
    "was_active": _rule(71, zone.was_active, "It must have been running before.", "暂停前须在进行中。"),
    "cause_cleared": _rule(
        72,
        zone.cause_cleared,
        "After a suspension for ethics or harm, an ethics reviewer lets it go on.",
        "因伦理或伤害暂停后，须由伦理评审恢复。",
    ),
    "last_wave_closed": _rule(73, zone.last_wave_closed, "The last wave must be over.", "最后一波必须结束。"),
    "no_batch_unreviewed": _rule(
        74, zone.no_batch_unreviewed, "No delivery may be without a verdict.", "不得有未处理的数据批次。"
    ),
    "nobody_enrolled": _rule(
        75, zone.nobody_enrolled, "A zone is withdrawn only before anybody is enrolled.", "仅在无人入组时可撤回试点区。"
    ),
}
"""Name → guard, for the machines whose acts are in this room (protocol version, operational status)."""


def refusal_of(transition: Transition, case: Case) -> Refused | NotPermitted | None:
    """Return the refusal of a transition's guards, every unmet one told at once; None when all hold.

    The code is that of the first unmet guard; a matter of person comes before a matter of rule, and then nothing else is told.
    """
    unmet = [(guard, found) for name in (ALWAYS, *transition.guards) if (found := (guard := GUARDS[name]).finds(case))]
    persons = [item for item in unmet if item[0].kind == "permission"]
    told = persons or unmet
    if not told:
        return None
    text = Text(
        en=f"{transition.label.en}: " + " ".join(f"{g.rule.en} {found.en}".strip() for g, found in told),
        zh=f"{transition.label.zh}：" + "".join(f"{g.rule.zh}{found.zh}" for g, found in told),
    )
    return (NotPermitted if persons else Refused)(told[0][0].code, text)
