"""The upload endpoint for machines: HTTP in front of `quality.intake`, served beside the viewer.

Belongs here: requests, tokens, codes of answers. Does not: what becomes of a file (quality), issuing tokens (data.tokens, the
command `zonelab token`).
"""
