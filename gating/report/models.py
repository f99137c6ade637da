"""What a person reads about models at the terminal: the list, the card as a page, the comparison after a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gating.report.safe import visible

if TYPE_CHECKING:
    from gating.training.learning import Compared

DIGEST = 16  # characters of a digest that a page shows; the card has all


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list. `card` is empty where it cannot be read; `fault` says why."""

    model: str
    in_use: bool
    card: Mapping[str, Any]
    fault: str = ""


def models_table(listed: Sequence[Listed]) -> RenderableType:
    """One row a model: name, whether it is in use, what it was learned from, rows, what was decided."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("Model", "In use", "Learned", "Rows", "Kept"):
        table.add_column(name, justify="right" if name == "Rows" else "left", overflow="fold")
    for row in listed:
        origin = Text(visible(row.fault), style="red") if row.fault else Text(origin_words(row.card))
        table.add_row(
            Text(row.model, style="bold" if row.in_use else ""), "yes" if row.in_use else "", origin, f"{row_count(row.card):,}" if row.card else "", kept_words(row.card)
        )
    return table


def origin_words(card: Mapping[str, Any]) -> str:
    """What a model was made from, in a few words."""
    adapted = card.get("adapted")
    if isinstance(adapted, dict):
        return visible(f"on top of {adapted.get('base')}")
    return "inside gating" if card.get("name") == "base" else "from feature figures" + (" and labels" if card.get("learned_rows") else "")


def row_count(card: Mapping[str, Any]) -> int:
    """Rows of labels that a model was taught; those of its base are not counted."""
    adapted = card.get("adapted")
    count = adapted.get("rows") if isinstance(adapted, dict) else card.get("n_rows")
    return count if isinstance(count, int) else 0


def kept_words(card: Mapping[str, Any]) -> str:
    """yes, no or forced; empty where there was nothing to decide."""
    decision = card.get("decision")
    if not isinstance(decision, dict):
        return ""
    return "yes" if decision.get("kept") else "forced" if decision.get("forced") else "no"


def card_page(listed: Listed) -> RenderableType:
    """The card of one model as a page."""
    card = listed.card
    facts = Table(box=None, show_header=False, pad_edge=False)
    for name, value in _facts(listed):
        facts.add_row(Text(name, style="dim"), Text(visible(value), overflow="fold"))
    parts: list[RenderableType] = [Text(listed.model, style="bold"), Text(""), facts]
    decision, adapted = card.get("decision"), card.get("adapted")
    if isinstance(adapted, dict) and isinstance(adapted.get("chosen"), dict):
        parts += [Text("\nWhat became of each label", style="bold underline"), _pairs(adapted["chosen"])]
    if isinstance(decision, dict):
        parts += [Text("\nHeld-out rows", style="bold underline"), _pairs({head: _right_words(found) for head, found in _dict(decision.get("heads")).items()})]
        parts.append(Text(visible(f"{_verdict(kept_words(card))}: {decision.get('reason')}")))
    for title, key in (("Temperatures", "temperatures"), ("Conformal thresholds", "conformal_thresholds"), ("Made with", "versions")):
        parts += [Text(f"\n{title}", style="bold underline"), _pairs(_dict(card.get(key)))]
    return Group(*parts)


def _facts(listed: Listed) -> list[tuple[str, str]]:
    card, adapted = listed.card, _dict(listed.card.get("adapted"))
    facts = [("In use", "yes" if listed.in_use else "no"), ("Learned", origin_words(card)), ("Rows", f"{row_count(card):,}")]
    facts += [("Groups", str(card.get("n_groups", card.get("n_sites", "")))), ("Seed", str(card.get("seed", ""))), ("Features", str(card.get("catalogue", "")))]
    digests = {"rows": adapted.get("rows_sha256") or card.get("rows_sha256"), "its base": adapted.get("base_sha256"), "arrays": card.get("arrays_sha256")}
    facts += [(f"Digest of {name}", str(value)[:DIGEST]) for name, value in digests.items() if value]
    return [(name, value) for name, value in facts if value]


def _verdict(kept: str) -> str:
    return {"yes": "Kept", "forced": "Used by force"}.get(kept, "Not kept")


def _right_words(found: Any) -> str:
    figures = _dict(found)
    return f"{figures.get('right')} of {figures.get('rows')} right, the base {figures.get('base_right')}"


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _pairs(values: Mapping[str, Any]) -> RenderableType:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in values.items():
        table.add_row(Text(visible(str(name)), style="dim"), Text(visible(str(value))))
    return table


def compared_table(compared: Sequence[Compared], base: str, model: str) -> RenderableType:
    """Before and after on held-out rows, one row a label, with what changed in words."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, title="On held-out rows of yours", title_justify="left")
    for name in ("Label", "Rows", base, model, "What changed"):
        table.add_column(name, justify="left" if name in ("Label", "What changed") else "right", overflow="fold")
    for row in compared:
        shares = (f"{100 * right / row.n_rows:.0f}%" for right in (row.base, row.candidate))
        table.add_row(row.head, str(row.n_rows), *shares, changed_words(row))
    return table


def changed_words(row: Compared) -> str:
    """How the candidate differs from the base on one head."""
    if not row.mended and not row.broken:
        return "nothing: the same rows are right"
    parts = [f"{row.mended} mended" if row.mended else "", f"{row.broken} broken" if row.broken else ""]
    return " and ".join(part for part in parts if part)
