"""gating: says of a content piece whether it is demand-gen or lead-gen, where its reader stands in the funnel, and whether to gate it."""

__version__ = "0.1.0"
