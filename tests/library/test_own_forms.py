"""The step from today's gate to the advised one, where a form stands on the page already."""

import pytest

from gating.advice import action_of
from gating.records import Gate, ObservedGate

BOX = ObservedGate("ungated", "only a newsletter box", form="kit:1")
CONTACT = ObservedGate("ungated", "a contact form", lead_form=True, form="own:1")


@pytest.mark.parametrize(
    ("gate", "rule", "observed", "action"),
    [
        (Gate.SOFT_GATE, "G2", BOX, "keep"),
        (Gate.SOFT_GATE, "G3", CONTACT, "keep"),
        (Gate.GATED, "G1", BOX, "keep"),
        (Gate.GATED, "G3", CONTACT, "keep"),
        (Gate.GATED, "G3", BOX, "gate"),
        (Gate.SOFT_GATE, "G2", ObservedGate("ungated", "no form"), "soft-gate"),
        (Gate.SOFT_GATE, "G2", ObservedGate("gated", "a form", form="own:1"), "soft-gate"),
    ],
)
def test_a_form_of_its_own_is_enough(gate: Gate, rule: str, observed: ObservedGate, action: str) -> None:
    """Except a newsletter box beside a packaged asset that is given away."""
    assert action_of(gate, rule, "product", observed) == action
