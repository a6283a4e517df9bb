"""Guards about people: the team, the reviewers, the votes and comments.

Belongs here: who may act on this one experiment, and whether reviewing has come far enough. Does not: the plan's content
(conditions_plan), zones (conditions_zone).
"""

from __future__ import annotations

from data.access import roles_of
from data.messages import Text
from experiments.registry.case import Case, failed, names
from experiments.registry.protocol import Protocol
from experiments.registry.records import SIDES
from experiments.registry.separation import STANDING, registrars, reviewers, standings, team


def one_side(case: Case) -> Text | None:
    """Nobody acts on two sides of one experiment."""
    before = standings(case.record, case.actor) if case.record else frozenset()
    other = [side for side in before if side != STANDING.get(case.role)]
    return failed(
        case.role in STANDING and other,
        f"{case.actor} has acted on it before, on the side: {names(other)}.",
        f"{case.actor} 此前已以其他身份参与：{names(other)}。",
    )


def on_team(case: Case) -> Text | None:
    """Demand: the first draft makes the team; afterwards one must be of it."""
    if case.record is None or case.role == "system":
        return None
    return failed(case.actor not in team(case.record), f"{case.actor} is not.", f"{case.actor} 不是团队成员。")


def not_on_team(case: Case) -> Text | None:
    """Reviewers and the registrar are not of the team."""
    return failed(case.actor in team(case.known), f"{case.actor} is.", f"{case.actor} 是团队成员。")


def not_reviewer(case: Case) -> Text | None:
    """Who decides on the votes has cast none."""
    return failed(case.actor in reviewers(case.known), f"{case.actor} is one.", f"{case.actor} 是评审人。")


def is_responsible_party(case: Case) -> Text | None:
    """Demand: submitting is the responsible party's own act."""
    person = case.protocol.responsible_party
    if case.role == "system" or (person is not None and person.user == case.actor):
        return None
    who = person.user if person else "–"
    return Text(
        en=f"It is {who}; set responsible_party, or ask them to act.", zh=f"负责人为 {who}；请填写负责人或由其操作。"
    )


def both_sides_assigned(case: Case) -> Text | None:
    """At least one reviewer of methods and one of ethics."""
    missing = [side for side in SIDES if not case.brought[side]]
    return failed(missing, f"Missing: {names(missing)}.", f"缺少：{names(missing)}。")


def reviewers_hold_roles(case: Case) -> Text | None:
    """Each reviewer holds the role of their side."""
    without = [
        user
        for side in SIDES
        for user in case.brought[side]
        if f"{side}_reviewer" not in roles_of(user, case.registry.workspace)
    ]
    return failed(without, f"Without the role: {names(without)}.", f"没有相应角色：{names(without)}。")


def reviewers_independent(case: Case) -> Text | None:
    """No reviewer is of the team, is a registrar of the experiment, or assigns themselves."""
    chosen = {user for side in SIDES for user in case.brought[side]}
    bound = chosen & (team(case.known) | registrars(case.known) | {case.actor})
    return failed(bound, f"Not independent: {names(bound)}.", f"不独立：{names(bound)}。")


def reviewers_one_side(case: Case) -> Text | None:
    """Nobody reviews both methods and ethics of one experiment, at once or one after the other."""
    methods, ethics = (set(case.brought[side]) | reviewers(case.known, side) for side in SIDES)
    both = methods & ethics
    return failed(both, f"On both sides: {names(both)}.", f"兼任两方：{names(both)}。")


def votes_missing(case: Case) -> Text | None:
    """Reviewers change only while somebody has not voted."""
    return failed(case.about.votes_in, "All votes are in.", "投票已全部完成。")


def voters_kept(case: Case) -> Text | None:
    """Nobody who has voted is taken off."""
    dropped = {vote.reviewer for vote in case.about.votes if vote.reviewer not in case.brought[vote.side]}
    return failed(dropped, f"They have voted: {names(dropped)}.", f"已投票：{names(dropped)}。")


def assigned_to_methods(case: Case) -> Text | None:
    """Demand: the voter is assigned to the side."""
    return failed(case.actor not in case.about.reviewers["methods"])


def assigned_to_ethics(case: Case) -> Text | None:
    """Demand: the voter is assigned to the side."""
    return failed(case.actor not in case.about.reviewers["ethics"])


def not_voted(case: Case) -> Text | None:
    """Demand: a vote is cast once."""
    return failed(any(vote.reviewer == case.actor for vote in case.about.votes))


def comments_given(case: Case) -> Text | None:
    """Demand: a vote other than approval says what is wrong, and where."""
    comments = case.brought["comments"]
    lost = [item["path"] for item in comments if item["path"].split(".")[0] not in _PLACES]
    empty = [item["path"] for item in comments if not item["text"].strip()]
    if lost:
        return Text(en=f"No field is called: {names(lost)}.", zh=f"没有这样的字段：{names(lost)}。")
    if empty:
        return Text(en=f"Comment without text: {names(empty)}.", zh=f"意见没有内容：{names(empty)}。")
    return failed(case.brought["vote"] != "approve" and not comments)


_PLACES = frozenset({"document", *Protocol.model_fields})


def votes_in(case: Case) -> Text | None:
    """Nothing is decided before every reviewer has voted; silence approves nothing."""
    return failed(not case.about.votes_in)


def some_vote_against(case: Case) -> Text | None:
    """Demand: changes are asked for when a reviewer asked for them, or voted against."""
    return failed(case.about.verdict == "approve")


def rejected_by_votes(case: Case) -> Text | None:
    """Two votes to reject, or one of ethics."""
    return failed(case.about.verdict != "reject")


def all_votes_for(case: Case) -> Text | None:
    """Both sides approve."""
    against = {vote.side for vote in case.about.votes if vote.vote != "approve"}
    return failed(against, f"Not approved by: {names(against)}.", f"尚未批准：{names(against)}。")


def comments_answered(case: Case) -> Text | None:
    """Every comment has an answer before the version comes back."""
    waiting = [item.id for item in case.about.unanswered]
    return failed(waiting, f"Without an answer: {names(waiting)}.", f"未回复：{names(waiting)}。")


def reviews_open(case: Case) -> Text | None:
    """Demand: the team sees comments, and answers them, when the independent phase is over."""
    return failed(case.about.state == "in_review" and not case.about.votes_in)


def comment_known(case: Case) -> Text | None:
    """Demand: the comment exists."""
    known = [item.id for item in case.about.comments]
    return failed(case.brought["comment_id"] not in known, f"Comments: {names(known)}.", f"现有意见：{names(known)}。")


def comment_unanswered(case: Case) -> Text | None:
    """Demand: an answer stands once it is given."""
    done = [item.id for item in case.about.comments if item.answer is not None]
    return failed(case.brought["comment_id"] in done)


def answer_given(case: Case) -> Text | None:
    """Demand: an answer says something."""
    return failed(not case.brought["text"].strip())
