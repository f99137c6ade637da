"""`gating serve`: one page and one address to score drafts with, for people and programs on this computer."""
