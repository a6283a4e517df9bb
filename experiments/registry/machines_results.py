"""The life cycles of what comes out of an experiment: the analysis run and the report.

Belongs here: their tables (registry model, sections 4.4 and 4.5), and what their guards demand. Does not: the protocol's and the
zone's life cycles (machines), the data batch (quality.machines), running or reporting (experiments.run, experiments.report).
"""

from __future__ import annotations

from data.lifecycle import ABSENT, Machine, move
from data.messages import Text

ANALYSIS_RUN = Machine(
    name="analysis_run",
    title=Text(en="analysis run", zh="分析运行"),
    states={
        "requested": Text(en="requested", zh="已申请"),
        "blocked": Text(en="blocked", zh="已阻止"),
        "queued": Text(en="queued", zh="排队中"),
        "running": Text(en="running", zh="运行中"),
        "succeeded": Text(en="succeeded", zh="已成功"),
        "failed": Text(en="failed", zh="已失败"),
    },
    initial="requested",
    terminal=frozenset({"blocked", "succeeded", "failed"}),
    transitions=(
        move("request", ABSENT, "requested", "analyst investigator", "on_team", "Request a run", "申请运行"),
        move("block", "requested", "blocked", "system", "outcomes_before_registration", "Block", "阻止"),
        move("queue", "requested", "queued", "system", "release_frozen", "Queue", "排队"),
        move("start", "queued", "running", "system", "", "Start", "开始"),
        move("succeed", "running", "succeeded", "system", "label_computed", "Succeed", "成功"),
        move("fail", "queued running", "failed", "system", "", "Fail", "失败"),
    ),
)

REPORT = Machine(
    name="report",
    title=Text(en="report", zh="报告"),
    states={
        "draft": Text(en="draft", zh="草稿"),
        "submitted": Text(en="submitted", zh="已提交"),
        "partially_reviewed": Text(en="partially reviewed", zh="部分审核"),
        "reviewed": Text(en="reviewed", zh="已审核"),
        "approved": Text(en="approved", zh="已批准"),
        "returned": Text(en="returned", zh="已退回"),
        "rejected": Text(en="rejected", zh="已否决"),
        "published": Text(en="published", zh="已发布"),
        "retracted": Text(en="retracted", zh="已撤稿"),
        "superseded": Text(en="superseded by other results", zh="已被新结果取代"),
    },
    initial="draft",
    terminal=frozenset({"rejected", "retracted", "superseded"}),
    transitions=(
        move("draft", f"{ABSENT} draft", "draft", "analyst investigator", "on_team", "Save a draft", "保存草稿"),
        move(
            "grant_exception",
            "draft",
            "draft",
            "output_checker auditor",
            "not_author exception_known reason_given",
            "Let pass what the disclosure check found",
            "准予披露例外",
        ),
        move(
            "answer_comment",
            "draft returned",
            "",
            "analyst investigator",
            "on_team comment_known comment_unanswered answer_given",
            "Answer a comment",
            "回复意见",
        ),
        move("revise", "returned", "draft", "analyst investigator", "on_team votes_reset", "Revise", "修改"),
        move(
            "submit",
            "draft",
            "submitted",
            "analyst investigator",
            "on_team comments_answered disclosure_clean",
            "Submit",
            "提交",
        ),
        move(
            "check",
            "submitted",
            "partially_reviewed",
            "output_checker ethics_reviewer",
            "not_author not_excepter results_unchanged ratings_given comments_given",
            "Give the first check",
            "第一次审核",
        ),
        move(
            "check",
            "partially_reviewed",
            "reviewed",
            "output_checker ethics_reviewer",
            "not_author not_excepter other_checker results_unchanged ethics_included ratings_given comments_given",
            "Give the second check",
            "第二次审核",
        ),
        move(
            "approve",
            "reviewed",
            "approved",
            "output_checker ethics_reviewer",
            "own_check results_unchanged checks_agree",
            "Approve",
            "批准",
        ),
        move(
            "return",
            "reviewed",
            "returned",
            "output_checker ethics_reviewer",
            "own_check comments_given",
            "Return",
            "退回",
        ),
        move(
            "reject",
            "reviewed",
            "rejected",
            "output_checker ethics_reviewer",
            "own_check reason_given",
            "Reject",
            "否决",
        ),
        move(
            "publish",
            "approved",
            "published",
            "publisher",
            "not_author not_checker not_excepter results_unchanged disclosure_clean",
            "Publish",
            "发布",
        ),
        move(
            "supersede",
            "draft submitted partially_reviewed reviewed approved returned",
            "superseded",
            "system",
            "",
            "Supersede",
            "取代",
        ),
        move("retract", "published", "retracted", "publisher", "not_author reason_given", "Retract", "撤稿"),
    ),
)

DEMANDS: dict[str, Text] = {
    "outcomes_before_registration": Text(
        en="The run would read outcomes before the protocol is registered, and the workspace forbids it.",
        zh="方案注册前读取结果数据，且工作区不允许。",
    ),
    "release_frozen": Text(en="The run reads a release, which never changes.", zh="运行读取不可更改的数据发布版。"),
    "label_computed": Text(
        en="Its label (confirmatory, deviated, exploratory) was computed.", zh="已计算标签（验证性、偏离、探索性）。"
    ),
    "votes_reset": Text(en="A revised report loses its checks.", zh="修改后的报告须重新审核。"),
    "disclosure_clean": Text(en="The disclosure lint finds nothing.", zh="披露检查无问题。"),
    "not_author": Text(en="Nobody of the report's authors does this.", zh="报告作者不得操作。"),
    "other_checker": Text(en="The two checks are by two persons.", zh="两次审核须由不同人员完成。"),
    "own_check": Text(en="One of the two who checked it decides.", zh="由两位审核人之一决定。"),
    "checks_agree": Text(en="Both checks approve.", zh="两次审核均批准。"),
    "not_checker": Text(en="Who publishes has not checked it.", zh="发布人不得是审核人。"),
    "not_excepter": Text(
        en="Who let something pass is a third person: neither checker nor publisher.",
        zh="准予例外者须为第三人，不得审核或发布。",
    ),
    "exception_known": Text(
        en="An exception is from something that the disclosure check found and a person may let pass.",
        zh="例外须针对披露检查发现且可由人工放行的问题。",
    ),
    "results_unchanged": Text(
        en="What is approved is the file that was looked at, to the byte: open it again.",
        zh="批准的须是所审阅的文件，逐字节一致：请重新打开。",
    ),
    "ethics_included": Text(
        en="It rests on a sensitive variable: one of the two checks is an ethics reviewer's.",
        zh="报告使用敏感变量：两次审核之一须由伦理评审完成。",
    ),
    "ratings_given": Text(
        en="Approving rates the certainty of every finding, each with a reason of 3 to 200 characters without personal numbers.",
        zh="批准须对每项结果的确定性评级，并附 3 至 200 字的理由，不含个人号码。",
    ),
}
"""What guards demand that the acts on runs and reports will judge; guards of the same name elsewhere mean the same there."""
