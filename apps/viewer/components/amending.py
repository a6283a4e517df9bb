"""Amend."""
def show(desk, draft, judged): pass
