"""The codebook of a release: what each variable is, asks, holds and comes from, in both languages, small cells held back.

Belongs here: counting, protection, lineage, the page and the files. Does not: who may and what is recorded
(experiments.codebooks), words of the columns (data.codebooks).
"""
