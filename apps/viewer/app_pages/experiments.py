"""Page experiments."""
from apps.viewer.language import N_
TITLE = N_("Experiments")
ROLES = ()
IN_MENU = True
def show(desk): pass
