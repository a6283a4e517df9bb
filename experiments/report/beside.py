"""What stands beside an effect in the numbers: both answers of few clusters, the effect without each zone, effects by group.

Belongs here: one line of text for each, from the diagnostics. Does not: computing it (estimators, leave_one_out, subgroups).
"""

from __future__ import annotations

from typing import Any

from data.messages import Language
from experiments.report.numerals import high_end, low_end, shown, shown_p
from experiments.report.wording import word

FEW = ("CR1", "CR2", "wild_bootstrap", "randomisation")


def beside(entry: dict[str, Any], places: int, language: Language) -> tuple[str, ...]:
    """Return the lines of one analysis, none where its diagnostics hold none of them."""
    return (*robust(entry, places, language), *by_group(entry, places, language))


def robust(entry: dict[str, Any], places: int, language: Language) -> tuple[str, ...]:
    """Return both answers of few clusters, and the effect without each zone."""
    notes = entry["result"]["diagnostics"]
    few = notes.get("few_clusters", {}).get(entry["term"], {})
    lines = [_few(name, few[name], places, language) for name in FEW if name in few]
    if "leave_one_out" in notes:
        lines.append(_left_out(notes["leave_one_out"], places, language))
    return tuple(lines)


def by_group(entry: dict[str, Any], places: int, language: Language) -> tuple[str, ...]:
    """Return the effects by group, with the test that they are equal."""
    found = entry["result"]["diagnostics"].get("subgroups", {})
    return tuple(line for column, groups in found.items() for line in _groups(column, groups, places, language))


def _few(name: str, found: dict[str, Any], places: int, language: Language) -> str:
    return word(
        "beside_few",
        language,
        name=word(f"few_{name}", language),
        low=low_end(found["conf_low"], places),
        high=high_end(found["conf_high"], places),
        p=shown_p(found["p_value"]),
    )


def _left_out(found: dict[str, Any], places: int, language: Language) -> str:
    if found["moves_most"] is None:
        return word("beside_left_none", language, column=found["column"])
    told = {"column": found["column"], "most": found["moves_most"], "n": len(found["without"])}
    low, high, moved = (shown(found[name], places) for name in ("low", "high", "moved_by"))
    return word("beside_left", language, low=low, high=high, moved=moved, **told)


def _groups(column: str, found: dict[str, Any], places: int, language: Language) -> list[str]:
    if "refused" in found:
        return [word("beside_refused", language, column=column, reason=found["refused"]["message"][language])]
    lines = [
        word(
            "beside_group",
            language,
            column=column,
            group=item["group"],
            estimate=shown(item["estimate"], places),
            low=low_end(item["conf_low"], places),
            high=high_end(item["conf_high"], places),
        )
        for item in found["groups"]
    ]
    equal = found["equal"]
    if "p_value" in equal:
        lines.append(word("beside_equal", language, column=column, p=shown_p(equal["p_value"]), method=equal["method"]))
    else:
        lines.append(word("beside_unequal", language, column=column, reason=equal["reason"][language]))
    lines += [
        word("beside_withheld", language, column=column, group=item["group"], reason=item["reason"][language])
        for item in found["withheld"]
    ]
    return lines
