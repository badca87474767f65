"""Scoring as pure functions of a ruleset, a subject and facts. Standard library only: no Django, no database, no clock."""
