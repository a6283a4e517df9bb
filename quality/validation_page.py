"""The validation page of a run: one self-contained HTML file, English and Chinese, from the stored outcomes.

Belongs here: stored outcomes → page. Does not: checking (suites, dbt_runner), storing (outcomes). Great Expectations' own
pages ask 32 places outside and stay empty without them (domain/costs.md 2.6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jinja2

from data.durable import write_text
from data.messages import NotFound, Text
from data.paths import Workspace
from quality.outcomes import run_folder, stored

TEMPLATES = Path(__file__).resolve().parent / "templates"
Verdict = Literal["failed", "warned", "passed"]
WORDS: dict[Verdict, Text] = {
    "failed": Text(en="Failed", zh="未通过"),
    "warned": Text(en="Warning", zh="提醒"),
    "passed": Text(en="Passed", zh="通过"),
}
KINDS = {
    "suite": Text(en="expectation", zh="期望"),
    "reconcile": Text(en="reconciliation", zh="核对"),
    "dbt": Text(en="data test", zh="数据测试"),
}
LAYERS = {
    "lake": Text(en="archive", zh="档案"),
    "mart": Text(en="panel", zh="面板"),
    "model": Text(en="step", zh="中间步骤"),
}
FACTS = {
    "rows": Text(en="{n} rows looked at", zh="检查 {n} 行"),
    "rows_failed": Text(en="{n} rows break the rule", zh="{n} 行违反规则"),
    "groups_failed": Text(en="in {n} of {groups} zones × waves", zh="涉及 {n}/{groups} 个区 × 轮次"),
    "worst": Text(en="at worst {n}, tolerated {limit}", zh="最高 {n}，容许 {limit}"),
    "rows_lake": Text(en="archive {n} rows", zh="档案 {n} 行"),
    "rows_staging": Text(en="staging {n} rows", zh="暂存 {n} 行"),
    "rows_panel": Text(en="panel accounts for {n} rows", zh="面板含 {n} 行"),
}


def write_page(workspace: Workspace, run_id: str) -> Path:
    """Write ``validations/<run_id>/index.html`` and return its path; again after every table, so that it is never behind.

    Raises
    ------
    NotFound
        E-RUN-02: nothing was checked under this run id.
    """
    documents = stored(workspace, run_id)
    if not documents:
        raise NotFound(
            "E-RUN-02",
            Text(en=f"No checks are stored for run {run_id}.", zh=f"没有运行 {run_id} 的检查结果。"),
        )
    folder = run_folder(workspace, run_id)
    failing = {path.name.removesuffix(".failing.parquet"): path.name for path in folder.glob("*.failing.parquet")}
    page = folder / "index.html"
    write_text(page, render_page(run_id, documents, failing))
    return page


def render_page(run_id: str, documents: Iterable[Mapping[str, Any]], failing: Mapping[str, str]) -> str:
    """Return the page as HTML; every text is escaped, nothing is fetched.

    Parameters
    ----------
    documents
        As `quality.outcomes.stored` returns them.
    failing
        Table → name of the file that lists its failing rows.
    """
    tables = sorted((_table(document, failing) for document in documents), key=_troubled_first)
    totals: Counter[str] = sum((table["counts"] for table in tables), Counter())
    return _template().render(run_id=run_id, tables=tables, totals=totals)


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("validation.html")


def _troubled_first(table: Mapping[str, Any]) -> tuple[object, ...]:
    counts = table["counts"]
    return -counts["failed"], -counts["warned"], ("lake", "mart", "model").index(table["place"]), table["name"]


def _table(document: Mapping[str, Any], failing: Mapping[str, str]) -> dict[str, Any]:
    checks = [_check(check) for check in document["checks"]]
    name = document["table"]
    return {
        "name": name,
        "anchor": f"table-{name}",
        "place": document["layer"],
        "layer": LAYERS[document["layer"]],
        "rows": document.get("rows", "—"),
        "groups": len(document["groups"]) if "groups" in document else "—",
        "counts": Counter({word: sum(check["verdict"] == word for check in checks) for word in WORDS}),
        "open": sorted((check for check in checks if check["verdict"] != "passed"), key=lambda c: c["verdict"]),
        "passed": [check for check in checks if check["verdict"] == "passed"],
        "failing_file": failing.get(name),
    }


def _check(check: Mapping[str, Any]) -> dict[str, Any]:
    verdict: Verdict = "passed" if check["passed"] else "failed" if check["severity"] == "error" else "warned"
    return {
        "name": check["name"],
        "verdict": verdict,
        "word": WORDS[verdict],
        "kind": KINDS[check["kind"]],
        "text": check["text"],
        "found": list(_facts(check["metadata"])),
        "where": check["metadata"].get("where", []),
    }


def _facts(metadata: Mapping[str, Any]) -> Iterator[Text]:
    """Yield what was found as sentences: counts and shares, but not a zero."""
    said = {key: metadata[key] for key in FACTS if metadata.get(key) is not None}
    if metadata.get("groups_failed"):
        said.pop("rows", None)  # the places say more
    for key, amount in said.items():
        if amount == 0 and key in ("rows_failed", "groups_failed"):
            continue
        shown = f"{amount:.0%}" if key == "worst" else f"{amount:,}"
        limit = f"{metadata.get('limit', 0):.0%}"
        yield FACTS[key].fill(n=shown, groups=metadata.get("groups", 0), limit=limit)
