"""`nlp.add_pipe("gating")` and `doc._.gating`."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

import gating.spacy_component as component
from gating.assess import Assessor
from gating.errors import BundleError
from gating.reading import read_text
from gating.records import HEADS
from tests.builders import declare_entry_points

TEXTS = [
    "# Why lifts stand still\n\nMost lifts that stop have been stopping for weeks. Caretakers hear it first, and nobody asks them.",
    "Nothing much.",
    "# Book an inspection\n\nTell us your building and your work e-mail. We ring back today and name a price for every lift you have.",
]


@pytest.fixture(scope="module")
def nlp():
    """An empty English pipeline with nothing but gating."""
    made = spacy.blank("en")
    made.add_pipe("gating")
    return made


def test_it_says_what_gating_score_says(nlp, assessor: Assessor):
    """The same verdict, advice and quotes as for a Markdown file with that text."""
    found = nlp(TEXTS[0])._.gating
    finding = assessor.assess(read_text(TEXTS[0], "doc", assessor.settings))
    assert [getattr(found, head) for head in HEADS] == [finding.verdict.head(head) for head in HEADS]
    assert (found.advised_gate, found.review, found.flags) == (finding.advice.gate, finding.advice.review, finding.verdict.flags)
    assert (found.evidence, found.model) == (finding.advice.evidence, finding.verdict.model)
    assert found.evidence[0].quote in TEXTS[0]


def test_a_text_that_cannot_be_scored_has_a_reason(nlp):
    """None and a sentence, and no reason where there is an answer."""
    docs = list(nlp.pipe(TEXTS))
    assert [doc._.gating is None for doc in docs] == [False, True, False]
    assert docs[1]._.gating_reason.startswith("only 2 words")
    assert (docs[0]._.gating_reason, nlp.make_doc(TEXTS[0])._.gating) == ("", None)


@pytest.mark.slow
def test_batches_and_processes_change_nothing(nlp):
    """nlp.pipe gives the same answers in the same order, also from two processes."""
    expected = [nlp(text)._.gating for text in TEXTS]
    assert [doc._.gating for doc in nlp.pipe(TEXTS, batch_size=2)] == expected
    assert [doc._.gating for doc in nlp.pipe(TEXTS, batch_size=1, n_process=2)] == expected


def test_the_answer_is_kept_with_a_stored_doc(nlp):
    """In a DocBin, and without the model when it is read."""
    doc = nlp(TEXTS[2])
    (read,) = DocBin().from_bytes(DocBin(docs=[doc], store_user_data=True).to_bytes()).get_docs(spacy.blank("en").vocab)
    assert read._.gating == doc._.gating


def test_another_process_gets_the_folder_not_the_numbers(nlp):
    """What is pickled for a worker is small, and makes a component that answers alike."""
    sent = pickle.dumps(nlp.get_pipe("gating"))
    assert len(sent) < 1000
    assert pickle.loads(sent)(nlp.make_doc(TEXTS[0]))._.gating == nlp(TEXTS[0])._.gating


def test_a_folder_without_a_model_is_said_at_once(tmp_path: Path):
    """When the pipe is added, not at the first text."""
    with pytest.raises(BundleError, match="not a model bundle"):
        spacy.blank("en").add_pipe("gating", config={"model": str(tmp_path)})


def test_the_model_of_the_config_is_the_one_that_reads():
    """And it stands in the config that spaCy stores with the pipeline."""
    folder = str(component.__file__).replace(os.path.join("gating", "spacy_component.py"), os.path.join("models", "base"))
    made = spacy.blank("en")
    made.add_pipe("gating", config={"model": folder})
    assert made.config["components"]["gating"]["model"] == folder
    assert made(TEXTS[0])._.gating.model.startswith("base/")


SCRIPT = """
import sys, spacy
nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
print(*sorted(name for name in sys.modules if name.split(".")[0] == "gating"))
nlp.add_pipe("gating")
print(nlp("# Why lifts stand still\\n\\nMost lifts that stop have been stopping for weeks before anybody rings.")._.gating.strategy.label)
"""


def test_it_is_found_without_an_import_and_little_is_loaded_before(tmp_path: Path, root: Path):
    """By the entry point that pyproject.toml declares, in a fresh process. A pipeline without gating loads the nouns and the component alone."""
    declare_entry_points(tmp_path, root)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(root)])}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines() == ["gating gating.records gating.spacy_component", "demand-gen"], done.stderr
