"""Page Releases: each version of the data, its files and hashes, what changed since the one before, whether it is intact.

Belongs here: the order of things on the page. Does not: comparing and verifying (release_reads, data.releases), building one
(apps.cli). Manifests hold hashes and counts, no row.
"""

from __future__ import annotations

import streamlit as st

from apps.viewer import release_reads
from apps.viewer.components import address, frame, markup
from apps.viewer.desk import Desk
from apps.viewer.language import N_, moment_of, number, own, t, tn
from apps.viewer.release_reads import Change, Difference
from data.codebooks import codebooks
from data.messages import NotFound
from data.releases import Release

TITLE = N_("Releases")
GROUP = "operate"
ROLES: tuple[str, ...] = ()
KINDS: dict[release_reads.Kind, tuple[str, markup.Kind]] = {
    "added": (N_("new table"), "good"),
    "removed": (N_("table dropped"), "bad"),
    "changed": (N_("other rows"), "plain"),
}


def show(desk: Desk) -> None:
    """Show the page."""
    found = release_reads.every(desk.workspace)
    markup.title(t("Releases"), lead=t("Versions of the data: named for good, never changed, each with its hashes."))
    if not found:
        step = markup.with_code(t("Build the first one with {command}."), command="zonelab run --job everything")
        markup.callout(t("No release yet"), [step], "empty")
        return
    markup.table(_columns(), [_row(release) for release in found], t("Versions of the data"))
    chosen = _pick(found)
    _verify(desk, chosen)
    _changes(found, chosen)
    _files(chosen)
    _take_along(chosen)


def _columns() -> list[markup.Column]:
    numbers = [
        markup.Column(name, "number")
        for name in (t("Archive up to entry"), t("Files received"), t("Tables"), t("Rows"))
    ]
    return [markup.Column(t("Release")), markup.Column(t("Built")), *numbers, markup.Column(t("Data"))]


def _row(release: Release) -> markup.Cells:
    kind = markup.simulated() if release.simulated else markup.tag(t("Observed"))
    rows = sum(release.now(name).rows for name in release.tables)
    counts = (release.as_of_seq, len(release.submissions), len(release.tables), rows)
    return [markup.code(release.release_id), frame.built(release), *map(number, counts), kind]


def _pick(found: list[Release]) -> Release:
    by_id = {release.release_id: release for release in found}
    asked = address.code("release")
    labels = {name: f"{name} · {frame.built(release)}" for name, release in by_id.items()}
    markup.heading(t("One version"))
    chosen = address.choose("release", t("Release"), labels) or found[0].release_id
    if asked and asked not in by_id:
        said = t("There is no release {code}. The newest is shown instead.")
        markup.callout(t("Not found"), [markup.with_code(said, code=asked)], "warning")
    return by_id[chosen]


def _verify(desk: Desk, release: Release) -> None:
    """Offer to recompute every hash of the release, and tell what was found in words, red where it does not match."""
    if not st.button(t("Check this release now"), key=f"verify_{release.release_id}", type="primary"):
        said = t(
            "Reads every file of the release again and compares it with the hashes on record. The same from a terminal: {command}"
        )
        markup.lines([markup.with_code(said, command=f"zonelab release verify {release.release_id}")])
        return
    with st.status(t("Reading {n} files and comparing hashes …", n=number(len(release.tables)))) as told:
        try:
            found = release_reads.problems(desk.workspace, release)
        except NotFound as error:
            told.update(label=t("Not checked"), state="error")
            markup.callout(error.code, [own(error.text)], "warning")
            return
        told.update(
            label=t("Checked: a problem was found") if found else t("Checked: nothing is wrong"),
            state="error" if found else "complete",
        )
    if found:
        markup.alarm(
            tn(
                "{n} file or record is not as it was recorded",
                "{n} files or records are not as they were recorded",
                len(found),
            ),
            [markup.Html(f"{markup.code(item.where).text} {markup.safe(own(item.what))}") for item in found],
            t("Do not use this release. Tell the operator, who restores the files from a backup and checks again."),
        )
        return
    said = t(
        "All files of this release have the hashes that were recorded when it was built, and the ledger holds its record."
    )
    markup.callout(t("Intact"), [said], "finding")


def _changes(found: list[Release], chosen: Release) -> None:
    others = [release for release in found if release.release_id != chosen.release_id]
    markup.heading(t("What changed"))
    if not others:
        markup.note(t("This is the only release; the next one can be compared with it."))
        return
    place = found.index(chosen)
    order = sorted(others, key=lambda release: found.index(release) != place + 1)  # the one before it first
    labels = {release.release_id: f"{release.release_id} · {frame.built(release)}" for release in order}
    name = address.choose("before", t("Compared with"), labels) or order[0].release_id
    before = next(release for release in others if release.release_id == name)
    _difference(release_reads.difference(before, chosen))


def _difference(told: Difference) -> None:
    markup.facts(
        [
            (t("Files received since"), number(len(told.came))),
            (t("Files that no longer count"), number(len(told.left))),
            (t("Contracts that changed"), t(", ").join(told.contracts) or t("none")),
        ]
    )
    if not told.tables:
        markup.note(t("Every table holds the same rows."))
        return
    heads = [markup.Column(t("Table"), "prose"), markup.Column(t("Change"))]
    numbers = [markup.Column(name, "number") for name in (t("Rows before"), t("Rows now"))]
    markup.table([*heads, *numbers], [_change(item) for item in told.tables], t("Tables that changed"))


def _change(item: Change) -> markup.Cells:
    word, kind = KINDS[item.kind]
    return [_named(item.table), markup.tag(t(word), kind), number(item.rows_before), number(item.rows_after)]


def _named(table: str) -> markup.Html:
    known = codebooks().panels.get(table)
    title = (
        f"{markup.safe(own(known.title))}<small>{markup.code(table).text}</small>" if known else markup.code(table).text
    )
    return markup.Html(title)


def _files(release: Release) -> None:
    markup.heading(t("Files and hashes"))
    columns = [markup.Column(t("Table"), "prose"), markup.Column(t("Rows"), "number"), markup.Column("SHA-256")]
    rows = [[_named(name), number(info.rows), markup.code(info.sha256)] for name, info in release.tables.items()]
    markup.table(columns, rows, t("Files and hashes"))
    markup.facts(
        [
            (t("Code"), markup.code(release.code.commit or "–")),
            (t("Ledger entry when it was built"), number(release.ledger_head.seq)),
            (t("Built"), moment_of(release.built_at)),
        ]
    )
    if release.rewritten_by:
        said = tn(
            "{n} withdrawal of consent has since removed rows; the hashes above are those of the release as it was built.",
            "{n} withdrawals of consent have since removed rows; the hashes above are those of the release as it was built.",
            len(release.rewritten_by),
        )
        markup.callout(t("Rows were removed since"), [said], "warning")


def _take_along(release: Release) -> None:
    """Offer the manifest: the list of hashes against which anybody can check a copy."""
    st.download_button(
        t("Download the manifest (JSON)"),
        release.path.read_bytes(),
        f"{release.release_id}.json",
        "application/json",
        on_click="ignore",
    )
    step = t("Data for analysis: put variables into the cart on the page Variables, or run {command}.")
    markup.lines([markup.with_code(step, command=f"zonelab release export {release.release_id}")])
