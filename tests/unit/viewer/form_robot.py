"""A respondent made from the schema: fills the register form, from empty, with the answers of a whole protocol, in AppTest.

Belongs here: walking the form's nodes and the wanted answers together. It knows widgets by their keys only, so it fills any
field that the schema will ever have, and fails by name where the form has no widget for one.
"""

from __future__ import annotations

from apps.viewer.components.form.answers import shown
from apps.viewer.components.form.shape import Node, sections

KINDS = ("text_input", "text_area", "number_input", "selectbox", "multiselect", "radio", "checkbox", "button")


class Robot:
    """Fills the form that `run` shows."""

    def __init__(self, run):
        self.run = run

    def fill(self, wanted):
        """Fill all sections with the answers of `wanted`, a protocol document."""
        for letter, nodes in sections().items():
            self.go(letter)
            asked = [node for node in nodes if node.name in wanted]
            while any(self.build(node, (node.name,), wanted[node.name]) for node in asked):
                pass
            for _ in range(2):  # what is typed first may turn another answer into a choice
                for node in asked:
                    self.answer(node, (node.name,), wanted[node.name])
                self.run.run()
        return self.run

    def go(self, letter):
        self.run.radio(key="choose_section").set_value(letter)
        self.run.run()
        assert not self.run.exception

    def key(self, place):
        return self.run.session_state["draft"].key(place)

    def widget(self, key):
        """Return the widget with this key, or one of its variants."""
        for kind in KINDS:
            for found in getattr(self.run, kind):
                if found.key in (key, f"{key}/pick", f"{key}/picks"):
                    return found
        return None

    def press(self, key):
        found = self.widget(key)
        assert found is not None, key
        found.click()
        self.run.run()
        assert not self.run.exception
        return True

    def build(self, node, place, value):
        """Add one missing part, and tell whether there was one."""
        if node.kind == "cards" and isinstance(value, list):
            return self.build_cards(node, place, value)
        if node.kind != "group" or value is None:
            return False
        if self.widget(f"keep:{self.key(place)}"):
            return self.press(f"keep:{self.key(place)}")
        if len(place) > 1 and node.nullable and self.widget(f"open:{self.key(place)}"):
            return self.press(f"open:{self.key(place)}")
        return any(
            self.build(inner, (*place, inner.name), value[inner.name]) for inner in node.fields if inner.name in value
        )

    def build_cards(self, node, place, value):
        held = self.held(place)
        if len(held) < len(value):
            return self.press(f"add:{self.key(place)}")
        inner = Node("group", node.part, node.name, fields=node.fields)
        return any(self.build(inner, (*place, position), item) for position, item in enumerate(value))

    def held(self, place):
        from apps.viewer.components.form.content import find

        found = find(self.run.session_state["draft"].content, place)
        return found if isinstance(found, list) else []

    def answer(self, node, place, value):
        """Give one answer to its widgets; they are sent together."""
        if value is None:
            return
        if node.kind == "group":
            for inner in node.fields:
                self.answer(inner, (*place, inner.name), value.get(inner.name))
        elif node.kind == "cards":
            self.answer_cards(node, place, value)
        elif node.kind == "words":
            for code in ("en", "zh"):
                self.set((*place, code), value.get(code) or "")
        elif node.kind == "table" and self.widget(self.key(place)) is None:
            for name, number in value.items():
                self.set((*place, name), number)
        else:
            self.answer_plain(node, place, value)

    def answer_cards(self, node, place, value):
        if value == [] and (none := self.widget(f"none:{self.key(place)}")):
            none.check()
        for position, item in enumerate(value):
            for inner in node.fields:
                self.answer(inner, (*place, position, inner.name), item.get(inner.name))

    def answer_plain(self, node, place, value):
        if node.kind == "fixed" and self.widget(self.key(place)) is None:
            assert value == node.options[0]
            return
        if node.kind in ("texts", "table", "document", "pair"):
            found = self.widget(self.key(place))
            assert found is not None, place
            several = type(found).__name__ == "Multiselect"
            text = ", ".join(str(part) for part in value) if node.kind == "pair" else shown(node, value)
            found.set_value(list(value) if several else text)
            return
        self.set(place, value)

    def set(self, place, value):
        found = self.widget(self.key(place))
        assert found is not None, f"the form has no widget for {place}"
        found.set_value(value)
