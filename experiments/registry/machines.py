"""The life cycles of the registry as tables: protocol version, operational status, analysis run, report.

Belongs here: states, actions, roles and the names of guards (registry model, section 4). Does not: what a guard looks at
(guards), the engine (data.lifecycle), the data batch (quality.machines). LIFECYCLE.md is generated from these tables.
"""

from __future__ import annotations

from data.access import Role
from data.lifecycle import ABSENT, Machine, Transition
from data.messages import Text


def _move(action: str, sources: str, target: str, roles: str, guards: str, en: str, zh: str) -> Transition:
    """Return a transition from names separated by blanks; an empty target leaves the state as it is."""
    held: list[Role] = roles.split()  # type: ignore[assignment] # checked against the vocabulary by the table's test
    return Transition(
        action, frozenset(sources.split()), target, frozenset(held), tuple(guards.split()), Text(en=en, zh=zh)
    )


PROTOCOL_VERSION = Machine(
    name="protocol_version",
    title=Text(en="protocol version", zh="方案版本"),
    states={
        "draft": Text(en="draft", zh="草稿"),
        "submitted": Text(en="submitted", zh="已提交"),
        "in_review": Text(en="in review", zh="评审中"),
        "changes_requested": Text(en="changes requested", zh="要求修改"),
        "rejected": Text(en="rejected", zh="已否决"),
        "approved": Text(en="approved", zh="已批准"),
        "registered": Text(en="registered", zh="已注册"),
        "superseded": Text(en="superseded", zh="已被取代"),
        "withdrawn": Text(en="withdrawn", zh="已撤回"),
    },
    initial="draft",
    terminal=frozenset({"rejected", "superseded", "withdrawn"}),
    transitions=(
        _move("draft", f"{ABSENT} draft", "draft", "investigator system", "on_team", "Save a draft", "保存草稿"),
        _move("revise", "changes_requested", "", "investigator", "on_team", "Save a revision", "保存修改稿"),
        _move(
            "submit",
            "draft changes_requested",
            "submitted",
            "investigator",
            "on_team is_responsible_party valid_for_submission diagnosis_current attested comments_answered",
            "Submit",
            "提交",
        ),
        _move(
            "answer_comment",
            "in_review changes_requested",
            "",
            "investigator",
            "on_team reviews_open comment_known comment_unanswered answer_given",
            "Answer a comment",
            "回复意见",
        ),
        _move(
            "assign_reviewers",
            "submitted",
            "in_review",
            "registrar",
            "not_on_team both_sides_assigned reviewers_hold_roles reviewers_independent reviewers_one_side",
            "Assign reviewers",
            "指派评审",
        ),
        _move(
            "replace_reviewers",
            "in_review",
            "",
            "registrar",
            "not_on_team votes_missing voters_kept both_sides_assigned reviewers_hold_roles reviewers_independent "
            "reviewers_one_side",
            "Replace reviewers",
            "更换评审",
        ),
        _move(
            "vote_methods",
            "in_review",
            "",
            "methods_reviewer",
            "assigned_to_methods not_voted not_on_team comments_given",
            "Vote on methods",
            "方法评审投票",
        ),
        _move(
            "vote_ethics",
            "in_review",
            "",
            "ethics_reviewer",
            "assigned_to_ethics not_voted not_on_team comments_given",
            "Vote on ethics",
            "伦理评审投票",
        ),
        _move(
            "request_changes",
            "in_review",
            "changes_requested",
            "registrar",
            "not_on_team not_reviewer votes_in some_vote_against",
            "Request changes",
            "要求修改",
        ),
        _move(
            "reject",
            "in_review",
            "rejected",
            "registrar",
            "not_on_team not_reviewer votes_in rejected_by_votes reason_given",
            "Reject",
            "否决",
        ),
        _move(
            "approve",
            "in_review",
            "approved",
            "registrar",
            "not_on_team not_reviewer votes_in all_votes_for ethics_current",
            "Approve",
            "批准",
        ),
        _move(
            "register",
            "approved",
            "registered",
            "registrar",
            "not_on_team not_reviewer valid_for_registration document_as_approved ethics_current",
            "Register",
            "注册",
        ),
        _move(
            "register_minor",
            "draft",
            "registered",
            "investigator system",
            "is_responsible_party_or_system change_is_minor valid_for_registration",
            "Register a minor change",
            "注册次要修改",
        ),
        _move("supersede", "registered", "superseded", "system", "", "Supersede", "取代"),
        _move(
            "ask_withdrawal",
            "registered",
            "",
            "investigator",
            "on_team reason_from_vocabulary",
            "Ask for withdrawal",
            "申请撤回",
        ),
        _move(
            "withdraw",
            "registered",
            "withdrawn",
            "registrar",
            "not_on_team withdrawal_asked no_zone_running",
            "Accept the withdrawal",
            "同意撤回",
        ),
    ),
)

