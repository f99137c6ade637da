"""Findings -> what they say together."""
