"""Writes trained weights as the second reader that gating ships: model.onnx, vocab.txt and card.json.

    python scripts/second_reader/export.py /tmp/second_reader/final.safetensors models/second/1

90 MB of float32 become 19 MB: tokens that no open page holds are left out of the vocabulary, its vectors are kept in eight bits
with a scale each, and the matrices of the layers are quantised to eight bits by onnxruntime (dynamically: activations are scaled
as they come). The heads stay in float32.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from corpus import open_pages, units_of
from network import N_LABELS, Encoder, Layer, Network, full_tokenizer, load_network, minilm_files, pool
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from gating.classifier.bundle import CARD
from gating.classifier.second_reader import BUDGET, FORMAT, MODEL, STOP, VOCABULARY, SecondReader, page_tokens
from gating.features.view import within_window
from gating.records import HEADS, LABELS, Piece

OPSET = 17  # the newest that onnxruntime's quantiser and fusions were tried with
ALWAYS_KEPT = STOP + 2  # rows 0..103: padding, marks, unknown, start, stop and mask, whose numbers must not move
QUANTISED = ["MatMul", "Gemm", "Attention"]
WEIGHT = 0.3  # of the second reading in the mean of both (0.5 is the plain geometric mean): best of 0.2 to 0.6 in cross-validation, docs/accuracy.md has the table
FLOAT_TOLERANCE = 1e-4  # of a probability, between PyTorch and onnxruntime before quantisation
N_CHECKED = 64  # pages


class FusedAttention(torch.autograd.Function):
    """Stands for one com.microsoft.Attention node in the exported graph; onnxruntime quantises and runs it whole, much faster than its parts."""

    @staticmethod
    def forward(_: object, x: Tensor, weight: Tensor, bias: Tensor, mask: Tensor, n_heads: int) -> Tensor:
        """Only the shape counts: (batch, tokens, width)."""
        return x + 0 * weight.sum()

    @staticmethod
    def symbolic(graph: torch.Graph, x: torch.Value, weight: torch.Value, bias: torch.Value, mask: torch.Value, n_heads: int) -> torch.Value:
        """The node itself. `weight` is (width, 3 * width), transposed as against PyTorch; `mask` (batch, tokens) int32."""
        return graph.op("com.microsoft::Attention", x, weight, bias, mask, num_heads_i=n_heads).setType(x.type())


class FusedLayer(nn.Module):
    """A layer with its attention as one node."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer
        self.weight = nn.Parameter(layer.query_key_value.weight.detach().t().contiguous())

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x` (batch, tokens, width) -> the same shape."""
        attended = FusedAttention.apply(x, self.weight, self.layer.query_key_value.bias, mask, self.layer.n_heads)
        return self.layer.rest(x, attended)


class SmallEmbedding(nn.Module):
    """Word vectors in eight bits, each with its own scale. With one scale for all, a page's largest change of a probability was 0.045 in the
    mean, with these 0.038.
    """

    def __init__(self, vectors: Tensor) -> None:
        super().__init__()
        scale = vectors.abs().amax(1, keepdim=True).clamp(min=1e-6) / 127
        self.register_buffer("vectors", torch.round(vectors / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, tokens: Tensor) -> Tensor:
        """`tokens` (batch, tokens) -> (batch, tokens, width)."""
        return self.vectors[tokens].float() * self.scale[tokens]


class Exported(nn.Module):
    """What the file computes: token numbers (batch, tokens), 0 for padding -> probabilities (batch, sum of N_LABELS)."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.layers = nn.ModuleList(FusedLayer(layer) for layer in network.encoder.layers)

    def forward(self, tokens: Tensor) -> Tensor:
        """Network.forward and Network.probabilities in one, with fused layers."""
        mask = tokens != 0
        x = self.network.encoder.embed(tokens)
        for layer in self.layers:
            x = layer(x, mask.to(torch.int32))
        return self.network.probabilities(self.network.head(pool(x, mask)))


def kept_tokens(pieces: list[Piece]) -> list[int]:
    """Numbers of the tokens to keep, ascending: those with a meaning of their own, single letters, and all that stand on the pages."""
    vocabulary, tokenizer = minilm_files()[2], full_tokenizer()
    kept = {number for number, word in enumerate(vocabulary) if number < ALWAYS_KEPT or len(word.removeprefix("##")) == 1}
    for piece in pieces:
        texts = [piece.title, piece.description, *(block.text for block in within_window(piece))]
        for encoding in tokenizer.encode_batch(texts, add_special_tokens=False):
            kept.update(encoding.ids)
    return sorted(kept)


def prune(encoder: Encoder, kept: list[int]) -> None:
    """Leaves only the vectors of these tokens and of the places within the budget of use, in eight bits the former."""
    encoder.words = SmallEmbedding(encoder.words.weight.detach()[kept])
    encoder.positions = nn.Embedding.from_pretrained(encoder.positions.weight.detach()[:BUDGET].clone())


def write_float_model(network: Network, file: Path) -> None:
    """The network as an ONNX file in float32."""
    example = torch.full((2, 40), STOP)
    example[0, 30:] = 0
    axes = {"ids": {0: "batch", 1: "tokens"}, "probabilities": {0: "batch"}}
    with warnings.catch_warnings():
        # The newer exporter (dynamo=True) knows no com.microsoft nodes; the older one says on each use that it is old.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(Exported(network).eval(), (example,), file, input_names=["ids"], output_names=["probabilities"], dynamic_axes=axes, opset_version=OPSET, dynamo=False)


def write_small_model(float_file: Path, fused_file: Path, file: Path) -> None:
    """The float model with normalisations and activations fused, and the matrices of its layers in eight bits, one scale a column."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(fused_file)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(float_file, options, providers=["CPUExecutionProvider"])
    in_float = [node.name for node in onnx.load(fused_file).graph.node if node.op_type in QUANTISED and "/layers" not in node.name]
    quantize_dynamic(
        fused_file, file, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=QUANTISED,
        nodes_to_exclude=[*in_float, *(f"{name}_MatMul" for name in in_float)],  # the quantiser renames a Gemm so before it looks at this list
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )  # fmt: skip


def run(file: Path, pages: list[list[int]]) -> np.ndarray:
    """Probabilities (n_pages, sum of N_LABELS) by onnxruntime, one page at a time as in use."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    return np.vstack([session.run(None, {"ids": np.array([page], dtype=np.int64)})[0] for page in pages])


@torch.no_grad()
def run_torch(network: Network, pages: list[list[int]]) -> np.ndarray:
    """The same by PyTorch in float32."""
    return np.vstack([network.probabilities(network(torch.tensor([page]))).numpy() for page in pages])


def change(before: np.ndarray, after: np.ndarray) -> str:
    """How far probabilities moved, for people."""
    ends = np.cumsum(N_LABELS)[:-1]
    same = [np.mean(one.argmax(1) == two.argmax(1)) for one, two in zip(np.split(before, ends, 1), np.split(after, ends, 1), strict=True)]
    shares = ", ".join(f"{head} {share:.3f}" for head, share in zip(HEADS, same, strict=True))
    return f"largest change of a probability {np.abs(after - before).max():.4f}, mean {np.abs(after - before).mean():.5f}; same label: {shares}"


def card_of(folder: Path, notes: dict[str, str], kept: list[int], weight: float) -> dict[str, object]:
    """What gating.classifier.second_reader checks before it loads the model, and where the weights come from."""
    return {
        "kind": "gating second reader", "format": FORMAT, "name": folder.parent.name, "version": folder.name, "weight": weight,
        "labels": {head: list(LABELS[head]) for head in HEADS}, "budget": BUDGET, "n_tokens": len(kept),
        "sha256": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (MODEL, VOCABULARY)},
        "made_from": "all-MiniLM-L6-v2 (Apache-2.0), fine-tuned by scripts/second_reader on labelled public pages outside the lock-box", "n_rows": int(notes["n_rows"]), "n_sites": int(notes["n_sites"]), "rows_sha256": notes["rows_sha256"],
        "settings": json.loads(notes["settings"]), "versions": {"torch": notes["torch"], "onnxruntime": onnxruntime.__version__},
    }  # fmt: skip


def export(weights: Path, folder: Path, pieces: list[Piece], weight: float = WEIGHT) -> None:
    """Writes the three files into `folder`, whose last two names become the model's name and version, and prints what quantising changed."""
    network, notes = load_network(weights)
    kept = kept_tokens(pieces)
    folder.mkdir(parents=True, exist_ok=True)
    words = minilm_files()[2]
    (folder / VOCABULARY).write_text("".join(f"{words[number]}\n" for number in kept), encoding="utf-8", newline="\n")
    some = pieces[:: max(1, len(pieces) // N_CHECKED)]
    whole = [page_tokens(units) for units in units_of(some)]
    place = {number: row for row, number in enumerate(kept)}
    pages = [[place[token] for token in page] for page in whole]
    small = copy.deepcopy(network)
    prune(small.encoder, kept)
    with tempfile.TemporaryDirectory() as temporary:
        plain, fused = Path(temporary) / "plain.onnx", Path(temporary) / "fused.onnx"
        write_float_model(small, plain)
        write_small_model(plain, fused, folder / MODEL)
        moved = np.abs(run(plain, pages) - run_torch(small, pages)).max()
    assert moved < FLOAT_TOLERANCE, f"the exported graph does not compute what the network does: probabilities differ by {moved}"
    (folder / CARD).write_text(json.dumps(card_of(folder, notes, kept, weight), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(kept)} of {len(words)} tokens kept; {MODEL} {(folder / MODEL).stat().st_size / 1e6:.1f} MB")
    print(f"quantising, on {len(pages)} pages: {change(run_torch(network, whole), run(folder / MODEL, pages))}")
    check(folder, some)


def check(folder: Path, pieces: list[Piece]) -> None:
    """Reads the pages as gating does; each head's probabilities must sum to 1."""
    reader = SecondReader(folder)
    for piece in pieces:
        for head, probabilities in reader.read(piece).items():
            assert len(probabilities) == len(LABELS[head]), head
            assert abs(probabilities.sum() - 1) < FLOAT_TOLERANCE, f"{head}: probabilities sum to {probabilities.sum()}"


def main() -> None:
    """Reads the open pages for their vocabulary, then exports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, help="final.safetensors of train.py --all")
    parser.add_argument("folder", type=Path, help="where the model goes: models/NAME/VERSION")
    parser.add_argument("--weight", type=float, default=WEIGHT, help="of the second reading in the mean of both, 0 to 1 (default %(default)s)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    export(arguments.weights, arguments.folder.resolve(), open_pages()[1], arguments.weight)


if __name__ == "__main__":
    main()
