"""Regulations as TOML files: eight published ones and the demonstration's own."""
