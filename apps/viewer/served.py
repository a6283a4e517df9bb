"""What `streamlit run` is given: the router's pages, signing in, endpoint and extracts in one server, behind one gate.

Belongs here: the mounting. Does not: pages (streamlit_app), signing in (login), the endpoint (apps.endpoint). Streamlit 1.67
finds `app` by reading this file; its own routes are reserved, `/api/` and `/account/` are free.
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from apps.endpoint import extracts, routes
from apps.viewer.launch import SCRIPT
from apps.viewer.login import routes as login
from apps.viewer.login.gate import Gate

app = st.App(SCRIPT, routes=[*routes.routes(), *extracts.routes(), *login.routes()], middleware=[Middleware(Gate)])
