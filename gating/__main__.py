"""`python -m gating` is the command `gating`."""

from gating.cli import main

main()
