"""Submit."""
def offer(desk, draft, judged): pass
