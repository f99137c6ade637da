"""What `gating train` and `gating models` do, between the parsed words and the exit code."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gating.classifier.bundle import base_folder, current_version, read_card
from gating.classifier.registry import BASE, full_name, in_use, model_folder, registry_folder, stored_models
from gating.cli.streams import say
from gating.errors import BundleError
from gating.report.safe import visible
from gating.settings import load_settings

if TYPE_CHECKING:
    from gating.cluster import Cluster
    from gating.report.models import Listed
    from gating.training.learning import Trained


def train_model(
    labels: Sequence[str], name: str, registry: Path | None, mapping: dict[str, str], config: Path | None,
    base: Path | None, force: bool, seed: int, jobs: int | Cluster,
) -> int:  # fmt: skip
    """Trains, stores and says what was decided; 0, or 1 when the model was stored and is not used."""
    from gating.report.models import compared_table
    from gating.report.terminal import show
    from gating.training import train

    trained = _said(train(labels, name, registry_folder(registry), load_settings(config), mapping, base, force, seed, jobs))
    if not trained.base:
        return 0
    if trained.compared:
        say(show(compared_table(trained.compared, trained.base, trained.model)))
    say(f"{trained.reason}\n\n")
    if trained.in_use:
        say(f"{trained.model} is in use{', by --force' if trained.forced else ''}. `gating models rollback` takes that back.\n")
        return 0
    click.echo(f"{trained.model} was stored and is not used. `gating models use {trained.model}` uses it all the same.", err=True)
    return 1


def _said(lines: Generator[str, None, Trained]) -> Trained:
    """Prints the lines as they come and returns what comes last."""
    while True:
        try:
            say(f"{visible(next(lines))}\n")
        except StopIteration as end:
            trained: Trained = end.value
            return trained


def list_models(registry: Path | None) -> int:
    """The table of models; 0."""
    from gating.report.models import models_table
    from gating.report.terminal import show

    folder = registry_folder(registry)
    current = in_use(folder)
    click.echo(show(models_table([_listed(folder, model, current) for model in (BASE, *stored_models(folder))])), nl=False)
    click.echo(f"Registry: {visible(str(folder))}")
    return 0


def show_model(registry: Path | None, wanted: str) -> int:
    """The card of one model, or of the one in use, as a page; 0."""
    from gating.report.models import card_page
    from gating.report.terminal import show

    folder = registry_folder(registry)
    current = in_use(folder)
    listed = _listed(folder, full_name(folder, wanted) if wanted else current, current)
    if listed.fault:
        raise BundleError(listed.fault)
    click.echo(show(card_page(listed)), nl=False)
    return 0


def _listed(registry: Path, model: str, current: str) -> Listed:
    from gating.report.models import Listed

    try:
        card = read_card(current_version(base_folder()) if model == BASE else model_folder(registry, model))
    except BundleError as error:
        return Listed(model, model == current, {}, str(error))
    return Listed(f"{card['name']}/{card['version']}", model == current, card)


def use_model(registry: Path | None, wanted: str) -> int:
    """Puts a model in use; 0."""
    from gating.training.registry import put_in_use

    folder = registry_folder(registry)
    model = full_name(folder, wanted)
    put_in_use(folder, model)
    click.echo(f"{model} is in use.")
    return 0


def roll_back_model(registry: Path | None) -> int:
    """Takes the last change of the model in use back; 0."""
    from gating.training.registry import roll_back

    click.echo(f"{roll_back(registry_folder(registry))} is in use.")
    return 0


def verify_models(registry: Path | None) -> int:
    """Checks every model and says what it found; 0, or 1 when one is at fault."""
    from gating.training.registry import verify

    checked = verify(registry_folder(registry))
    for model in checked:
        say(visible(f"{model.model}: {model.fault or model.note or 'sound'}") + "\n")
    return 1 if any(model.fault for model in checked) else 0


def export_model(registry: Path | None, wanted: str, output: Path) -> int:
    """Writes one model into one file; 0."""
    from gating.training import registry as writing

    folder = registry_folder(registry)
    model = full_name(folder, wanted)
    writing.export_model(folder, model, output)
    click.echo(f"Wrote {model} to {visible(str(output))}.")
    return 0


def import_model(registry: Path | None, file: Path, name: str) -> int:
    """Stores the model of an exported file; 0."""
    from gating.training import registry as writing

    model = writing.import_model(registry_folder(registry), file, name)
    click.echo(f"Stored {model}. `gating models use {model}` puts it in use.")
    return 0
