"""`zonelab run`: launches a named Dagster job, on the running web server of this workspace or in a process of its own.

Belongs here: the choice between the two, the outcome, the exit code. Does not: Dagster itself, spoken to over GraphQL (server)
or through the launcher's command line (`python -m orchestration.launch`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli import server
from apps.cli.answer import Answer, lines, say
from apps.cli.door import language, offer
from data.messages import NotFound, PlatformFailed, Text
from data.settings import REPOSITORY, Settings, child_environment, load_settings

if TYPE_CHECKING:
    from data.paths import Workspace

JobOption = Annotated[str, typer.Option("--job", metavar="NAME", help="ingest, build_release, analyse or everything.")]
ActorOption = Annotated[str, typer.Option("--as", metavar="USER", help="Who acts.")]
NO_SUCH_JOB = 4


def run(job: JobOption = "everything", actor: ActorOption = "command-line") -> Answer:
    """Launch a named job, wait for it, and say how it ended."""
    from apps.cli.workspace import opened
    from data.access import check_can

    place, _ = opened()
    check_can(actor, "run", workspace=place)
    outcome = launched(job, place, load_settings())
    name_misplaced(place)
    return shown(outcome)


def launched(job: str, place: Workspace, settings: Settings) -> dict[str, Any]:
    """Run a job to its end and return its outcome: run_id, status, checks, release_id, failures.

    Raises
    ------
    NotFound
        No job has that name.
    PlatformFailed
        The launcher died without an answer.
    """
    for url in server.addresses(place, settings):
        if server.serves(url, place):
            say(Text(en=f"Launching {job} on {url}", zh=f"正在 {url} 上启动 {job}"), language())
            return server.launch(url, job)
    return in_a_process(job, place)


def name_misplaced(place: Workspace) -> None:
    """Say which files of the inbox nobody will take, because no folder of a zone and a contract holds them."""
    from quality.inbox import misplaced

    for path in misplaced(place):
        inside = path.relative_to(place.home)
        say(
            Text(
                en=f"Not taken: {inside} (put it into inbox/<zone>/<contract>/).",
                zh=f"未处理：{inside}（请放入 inbox/<试点区>/<数据约定>/）。",
            ),
            language(),
        )


def in_a_process(job: str, place: Workspace) -> dict[str, Any]:
    """Run a job in a process of its own; its progress goes to stderr as it comes."""
    extra = {"ZONELAB_HOME": str(place.home), "DAGSTER_HOME": str(place.dagster)}
    found = subprocess.run(  # noqa: S603 - our own module, the job's name is checked there
        [sys.executable, "-m", "orchestration.launch", "--job", job],
        cwd=REPOSITORY,
        env=child_environment(extra),
        stdout=subprocess.PIPE,
        check=False,
    )
    try:
        document: dict[str, Any] = json.loads(found.stdout)
    except json.JSONDecodeError as error:
        raise PlatformFailed(
            "E-RUN-05",
            Text(
                en=f"The run of {job} ended without an answer (exit status {found.returncode}). The lines above say more.",
                zh=f"作业 {job} 未返回结果就结束了（退出状态 {found.returncode}）。详见上方信息。",
            ),
        ) from error
    if "error" in document:
        kind = NotFound if found.returncode == NO_SUCH_JOB else PlatformFailed
        raise kind(document["error"]["code"], Text(**document["error"]["message"]))
    return document


def exit_code(document: dict[str, Any]) -> int:
    """Return 0 for a run that succeeded, 1 if only refusals and failed checks stopped it, 5 otherwise."""
    if document["status"] == "SUCCESS":
        return 0
    return max((int(failure["exit_code"]) for failure in document["failures"]), default=5)


def shown(document: dict[str, Any]) -> Answer:
    """Return the answer to a finished run."""
    checks = document["checks"]
    texts = [
        Text(
            en=f"Run {document['run_id']}: {document['status']}. Checks: {checks['passed']} passed, {checks['failed']} failed, "
            f"{checks['warned']} warned. Release: {document['release_id'] or 'none'}.",
            zh=f"运行 {document['run_id']}：{document['status']}。检查：通过 {checks['passed']}，未通过 {checks['failed']}，"
            f"警告 {checks['warned']}。发布版本：{document['release_id'] or '无'}。",
        ),
        *(failure_text(failure) for failure in document["failures"]),
    ]
    return Answer(document, lines(*texts), exit_code=exit_code(document))


def failure_text(failure: dict[str, Any]) -> Text:
    """Return one failed step as a sentence."""
    said = Text(**failure["message"])
    return Text(
        en=f"  {failure['step']} · {failure['code']}: {said.en}",
        zh=f"  {failure['step']} · {failure['code']}：{said.zh}",
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    offer(app, "run")(run)
