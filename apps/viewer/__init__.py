"""The window: a bilingual Streamlit application over released tables and results files, and nothing else."""
