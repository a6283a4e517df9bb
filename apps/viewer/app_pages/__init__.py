"""The pages. Each is a list of named steps; reads come from apps.viewer.reads, drawing from apps.viewer.components."""
