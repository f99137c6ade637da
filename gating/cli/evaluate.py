"""What `gating evaluate` does, between the parsed words and the exit code."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from gating.assess import make_assessor
from gating.classifier.registry import folder_in_use, registry_folder
from gating.cli.streams import writing
from gating.report.whole import check_writable, write_whole
from gating.settings import load_settings


def evaluate_model(
    labels: Sequence[str], style: str, html: Path | None, most: int, mapping: Mapping[str, str], config: Path | None, model: Path | None, registry: Path | None
) -> int:
    """Measures the model in use and writes the answer; what was not used and what is odd about the rows goes to stderr. 0."""
    from gating.report.safe import visible
    from gating.report.terminal import problem_lines, show
    from gating.training.measuring import measure

    if html:
        with writing(html):
            check_writable(html)
    settings = load_settings(config)
    folder = model or folder_in_use(registry_folder(registry))
    measured = measure(labels, settings, make_assessor(settings, folder), folder, mapping, most)
    for line in [*problem_lines(measured.problems), *map(visible, measured.notes)]:
        click.echo(line, err=True)
    if html:
        from gating.report.evaluation_page import evaluation_html

        with writing(html):
            write_whole(evaluation_html(measured, datetime.date.today()), html)
    if style == "json":
        from gating.report.evaluation_json import measured_json

        click.echo(measured_json(measured), nl=False)
    else:
        from gating.report.evaluation_terminal import measured_page

        click.echo(show(measured_page(measured)), nl=False)
    return 0
