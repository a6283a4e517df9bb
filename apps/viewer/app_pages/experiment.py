"""Page experiment."""
from apps.viewer.language import N_
TITLE = N_("Experiment")
ROLES = ()
IN_MENU = True
def show(desk): pass
