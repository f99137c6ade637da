"""Trains the second reader: out-of-fold probabilities by organisation (--folds), or the final weights on all open rows (--all).

    python scripts/second_reader/train.py --folds 0 1 2 3 4 --cache /tmp/second_reader
    python scripts/second_reader/train.py --all --cache /tmp/second_reader

Fine-tuning in the manner of BERT (Devlin et al., arXiv 1810.04805): AdamW (Loshchilov and Hutter, arXiv 1711.05101) with warm-up and linear
decay, a smaller learning rate the deeper the layer (discriminative fine-tuning, Howard and Ruder, arXiv 1801.06146), smoothed
labels (Szegedy et al., arXiv 1512.00567), rows weighed by the annotator's confidence.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from corpus import Targets, folds, open_pages, targets_of, units_of
from network import N_LABELS, Network, combination_members, pretrained_encoder
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from gating.classifier.second_reader import BUDGET, Unit, page_tokens
from gating.records import HEADS
from gating.training.evaluate import FOLDS, head_score
from gating.training.figures import Table

Floats = npt.NDArray[np.float64]
Pages = Sequence[list[Unit]]
LOSS_SHARES = {"strategy": 1.0, "stage": 1.0, "gate": 1.0, "format": 0.7, "joint": 0.5}
FLAGS_SHARE, SURE_SHARE = 0.3, 0.1
DROPPED = (0.0, 0.05, 0.15)  # shares of blocks left out of a page, one drawn each time it is seen
FEWEST_TO_DROP = 7  # blocks; a shorter page stays whole
BUCKET = 22  # batches that are sorted by length together
NEARLY_EQUAL = 0.9  # a batch whose shortest page has this share of the longest is cut to one length: no padding, no mask


@dataclass(frozen=True)
class Settings:
    """Chosen on one fold outside the lock-box against 5 epochs at 1e-4, decay 0.85 and budgets up to 256, which were slower and no better."""

    epochs: int = 4
    learning_rate: float = 2.5e-4  # of the last layer
    head_learning_rate: float = 1e-3
    layer_decay: float = 0.9  # of the learning rate, from each layer to the one below
    weight_decay: float = 0.01
    smoothing: float = 0.05
    batch: int = 16
    budgets: tuple[int, ...] = (96, 160, 224)  # tokens; one is drawn for a page each time it is seen
    warm_up: float = 0.1  # of all steps
    lowest_rate: float = 0.02  # of the learning rate, at the end
    seed: int = 0


def fit(pages: Pages, targets: Targets, settings: Settings, steps: int | None = None) -> Network:
    """The network trained on these pages. `steps` stops early: for trying the script, not for use."""
    torch.manual_seed(settings.seed)
    drawn = random.Random(settings.seed)
    network = Network(pretrained_encoder(), combination_members(targets.combinations))
    optimizer = torch.optim.AdamW(parameter_groups(network, settings), betas=(0.9, 0.98), fused=True)
    total = steps or max(1, len(pages) // settings.batch * settings.epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, total, settings))
    done, began = 0, time.monotonic()
    for epoch in range(settings.epochs):
        losses = []
        network.train()
        for rows, tokens in batches(pages, settings, drawn):
            losses.append(step_once(network, optimizer, loss_of(network, tokens, rows, targets, settings)))
            schedule.step()
            done += 1
            if done == steps:
                break
        print(f"  epoch {epoch + 1}: loss {np.mean(losses):.3f} after {done} steps, {time.monotonic() - began:.0f} s", flush=True)
        if done == steps:
            break
    return network.eval()


def step_once(network: Network, optimizer: torch.optim.Optimizer, loss: Tensor) -> float:
    """One step down the gradient, its length clipped to 1."""
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())


def parameter_groups(network: Network, settings: Settings) -> list[dict[str, object]]:
    """Optimizer groups: the head, each layer, the embeddings, each with its rate; biases and norms are not decayed."""
    encoder = network.encoder
    embeddings = [encoder.words.weight, encoder.positions.weight, encoder.segment, *encoder.norm.parameters()]
    levels = [(list(network.head.parameters()), settings.head_learning_rate)]
    for depth, layer in enumerate([*reversed(encoder.layers), None]):
        levels.append((list(layer.parameters()) if layer else embeddings, settings.learning_rate * settings.layer_decay**depth))
    groups: list[dict[str, object]] = []
    for parameters, learning_rate in levels:
        groups.append({"params": [one for one in parameters if one.ndim > 1], "lr": learning_rate, "weight_decay": settings.weight_decay})
        groups.append({"params": [one for one in parameters if one.ndim < 2], "lr": learning_rate, "weight_decay": 0.0})
    return groups


def rate(step: int, total: int, settings: Settings) -> float:
    """Share of the learning rate at a step: up in a line over the warm-up, then down in a line."""
    warm = max(1, int(settings.warm_up * total))
    return min(1.0, (step + 1) / warm) * max(settings.lowest_rate, 1 - max(0, step - warm) / max(1, total - warm))


def batches(pages: Pages, settings: Settings, drawn: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
    """(rows (batch,), tokens (batch, tokens)) of one epoch: every page once, some blocks dropped, a budget drawn, pages of like length together."""
    order = list(range(len(pages)))
    drawn.shuffle(order)
    found: list[list[tuple[int, list[int]]]] = []
    bucket = settings.batch * BUCKET
    for start in range(0, len(order), bucket):
        seen = [(row, page_tokens(drop_blocks(pages[row], drawn), drawn.choice(settings.budgets))) for row in order[start : start + bucket]]
        seen.sort(key=lambda one: len(one[1]))
        found += [seen[first : first + settings.batch] for first in range(0, len(seen), settings.batch)]
    drawn.shuffle(found)
    for batch in found:
        yield torch.tensor([row for row, _ in batch]), padded(level([tokens for _, tokens in batch]))


def drop_blocks(units: Sequence[Unit], drawn: random.Random) -> list[Unit]:
    """The page without some of its blocks, so that no single one is learned by heart. The title stays."""
    if len(units) < FEWEST_TO_DROP:
        return list(units)
    share = drawn.choice(DROPPED)
    return [unit for number, unit in enumerate(units) if number == 0 or drawn.random() >= share]


def level(pages: list[list[int]]) -> list[list[int]]:
    """Pages of nearly equal length cut to the shortest, their last token kept; others as they are."""
    shortest, longest = min(map(len, pages)), max(map(len, pages))
    return [[*page[: shortest - 1], page[-1]] for page in pages] if shortest >= NEARLY_EQUAL * longest else pages


def padded(pages: Sequence[list[int]]) -> Tensor:
    """Token numbers (n_pages, longest), 0 after the end of a page."""
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(page) for page in pages], batch_first=True)


def loss_of(network: Network, tokens: Tensor, rows: Tensor, targets: Targets, settings: Settings) -> Tensor:
    """The weighted sum of the losses of all heads on one batch."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network(tokens)
    *labels, flags, sure = network.parts(logits.float())
    loss = FLAGS_SHARE * functional.binary_cross_entropy_with_logits(flags, targets.flags[rows])
    loss = loss + SURE_SHARE * functional.binary_cross_entropy_with_logits(sure, targets.sure[rows])
    for (head, share), logit in zip(LOSS_SHARES.items(), labels, strict=True):
        each = functional.cross_entropy(logit, targets.places[head][rows], reduction="none", label_smoothing=settings.smoothing)
        loss = loss + share * (each * targets.weights[head][rows]).mean()
    return loss


