"""Life cycles as data: states, actions, and who may move an object from one state to another.

Belongs here: the engine, pure: a table says which (state, role, action) cells are allowed, the rest are refused. Does not:
the tables (experiments.registry.machines, quality.machines), what a guard looks at (experiments.registry.guards).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from data.access import Role
from data.messages import NotPermitted, Refused, Text

ABSENT = "-"
"""The state of an object that is not there yet: the source of the transitions that create one."""


@dataclass(frozen=True)
class Transition:
    """One allowed move. `guards` are names of conditions that must hold as well; who calls the engine evaluates them.

    Parameters
    ----------
    action
        What is done, such as ``"submit"``.
    sources, target
        From which states to which; the target of an action that changes no state is its source (``target = ""``).
    roles
        Who may do it. Any one of them suffices.
    guards
        Names, in the order in which they are told.
    label
        The action in both languages, for buttons and diagrams.
    """

    action: str
    sources: frozenset[str]
    target: str
    roles: frozenset[Role]
    guards: tuple[str, ...]
    label: Text

    def after(self, state: str) -> str:
        """Return the state in which the object is after this move from `state`."""
        return self.target or state


def move(action: str, sources: str, target: str, roles: str, guards: str, en: str, zh: str) -> Transition:
    """Return a transition from names separated by blanks, so that a table reads as one.

    >>> move("submit", "draft returned", "submitted", "analyst", "on_team", "Submit", "提交").sources >= {"draft"}
    True
    """
    held = frozenset(role for role in get_args(Role) if role in roles.split())
    if len(held) != len(roles.split()):
        raise ValueError(f"{action}: a role of {roles!r} is unknown")
    return Transition(action, frozenset(sources.split()), target, held, tuple(guards.split()), Text(en=en, zh=zh))


@dataclass(frozen=True)
class Refusal:
    """Why a cell is not allowed: the object's state forbids it, or the role does."""

    reason: Literal["unknown", "state", "role"]
    text: Text

    def error(self) -> Refused | NotPermitted:
        """Return the exception that tells it."""
        if self.reason == "role":
            return NotPermitted("E-LIFE-02", self.text)
        return Refused("E-LIFE-01" if self.reason == "state" else "E-LIFE-03", self.text)


