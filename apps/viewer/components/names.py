"""What the codebook's codes are called on pages: disclosure grades, kinds of values, levels of processing.

Belongs here: code → words of the catalogue. Does not: the words of the downloadable codebook (quality.codebook.words).
"""

from __future__ import annotations

from apps.viewer.language import N_

GRADES: dict[str, str] = {
    "none": N_("identifies nobody"),
    "quasi": N_("may help to find somebody"),
    "sensitive": N_("sensitive"),
    "direct": N_("names somebody"),
}
RESTRICTED = ("sensitive", "direct")
"""Grades of which a distribution is shown to those who may read the workspace."""
KINDS: dict[str, str] = {
    "string": N_("text"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "boolean": N_("yes or no"),
    "date": N_("date"),
    "timestamp": N_("date and time"),
}
PROCESSING: dict[str, str] = {
    "reference": N_("reference, no source behind it"),
    "collected": N_("as collected"),
    "harmonised": N_("harmonised by a concordance"),
    "derived": N_("derived in the panel"),
}
COMPARED: dict[str, str] = {
    "identical": N_("identical"),
    "recoded": N_("recoded"),
    "approximate": N_("approximate"),
    "not_comparable": N_("not comparable"),
    "not_available": N_("not available"),
}
TRANSFORMS: dict[str, str] = {
    "identity": N_("as it is"),
    "recode": N_("recoded"),
    "linear": N_("another unit"),
    "bands": N_("classes"),
    "first_present": N_("first of several that is there"),
    "none": N_("none"),
}
