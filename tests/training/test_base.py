import json
from pathlib import Path

import pytest

from gating.classifier.bundle import ARRAYS, CARD, base_folder, current_version
from gating.settings import load_settings
from gating.training import train

TRAINING_DATA = Path(__file__).resolve().parents[2] / "training_data"


@pytest.mark.slow
def test_the_shipped_model_is_what_its_figures_make(tmp_path):
    """`gating train training_data --name base` rebuilds models/base: bit for bit on one machine, else the same card and predictions."""
    said = list(train([str(TRAINING_DATA)], "base", tmp_path, load_settings()))
    assert "Trained base/1" in said[-1]
    shipped, rebuilt = current_version(base_folder()), tmp_path / "base" / "1"
    cards = [json.loads((folder / CARD).read_text(encoding="utf-8")) for folder in (shipped, rebuilt)]
    for card in cards:
        card.pop("version")
        card.pop("versions")
    if (shipped / ARRAYS).read_bytes() == (rebuilt / ARRAYS).read_bytes():
        assert cards[0] == cards[1]
    else:
        assert_same_predictions(shipped, rebuilt, cards)


def assert_same_predictions(shipped, rebuilt, cards):
    """Another processor rounds otherwise: then every probability on the examples must agree to six digits."""
    from gating.assess import assess_paths, make_assessor

    for card in cards:
        card.pop("arrays_sha256")
        card.pop("canaries")
        card["temperatures"] = {head: round(value, 3) for head, value in card["temperatures"].items()}
    assert cards[0] == cards[1]
    examples = [str(TRAINING_DATA / "examples.jsonl")]
    first, second = (list(assess_paths(examples, make_assessor(load_settings(), folder))) for folder in (shipped, rebuilt))
    for one, other in zip(first, second, strict=True):
        for head in ("strategy", "stage", "gate", "format"):
            assert one.verdict.head(head).probabilities == pytest.approx(other.verdict.head(head).probabilities, abs=1e-6)
