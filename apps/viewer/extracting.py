"""From the cart to a file: the right to it, the same act as `zonelab release export`, one archive that is fetched once.

Belongs here: asking for the act, packing, the ticket. Does not: what may leave and what is recorded (experiments.exporting),
handing the file out (apps.endpoint.extracts), the page (components.cart_view).
"""

from __future__ import annotations

import shutil
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from apps.endpoint import extracts
from apps.viewer import registry_reads
from apps.viewer.acting import COOKIE, Acting
from apps.viewer.cart import Cart, coded
from data import access
from data.access import ROLES, VERBS, Role, Verb
from data.messages import Language, NotPermitted, Text
from data.paths import Workspace
from data.releases import Release
from experiments.exporting import Wanted, export_release
from quality.exports.dataset import Format
from quality.exports.variables import subject_of

FORMATS: dict[Format, str] = {"csv": "CSV", "dta": "Stata", "sav": "SPSS", "parquet": "Parquet"}
"""What an extract can be, the one that opens anywhere first."""


@dataclass(frozen=True)
class Extract:
    """A finished extract: what was asked for, its file's name and size, rows by table, what the format kept otherwise."""

    asked: tuple[str, Format, Language, str]
    name: str
    size: int
    rows: Mapping[str, int]
    notes: tuple[tuple[str, str, Text], ...]
    ticket: str

    @property
    def address(self) -> str:
        """Where it can be fetched, once."""
        return f"{extracts.PATH}/{self.ticket}"

    @property
    def waits(self) -> bool:
        """Whether it can still be fetched."""
        return extracts.is_waiting(self.ticket)


def asked_for(
    release: Release, cart: Cart, file_format: Format, language: Language
) -> tuple[str, Format, Language, str]:
    """Return what tells one extract from another."""
    return release.release_id, file_format, language, coded(cart) or ""


def verb_for(tables: Iterable[str]) -> Verb:
    """Return the right that rows of these tables take: to release where one is about people or organisations.

    >>> verb_for(["panel_individual_wave"]), verb_for(["panel_zone_year"])
    ('release', 'read')
    """
    return "release" if any(subject_of(table) != "nobody" for table in tables) else "read"


def holders(verb: Verb) -> list[Role]:
    """Return the roles that hold a right."""
    return [role for role in ROLES if verb in VERBS[role]]


def may(workspace: Workspace, who: Acting, tables: Iterable[str]) -> bool:
    """Tell whether a user may take rows of these tables; the act itself asks again."""
    try:
        access.check_can(who.user, "read", workspace=workspace)
        access.check_can(who.user, verb_for(tables), workspace=workspace)
    except NotPermitted:
        return False
    return True


def build(
    workspace: Workspace, release: Release, cart: Cart, file_format: Format, language: Language, who: Acting
) -> Extract:
    """Make the extract of a cart.

    Raises
    ------
    ZonelabError
        What `export_release` refuses; then there is no file.
    """
    place = extracts.folder() / uuid.uuid4().hex
    place.mkdir(mode=0o700)
    try:
        folder = place / f"{release.release_id}-extract-{file_format}-{language}"
        wanted = Wanted(release.release_id, file_format, language, folder, variables=cart)
        done = export_release(registry_reads.registry(workspace), wanted, actor=who.user)
        packed = _packed(done.folder)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return Extract(
        asked=asked_for(release, cart, file_format, language),
        name=packed.name,
        size=packed.stat().st_size,
        rows={item["table"]: item["rows"] for item in done.manifest["tables"]},
        notes=tuple((note.table, note.column, note.what) for note in done.notes),
        ticket=_offered(packed, who),
    )


def _offered(packed: Path, who: Acting) -> str:
    """Return the ticket: for the signed-in user where there is a login, else for the browser that holds the name."""
    if who.proven:
        return extracts.offer(packed, owner=who.user)
    return extracts.offer(packed, (COOKIE, quote(who.user, safe="")))


def _packed(folder: Path) -> Path:
    """Pack a folder into one archive beside it and remove the folder."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{folder.name}/{file.name}")
    shutil.rmtree(folder)
    return path