@torch.no_grad()
def predict(network: Network, pages: Pages, batch: int = 32) -> Floats:
    """Probabilities (n_pages, sum of N_LABELS) under the budget of use."""
    seen = [page_tokens(units, BUDGET) for units in pages]
    order = np.argsort([len(tokens) for tokens in seen], kind="stable")
    found = np.zeros((len(seen), sum(N_LABELS)))
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = network(padded([seen[row] for row in chosen]))
        found[chosen] = network.probabilities(logits.float()).numpy()
    return found


def by_head(probabilities: Floats) -> dict[str, Floats]:
    """The columns of each head."""
    return dict(zip(HEADS, np.split(probabilities, np.cumsum(N_LABELS)[:-1], axis=1), strict=True))


def train_fold(number: int, table: Table, pages: Pages, settings: Settings, cache: Path, steps: int | None) -> None:
    """Trains without the fold's organisations and writes `fold_N.npz`: `ids` and, for each head, the probabilities of the held-out rows."""
    train, test = folds(table)[number]
    network = fit([pages[row] for row in train], targets_of(table.take(train).rows), settings, steps)
    held, found = table.take(test), by_head(predict(network, [pages[row] for row in test]))
    np.savez(cache / f"fold_{number}.npz", ids=np.array([row.id for row in held.rows]), **found)
    print(f"fold {number}: kappa " + ", ".join(f"{head} {head_score(held, head, found[head]).kappa:.3f}" for head in HEADS), flush=True)


def join_folds(cache: Path) -> None:
    """Puts the folds of the cache into `out_of_fold.npz`, for `scripts/quality.py --second`. Rows of folds not trained yet are missing in it."""
    parts = [np.load(file, allow_pickle=False) for file in sorted(cache.glob("fold_*.npz"))]
    np.savez(cache / "out_of_fold.npz", **{name: np.concatenate([part[name] for part in parts]) for name in ("ids", *HEADS)})
    print(f"{cache / 'out_of_fold.npz'} holds {len(parts)} of {FOLDS} folds", flush=True)


def train_final(table: Table, pages: Pages, settings: Settings, cache: Path, steps: int | None) -> None:
    """Trains on all rows and writes `final.safetensors` with notes on what it learned from."""
    network = fit(pages, targets_of(table.rows), settings, steps)
    ids = "\n".join(sorted(row.id for row in table.rows))
    notes = {
        "settings": json.dumps({**asdict(settings), **({"steps": steps} if steps else {})}),
        "n_rows": str(len(table)),
        "n_sites": str(len({row.site for row in table.rows})),
        "rows_sha256": hashlib.sha256(ids.encode()).hexdigest(),
        "torch": torch.__version__,
    }
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, cache / "final.safetensors", notes)
    print(f"{cache / 'final.safetensors'} is written", flush=True)


def main() -> None:
    """Reads the pages once, then trains what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, nargs="*", choices=range(FOLDS), default=[], help="the folds to hold out, 0 to 4")
    parser.add_argument("--all", action="store_true", help="train the final weights on all rows outside the lock-box")
    parser.add_argument("--cache", type=Path, required=True, help="folder for probabilities and weights; outside the repository")
    parser.add_argument("--steps", type=int, help="stop after so many steps, to try the script")
    arguments = parser.parse_args()
    if not arguments.folds and not arguments.all:
        parser.error("say what to train: --folds 0 1 2 3 4, --all, or both")
    torch.set_num_threads(1)  # so that the same rows give the same weights; run folds side by side to use more cores
    arguments.cache.mkdir(parents=True, exist_ok=True)
    table, pieces = open_pages()
    pages, settings = units_of(pieces), Settings()
    print(f"{len(table)} pages of {len({row.site for row in table.rows})} organisations", flush=True)
    for number in arguments.folds:
        train_fold(number, table, pages, settings, arguments.cache, arguments.steps)
        join_folds(arguments.cache)
    if arguments.all:
        train_final(table, pages, settings, arguments.cache, arguments.steps)


if __name__ == "__main__":
    main()
