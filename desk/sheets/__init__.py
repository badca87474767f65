"""Sheets in: what may be opened, how it is read, and what becomes of its rows."""