OPERATIONAL = Machine(
    name="operational",
    title=Text(en="experiment in a zone", zh="试点区内的实验"),
    states={
        "not_yet_recruiting": Text(en="not yet recruiting", zh="尚未招募"),
        "recruiting": Text(en="recruiting", zh="招募中"),
        "active_not_recruiting": Text(en="active, not recruiting", zh="进行中（停止招募）"),
        "suspended": Text(en="suspended", zh="已暂停"),
        "completed": Text(en="completed", zh="已完成"),
        "terminated": Text(en="terminated", zh="已终止"),
        "withdrawn": Text(en="withdrawn", zh="已撤回"),
    },
    initial="not_yet_recruiting",
    terminal=frozenset({"completed", "terminated", "withdrawn"}),
    transitions=(
        _move(
            "ask_recruiting",
            "not_yet_recruiting",
            "",
            "zone_lead",
            "own_part",
            "Ask to start recruiting",
            "申请开始招募",
        ),
        _move(
            "start_recruiting",
            "not_yet_recruiting",
            "recruiting",
            "investigator",
            "own_part recruiting_asked_by_other version_registered zone_approved zone_ethics_current assignment_committed "
            "instruments_published consent_form_active valid_for_launch",
            "Confirm the start of recruiting",
            "确认开始招募",
        ),
        _move(
            "stop_recruiting",
            "recruiting",
            "active_not_recruiting",
            "investigator zone_lead",
            "own_part",
            "Stop recruiting",
            "停止招募",
        ),
        _move(
            "suspend",
            "recruiting active_not_recruiting",
            "suspended",
            "investigator ethics_reviewer zone_lead system",
            "own_part cause_given",
            "Suspend",
            "暂停",
        ),
        _move(
            "resume_recruiting",
            "suspended",
            "recruiting",
            "investigator zone_lead ethics_reviewer",
            "own_part was_recruiting cause_cleared zone_ethics_current",
            "Resume recruiting",
            "恢复招募",
        ),
        _move(
            "resume_follow_up",
            "suspended",
            "active_not_recruiting",
            "investigator zone_lead ethics_reviewer",
            "own_part was_active cause_cleared zone_ethics_current",
            "Resume without recruiting",
            "恢复随访",
        ),
        _move(
            "complete",
            "active_not_recruiting",
            "completed",
            "investigator",
            "own_part last_wave_closed no_batch_unreviewed",
            "Complete",
            "完成",
        ),
        _move(
            "terminate",
            "recruiting active_not_recruiting suspended",
            "terminated",
            "investigator ethics_reviewer",
            "own_part why_stopped_given",
            "Terminate",
            "终止",
        ),
        _move(
            "withdraw_zone",
            "not_yet_recruiting",
            "withdrawn",
            "investigator",
            "own_part nobody_enrolled why_stopped_given",
            "Withdraw the zone",
            "撤回该试点区",
        ),
    ),
)
