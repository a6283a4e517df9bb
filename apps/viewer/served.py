"""What `streamlit run` is given: the router's pages, the upload endpoint for machines and extracts in one server.

Belongs here: the mounting. Does not: pages (streamlit_app), the endpoint (apps.endpoint). Streamlit 1.67 finds `app` by reading
this file; its own routes are reserved, `/api/` is free.
"""

from __future__ import annotations

import streamlit as st

from apps.endpoint import extracts, routes
from apps.viewer.launch import SCRIPT

app = st.App(SCRIPT, routes=[*routes.routes(), *extracts.routes()])