@dataclass(frozen=True)
class Machine:
    """One life cycle. No two transitions share an action and a source, so that a cell has one answer.

    Raises
    ------
    ValueError
        The table contradicts itself: an unknown state, a cell with two answers, a way out of a terminal state.
    """

    name: str
    title: Text
    states: Mapping[str, Text]
    initial: str
    terminal: frozenset[str]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        problems = _contradictions(self)
        if problems:
            raise ValueError(f"{self.name}: {'; '.join(problems)}")

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action, in the order of the table."""
        return tuple(dict.fromkeys(item.action for item in self.transitions))

    def find(self, state: str, action: str) -> Transition | None:
        """Return the transition that starts in `state` by `action`, whoever may do it."""
        return next((item for item in self.transitions if item.action == action and state in item.sources), None)

    def cell(self, state: str, role: Role, action: str) -> Transition | Refusal:
        """Answer one cell of the permission matrix: the transition, or why not."""
        if action not in self.actions:
            return Refusal("unknown", _UNKNOWN.fill(action=action, known=", ".join(self.actions)))
        found = self.find(state, action)
        if found is None:
            return Refusal("state", self._not_now(state, action))
        if role not in found.roles:
            return Refusal("role", self._not_you(found))
        return found

    def allowed(self, state: str, roles: Collection[Role]) -> tuple[Transition, ...]:
        """Return what somebody with `roles` may try in `state`; guards may still refuse it."""
        return tuple(item for item in self.transitions if state in item.sources and item.roles & set(roles))

    def _not_now(self, state: str, action: str) -> Text:
        label = next(item.label for item in self.transitions if item.action == action)
        sources = [source for item in self.transitions if item.action == action for source in sorted(item.sources)]
        return Text(
            en=f"{label.en} is not possible while the {self.title.en} is {self._called(state).en}. "
            f"It is possible when it is: {', '.join(self._called(source).en for source in sources)}.",
            zh=f"{self.title.zh}处于“{self._called(state).zh}”时不能{label.zh}。"
            f"可执行的状态：{'、'.join(self._called(source).zh for source in sources)}。",
        )

    def _not_you(self, found: Transition) -> Text:
        roles = sorted(found.roles)
        return Text(
            en=f"{found.label.en} ({self.title.en}) is for: {', '.join(roles)}. Ask somebody with that role.",
            zh=f"{self.title.zh}的“{found.label.zh}”仅限以下角色：{'、'.join(roles)}。请由具有该角色的人员操作。",
        )

    def _called(self, state: str) -> Text:
        return self.states.get(state, _NOT_THERE if state == ABSENT else Text(en=state, zh=state))


@dataclass(frozen=True)
class Decision:
    """An allowed cell: the transition, and the role that allows it, for the ledger."""

    transition: Transition
    role: Role


def candidates(machine: Machine, state: str, roles: Collection[Role], action: str) -> tuple[Decision, ...]:
    """Return one decision for each of the roles that may do it, in their order: who acts may hold several.

    Raises
    ------
    Refused
        E-LIFE-01: not in this state; E-LIFE-03: no such action.
    NotPermitted
        E-LIFE-02: none of the roles may do it.
    """
    answers = [(machine.cell(state, role, action), role) for role in roles]
    allowed = tuple(Decision(answer, role) for answer, role in answers if isinstance(answer, Transition))
    if not allowed:
        refusals = [answer for answer, _ in answers if isinstance(answer, Refusal)]
        raise (refusals[0] if refusals else Refusal("role", _NOBODY)).error()
    return allowed


def decide(machine: Machine, state: str, roles: Collection[Role], action: str) -> Decision:
    """Return the decision for somebody who holds `roles`, the first that allows it being used; raises as `candidates`.

    Examples
    --------
    >>> lamp = Machine("lamp", Text(en="lamp", zh="灯"), {"off": Text(en="off", zh="关"), "on": Text(en="on", zh="开")},
    ...     "off", frozenset(), (Transition("light", frozenset({"off"}), "on", frozenset({"operator"}), (),
    ...     Text(en="Light", zh="点亮")),))
    >>> decide(lamp, "off", ("viewer", "operator"), "light").role
    'operator'
    """
    return candidates(machine, state, roles, action)[0]


def mermaid(machine: Machine) -> str:
    """Return the state diagram in mermaid's notation, one arrow an action and pair of states."""
    lines = ["stateDiagram-v2"]
    if not any(ABSENT in item.sources for item in machine.transitions):
        lines.append(f"    [*] --> {machine.initial}")
    for item in machine.transitions:
        lines.extend(
            f"    {source if source != ABSENT else '[*]'} --> {item.after(source)}: {item.action}"
            for source in _in_order(machine, item.sources)
        )
    lines.extend(f"    {state} --> [*]" for state in machine.states if state in machine.terminal)
    return "\n".join(lines) + "\n"


def matrix(machine: Machine) -> str:
    """Return the permission matrix in Markdown: a row for each state and action that is allowed to anybody."""
    roles = sorted({role for item in machine.transitions for role in item.roles})
    lines = [
        f"| state | action | to | {' | '.join(roles)} | guards |",
        f"|---|---|---|{'---|' * len(roles)}---|",
    ]
    for state in (ABSENT, *machine.states):
        for item in machine.transitions:
            if state in item.sources:
                marks = " | ".join("yes" if role in item.roles else "·" for role in roles)
                guards = ", ".join(f"`{name}`" for name in item.guards) or "–"
                lines.append(f"| {state} | {item.action} | {item.after(state)} | {marks} | {guards} |")
    return "\n".join(lines) + "\n"


_UNKNOWN = Text(en="There is no action {action}. Known: {known}.", zh="没有操作 {action}。可用：{known}。")
_NOBODY = Text(
    en="Somebody without a role may do nothing here. Ask an administrator for a role.",
    zh="没有角色的人员不能在此操作。请向管理员申请角色。",
)
_NOT_THERE = Text(en="not there yet", zh="尚不存在")


def _in_order(machine: Machine, states: frozenset[str]) -> list[str]:
    return [state for state in (ABSENT, *machine.states) if state in states]


def _contradictions(machine: Machine) -> list[str]:
    known = {ABSENT, *machine.states}
    named = {machine.initial, *machine.terminal, *(item.target for item in machine.transitions if item.target)}
    sources = [(source, item.action) for item in machine.transitions for source in item.sources]
    problems = [f"unknown state {name}" for name in sorted((named | {source for source, _ in sources}) - known)]
    problems += [f"two answers for {cell}" for cell in sorted({cell for cell in sources if sources.count(cell) > 1})]
    moves = [item for item in machine.transitions if item.target]
    out = {source for item in moves for source in item.sources if source in machine.terminal}
    return problems + [f"a way out of {state}" for state in sorted(out)]
