"""The protocol's schema by section: one annotated declaration for each field."""
