"""Where a reported number comes from: the chain that `zonelab trace` prints, on the page beside the number.

Belongs here: drawing the chain, the link that asks for it. Does not: the chain (experiments.tracing), who may read the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from apps.viewer import registry_reads
from apps.viewer.acting import role_name
from apps.viewer.components import address, markup
from apps.viewer.desk import link
from apps.viewer.findings import Finding, Report
from apps.viewer.language import moment, number, own, t
from data.messages import NotFound
from data.paths import Workspace
from experiments.tracing.chain import trace
from experiments.tracing.reports import Reported

FEW, MOST = 8, 50
"""Submitted files that are listed without a click, and at most; the command lists all."""


def control(report: Report, finding: Finding) -> markup.Html:
    """Mark up the link beside a result that asks where it comes from."""
    name = f"{report.experiment_id}.{finding.analysis_id}.{finding.term}"
    return link("report", t("Trace"), experiment=report.experiment_id, trace=name)


def show(workspace: Workspace, report: Report) -> None:
    """Show the chain behind the number that the address asks for; nothing if it asks for none."""
    asked = address.code("trace")
    if not asked:
        return
    markup.heading(t("Where this number comes from"), t("From the result back to the files that were sent."))
    reported = Reported(report.release_id, report.experiment_id, report.path)
    try:
        chain = trace(workspace, registry_reads.registry(workspace).ledger, reported, asked)
    except NotFound as error:
        markup.callout(t("Not found"), [own(error.text), markup.code(error.code)], "warning")
        return
    _links(chain)
    for problem in chain["problems"]:
        markup.callout(t("Not as it was recorded"), [markup.code(problem["where"]), own(problem)], "warning")
    _files(chain["submissions"])
    command = f"zonelab trace {reported.name} {chain['number_id']}"
    markup.strip([(t("The same by command"), markup.code(command))])
    st.button(t("Close"), key="trace_close", type="tertiary", on_click=address.put, kwargs={"trace": None})


def _links(chain: Mapping[str, Any]) -> None:
    result, run, spec, protocol, release = (chain[name] for name in ("result", "run", "spec", "protocol", "release"))
    rows = [
        (t("Number"), markup.Html(f"{markup.code(chain['number_id']).text} = {markup.safe(repr(chain['value']))}")),
        (t("Results file"), _with_hash(result["file"], result["sha256"])),
        (t("Run"), markup.Html(f"{markup.code(run['run_id']).text} · {markup.code(run['code']['commit'][:12]).text}")),
        *([(t("Analysis spec"), _with_hash(result["analysis_id"], spec["sha256"]))] if spec else []),
        (t("Protocol"), _with_hash(protocol["protocol"], protocol["digest"])),
        (t("Data release"), _with_hash(release["release_id"], release["manifest_sha256"])),
        *(
            (t("Table"), markup.Html(f"{_with_hash(item['table'], item['sha256']).text} · {number(item['rows'])}"))
            for item in chain["tables"]
        ),
    ]
    markup.facts(rows)


def _with_hash(name: str, sha256: str) -> markup.Html:
    return markup.Html(f"{markup.code(name).text} <small>sha256 {markup.code(sha256[:16]).text}</small>")


def _files(found: list[dict[str, Any]]) -> None:
    columns = [
        markup.Column(heading)
        for heading in (t("Submission"), t("File"), t("Hash (sha256)"), t("Sent by"), t("Received"))
    ]
    rows: list[markup.Cells | markup.Group | markup.Remark] = [_file(item) for item in found[:MOST]]
    if not rows:
        rows.append(markup.Remark(t("The release names no submitted file behind this table.")))
    caption = t(
        "Files behind it: {n}, the first {shown} shown", n=number(len(found)), shown=number(min(len(found), MOST))
    )
    with st.expander(caption, expanded=len(found) <= FEW):
        markup.table(columns, rows, caption)


def _file(item: Mapping[str, Any]) -> markup.Cells:
    role = role_name(item["uploader_role"]) if item["uploader_role"] else "–"
    received = moment(datetime.fromisoformat(item["received_at"]))
    return [markup.code(item["submission_id"]), item["file_name"], markup.code(item["sha256"][:16]), role, received]
