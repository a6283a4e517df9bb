"""The form of a protocol, generated from the schema: shape of each answer, widgets, questions, what is still missing."""
