"""Page Help (`/help`): what words mean in both languages, how to do the usual things, whom to ask, accessibility.

Belongs here: the order of things on the page. Does not: the terms (glossary.yml, which tests hold the catalogue to).
"""

from __future__ import annotations

from apps.viewer import glossary
from apps.viewer.components import address, markup
from apps.viewer.desk import Desk, link
from apps.viewer.glossary import Term
from apps.viewer.language import N_, spoken, t, tn
from data.settings import load_settings

TITLE = N_("Help and glossary")
GROUP = "help"
ROLES: tuple[str, ...] = ()
TASKS: tuple[tuple[str, str], ...] = (
    ("zones", N_("See which zones take part and how many people stayed")),
    ("variables", N_("Find a variable, put it into the cart and take an extract")),
    ("panel", N_("Look at participation, missing values, trajectories and sensors")),
    ("reports", N_("Read what an experiment found, and take the report along")),
    ("register", N_("Register an experiment before its data come in")),
    ("upload", N_("Send a file, correct it, follow what becomes of it")),
    ("releases", N_("Check that a release is intact, and see what changed")),
)


def show(desk: Desk) -> None:
    """Show the page."""
    markup.title(t(TITLE), lead=t("Words, the usual tasks, whom to ask."))
    _words()
    markup.heading(t("Usual tasks"))
    markup.items([link(page, t(told)) for page, told in TASKS if page in desk.pages])
    _contact()
    _accessibility()


def _words() -> None:
    markup.heading(t("Words"), t("The same word is used everywhere; reports and forms use these translations."))
    wanted = address.words("term", t("Search the words, in Chinese or English"))
    found = glossary.search(wanted)
    if not found:
        markup.callout(
            t("No word found"), [t("Try a part of it, or the other language; clear the field to see all.")], "empty"
        )
        return
    if wanted:
        markup.note(tn("{n} word found.", "{n} words found.", len(found)))
    markup.facts([_fact(term) for term in found])


def _fact(term: Term) -> tuple[markup.Html, str]:
    chinese = spoken() == "zh"
    here, there, other = (term.zh, term.en, "en") if chinese else (term.en, term.zh, "zh-CN")
    name = markup.Html(f"<strong>{markup.safe(here)}</strong> {markup.foreign(there, other).text}")
    return name, term.means_zh if chinese else term.means_en


def _contact() -> None:
    markup.heading(t("Whom to ask"))
    contact = load_settings().contact
    if contact:
        markup.lines([t("Write to {contact}; name the page, the time and the number of the message.", contact=contact)])
        return
    said = t(
        "Ask who runs this platform, and name the page, the time and the number of the message. "
        "The operator can show an address here: {setting}."
    )
    markup.lines([markup.with_code(said, setting="ZONELAB_CONTACT")])


def _accessibility() -> None:
    markup.heading(t("Accessibility statement"))
    markup.items(
        [
            t(
                "Aim: the Web Content Accessibility Guidelines 2.2, level AA. "
                "Every page is checked by machine in both languages at each change."
            ),
            t("Every chart has a text with its main number and the same values as a table; colour never stands alone."),
            t("All acts can be done with the keyboard; the first Tab leads past the menu to the content."),
            t(
                "Known limits: the grid for correcting cells is awkward with a screen reader "
                "(a corrected file can be sent instead); "
                "the texts of the file chooser and the calendar stay English."
            ),
            t("Something does not work for you? Tell us at the address above: it counts as a fault."),
        ]
    )
