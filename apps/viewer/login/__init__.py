"""Signing in to the viewer: pages of their own beside Streamlit's, the cookie, and the gate before everything that is served.

Belongs here: HTTP. Does not: accounts and sessions (data.accounts), who acts on a page (apps.viewer.acting), roles (data.access).
"""
