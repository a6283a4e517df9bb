"""The respondent of tests/unit/viewer/form_robot.py with a keyboard and a mouse: it fills the served form in a browser.

Belongs here: finding widgets in the page by the class that Streamlit gives a key, and typing. Does not: the walk over the form.
"""

from __future__ import annotations

import re

from apps.viewer.components.form import words
from apps.viewer.components.form.answers import shown
from apps.viewer.components.form.shape import sections
from data.reference import zones
from tests.browser.conftest import settled
from tests.unit.viewer.form_robot import Robot


class BrowserRobot(Robot):
    """Fills the form that `page` shows for the draft `draft_id`."""

    def __init__(self, page, draft_id):
        self.page, self.draft_id, self.shape, self.added = page, draft_id, 0, {}

    def key(self, place):
        return f"{self.draft_id}/{self.shape}/{'.'.join(str(step) for step in place)}"

    def fill(self, wanted, letters):
        for letter in letters:
            nodes = sections()[letter]
            self.go(letter)
            asked = [node for node in nodes if node.name in wanted]
            while any(self.build(node, (node.name,), wanted[node.name]) for node in asked):
                pass
            for node in asked:
                self.answer(node, (node.name,), wanted[node.name])
            self.settle()

    def settle(self):
        """Wait until the page has answered all that was typed."""
        settled(self.page)

    def go(self, letter):
        heading = f"{letter} · {words.section_title(letter)}"
        self.page.locator(".st-key-zl_sections label").filter(has_text=re.compile(f"^{letter} ")).click()
        self.page.locator(".zl-section h2", has_text=heading).first.wait_for()
        self.settle()

    def widget(self, key):
        for variant in (key, f"{key}/pick", f"{key}/picks"):
            found = self.page.locator(f".{css(variant)}")
            if found.count():
                return found.first
        return None

    def held(self, place):
        return range(self.added.get(place, 0))

    def press(self, key):
        kind, _, rest = key.partition(":")
        self.page.locator(f".{css(key)} button").first.click()
        self.shape += 1
        place = tuple(int(step) if step.isdigit() else step for step in rest.split("/")[2].split("."))
        if kind == "add":
            self.added[place] = self.added.get(place, 0) + 1
            self.page.locator(f".{css('add:' + self.key(place))}").wait_for()
        self.settle()
        return True

    def answer_cards(self, node, place, value):
        if value == []:
            self.settle()
            self.page.locator(f".{css('none:' + self.key(place))} label").click()
            self.shape += 1
            self.settle()
        for position, item in enumerate(value):
            for inner in node.fields:
                self.answer(inner, (*place, position, inner.name), item.get(inner.name))

    def answer(self, node, place, value):
        if node.kind == "words" and value is not None:
            for code, text in value.items():
                self.set((*place, code), text)
            return
        super().answer(node, place, value)

    def answer_plain(self, node, place, value):
        if node.kind in ("texts", "table", "document", "pair"):
            found = self.widget(self.key(place))
            assert found is not None, place
            if "picks" in (found.get_attribute("class") or ""):
                self.pick(found, [label_of(item) for item in value], several=True)
                return
            self.type(found, ", ".join(map(str, value)) if node.kind == "pair" else shown(node, value))
            return
        if node.kind == "choices":
            self.pick(self.widget(self.key(place)), [words.value(node, code) for code in value], several=True)
        elif node.kind == "choice":
            self.pick(self.widget(self.key(place)), [words.value(node, value)])
        elif node.kind == "flag":
            self.widget(self.key(place)).locator("label", has_text=words.yes_no(said=value)).last.click()
        elif node.kind != "fixed":
            self.set(place, value)

    def set(self, place, value):
        found = self.widget(self.key(place))
        assert found is not None, f"the form has no widget for {place}"
        if "-pick" in (found.get_attribute("class") or ""):
            self.pick(found, [label_of(value)])
        else:
            self.type(found, str(value))

    def type(self, found, text):
        field = found.locator("input, textarea").first
        field.fill(text)
        field.blur()

    def pick(self, found, labels, *, several=False):
        for label in labels:
            for _ in range(4):
                if self.picked(found, label):
                    break
            else:
                raise AssertionError(f"{label} cannot be chosen in {found}")
        if several:
            self.page.keyboard.press("Escape")

    def picked(self, found, label):
        """Choose one label; False when an answer on its way closed the list meanwhile."""
        from playwright.sync_api import TimeoutError as TooLate

        self.settle()
        option = self.page.get_by_role("option").filter(has_text=re.compile(rf"^{re.escape(label)}( · .*)?$"))
        try:
            found.locator("input").first.click(timeout=4_000)
            found.locator("input").first.fill(label, timeout=4_000)
            option.first.click(timeout=4_000)
        except TooLate:
            self.page.keyboard.press("Escape")
            return False
        return True


def label_of(code):
    """Return what the form writes for a code: a zone stands there by its name."""
    return zones()[code].name.en if code in zones() else str(code)


def css(key):
    """Return the class that Streamlit gives to a widget's key."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key)
