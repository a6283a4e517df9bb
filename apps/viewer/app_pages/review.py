"""Page review."""
from apps.viewer.language import N_
TITLE = N_("Review")
ROLES = ()
IN_MENU = True
def show(desk): pass
