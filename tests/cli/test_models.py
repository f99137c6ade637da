"""`gating train` and `gating models`: what a person sees, and what is in use afterwards."""

import json
from pathlib import Path

import pytest

from gating.classifier.bundle import ARRAYS
from gating.training import learning
from gating.training.evaluation import Decision
from gating.training.registry import put_in_use
from tests.builders import PROSE
from tests.cli.conftest import Run
from tests.training.registries import store, write_labels


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """./models with a small model, house, in use."""
    put_in_use(tmp_path / "models", store(tmp_path / "models", "house"))
    return tmp_path / "models"


@pytest.fixture
def draft(tmp_path: Path) -> str:
    """A draft to score."""
    (tmp_path / "draft.md").write_text(f"# Counting crates\n\n{PROSE}\n\n{PROSE}\n")
    return "draft.md"


def scored_by(run: Run, *arguments: str) -> str:
    result = run("score", *arguments, "--format", "jsonl")
    assert result.exit_code == 0, result.stderr
    return str(json.loads(result.stdout)["model"]).partition("+")[0]


def test_training_says_before_and_after_and_is_used(run: Run, registry: Path, draft: str, tmp_path: Path) -> None:
    """The table, the reason, what is in use now and how to take it back; the next score uses it."""
    result = run("train", write_labels(tmp_path / "labels.jsonl", 0, 30), "--name", "acme")
    assert result.exit_code == 0
    for words in ("30 labelled pieces", "house/1", "What changed", "held-out rows", "acme/1 is in use.", "rollback"):
        assert words in result.stdout
    assert scored_by(run, draft) == "acme/1"


def test_refused_training_is_code_one_with_the_reason(run: Run, registry: Path, draft: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stored and named, the model in use stays, and the way to use it all the same is said."""
    monkeypatch.setattr(learning, "keep_or_not", lambda *arguments: Decision(False, "On 30 held-out rows the new model is worse."))
    labels = write_labels(tmp_path / "labels.jsonl", 0, 30)
    result = run("train", labels, "--name", "acme")
    assert result.exit_code == 1
    assert "On 30 held-out rows the new model is worse." in result.stdout
    assert "acme/1 was stored and is not used" in result.stderr
    assert scored_by(run, draft) == "house/1"
    assert "by --force" in run("train", labels, "--name", "acme", "--force").stdout
    assert scored_by(run, draft) == "acme/2"
    kept = [line.split()[-1] for line in run("models", "list").stdout.splitlines() if line.startswith("acme/")]
    assert kept == ["no", "forced"]


def test_training_under_our_name_is_refused(run: Run, tmp_path: Path) -> None:
    """One sentence, code 2."""
    result = run("train", write_labels(tmp_path / "labels.jsonl", 0, 10), "--name", "base")
    assert result.exit_code == 2
    assert "never replaced" in result.stderr


def test_score_uses_the_model_in_use(run: Run, registry: Path, draft: str) -> None:
    """In use before the shipped one; --model before both; another registry has its own."""
    assert scored_by(run, draft) == "house/1"
    assert scored_by(run, draft, "--registry", "elsewhere") == "base/1"
    store(registry, "acme")
    assert scored_by(run, draft, "--model", str(registry / "acme" / "1")) == "acme/1"


def test_explain_uses_the_model_in_use(run: Run, registry: Path, draft: str) -> None:
    """The page says which model it was."""
    assert "Scored by house/1" in run("explain", draft).stdout


def test_damaged_model_in_use_stops_the_run(run: Run, registry: Path, draft: str) -> None:
    """Nothing is scored by another model in silence: one sentence, code 2, no traceback."""
    (registry / "house" / "1" / ARRAYS).write_bytes(b"PK")
    result = run("score", draft)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "digest" in result.stderr


def test_list_shows_every_model(run: Run, registry: Path) -> None:
    """The shipped one first, then those stored, with the one in use marked; a damaged one with its fault."""
    store(registry, "acme")
    store(registry, "acme")
    (registry / "acme" / "2" / "card.json").write_text("{")
    lines = run("models", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines if line[:4] in ("base", "acme", "hous")] == ["base/1", "acme/1", "acme/2", "house/1"]
    assert [line.split()[0] for line in lines if " yes " in line] == ["house/1"]
    assert "not valid JSON" in " ".join(" ".join(lines).split())


def test_show_is_the_card_as_a_page(run: Run, registry: Path, tmp_path: Path) -> None:
    """Without a name the model in use; with one any other."""
    run("train", write_labels(tmp_path / "labels.jsonl", 0, 30), "--name", "acme")
    page = run("models", "show").stdout
    for words in ("acme/1", "on top of house/1", "Digest of its base", "Held-out rows", "Kept: On 30 held-out rows", "scikit-learn", "Temperatures"):
        assert words in page
    assert "inside gating" in run("models", "show", "base").stdout


def test_use_and_rollback(run: Run, registry: Path, draft: str) -> None:
    """A name, base, and back again, step by step; then a sentence."""
    store(registry, "acme")
    assert run("models", "use", "acme").stdout == "acme/1 is in use.\n"
    assert run("models", "use", "base").exit_code == 0
    assert scored_by(run, draft) == "base/1"
    assert [run("models", "rollback").stdout.split()[0] for _ in range(3)] == ["acme/1", "house/1", "base"]
    result = run("models", "rollback")
    assert result.exit_code == 2
    assert "no step back" in result.stderr


def test_verify_is_code_one_when_a_model_is_at_fault(run: Run, registry: Path) -> None:
    """Sound models are named too."""
    assert run("models", "verify").exit_code == 0
    store(registry, "acme")
    (registry / "acme" / "1" / ARRAYS).write_bytes(b"PK")
    result = run("models", "verify")
    assert result.exit_code == 1
    assert "house/1: sound" in result.stdout
    assert "acme/1: " in result.stdout
    assert "digest" in result.stdout


def test_export_and_import(run: Run, registry: Path, draft: str) -> None:
    """One file takes a model to a colleague, who then puts it in use."""
    assert run("models", "export", "house", "-o", "house.zip").exit_code == 0
    assert run("models", "import", "house.zip", "--registry", "theirs").stdout == "Stored house/1. `gating models use house/1` puts it in use.\n"
    assert scored_by(run, draft, "--registry", "theirs") == "base/1"
    assert run("models", "use", "house", "--registry", "theirs").exit_code == 0
    assert scored_by(run, draft, "--registry", "theirs") == "house/1"


def test_registry_that_cannot_be_written_is_code_three(run: Run, tmp_path: Path) -> None:
    """Found before the training, in one sentence."""
    (tmp_path / "occupied").write_text("a file")
    result = run("train", write_labels(tmp_path / "labels.jsonl", 0, 10), "--name", "acme", "--registry", "occupied/models")
    assert result.exit_code == 3
    assert "cannot be written" in result.stderr


def test_words_of_a_strangers_card_cannot_steer_the_terminal(run: Run, registry: Path) -> None:
    """Escape characters of an imported card are shown, not sent."""
    store(registry, "acme", decision={"kept": True, "reason": "\x1b[2J\x1b]0;hello"}, adapted={"base": "\x1b[31m", "rows": 3, "chosen": {"\x1b": "\x1b"}}, seed="\x1b")
    assert "\x1b" not in run("models", "show", "acme").stdout + run("models", "list").stdout
