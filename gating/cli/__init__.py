"""The command line: parse, one call, show, exit. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from gating import __version__
from gating.errors import GatingError
from gating.settings import POLICIES


class Failure(click.ClickException):
    """One of our errors on its way out: the sentence, and the exit code that goes with it."""

    def __init__(self, error: GatingError) -> None:
        super().__init__(str(error))
        self.exit_code = error.exit_code  # type: ignore[misc]  # click reads it from the instance


class Group(click.Group):
    """The one place where our errors become a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; a GatingError becomes its sentence on stderr and its exit code."""
        try:
            return super().invoke(ctx)
        except GatingError as error:
            raise Failure(error) from error


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gating")
def cli() -> None:
    """Say of content pieces whether they are demand-gen or lead-gen, where in the funnel their reader stands, and whether to gate them.

    \b
    gating score drafts/              a table of a folder of drafts
    gating explain drafts/post.md     why one piece got its labels
    gating audit export.xml -o audit/ what to ungate, what to gate, what is missing in a whole library
    """


def _settings_options(command: Any) -> Any:
    for option in (
        click.option("--config", type=click.Path(path_type=Path), help="Settings file; without it ./gating.toml where there is one."),
        click.option("--policy", type=click.Choice(POLICIES), help="Policy on top of the neutral advice, over the settings file's."),
        click.option("--model", type=click.Path(path_type=Path), help="Folder of the model to use instead of the shipped one."),
        click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field, e.g. text=Body. Fields: text, title, url, id, description ..."),
        click.option("--drafts", is_flag=True, help="Read what an export marks as unpublished, too."),
        click.option("--sql", default="", metavar="SELECT", help='What to read of a SQLite database: "SELECT headline AS title, body AS text FROM posts".'),
    ):
        command = option(command)
    return command


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "style", type=click.Choice(["table", "json", "jsonl", "csv", "markdown"]), help="What to write; without it what the ending of -o says, else a table.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write to instead of the terminal.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what matches, as in .gitignore; may be given often.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@_settings_options
def score(paths: tuple[str, ...], style: str | None, output: Path | None, exclude: tuple[str, ...], jobs: int, quiet: bool, **options: Any) -> None:
    """Score every piece behind PATH: files, folders, patterns in quotes, or - for standard input.

    \b
    gating score drafts/
    gating score library.csv --map text=Body --format jsonl -o scores.jsonl
    """
    from gating.cli.run import score_paths

    raise SystemExit(score_paths(paths, style, output, exclude, jobs, quiet, **options))


@cli.command()
@click.argument("file")
@click.option("--format", "style", type=click.Choice(["page", "json"]), default="page", show_default=True, help="What to write.")
@_settings_options
def explain(file: str, style: str, **options: Any) -> None:
    """Explain one piece: labels, gate score part by part, quotes with their lines, what would flip each label.

    For a piece in a table, name its row: library.csv#3.

    \b
    gating explain drafts/post.md
    """
    from gating.cli.run import explain_file

    raise SystemExit(explain_file(file, style, **options))


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the report; an audit that was killed goes on there.")
@click.option("--metrics", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="CSV with a URL and sessions or conversions on each row.")
@click.option("--fail-on", multiple=True, metavar="CONDITION", help="Exit with 1: gated-should-be-free, free-should-be-gated, no-hand-off, bad-hand-off, review, 'review>30%'.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what matches, as in .gitignore; may be given often.")
@click.option("--limit", type=click.IntRange(min=1), help="Look at the first so many inputs only.")
@click.option("--since", default="", metavar="YYYY-MM-DD", help="Leave out pieces with an older date.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@click.option("--quiet", is_flag=True, help="No progress line.")
@_settings_options
def audit(
    paths: tuple[str, ...], folder: Path, metrics: Path | None, fail_on: tuple[str, ...], exclude: tuple[str, ...], limit: int | None, since: str, jobs: int, quiet: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Audit a content library: exports, folders, inventories. Writes report.html, actions.xlsx, findings.jsonl and more.

    \b
    gating audit export.xml -o audit/
    gating audit site/ inventory.csv --metrics analytics.csv --fail-on 'gated-should-be-free>5' -o audit/
    """
    from gating.cli.audit import audit_library
    from gating.cli.run import make_settled_assessor
    from gating.library.run import Request

    request = Request(paths, exclude, jobs, limit, since)
    raise SystemExit(audit_library(request, make_settled_assessor(**options), folder, metrics, fail_on, quiet))


@cli.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--format", "style", type=click.Choice(["table", "markdown"]), default="table", show_default=True, help="What to write.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write to instead of the terminal.")
def compare(old: Path, new: Path, style: str, output: Path | None) -> None:
    """Show what changed between two audits: pieces, labels, gates, the mix.

    \b
    gating compare audit-q3/ audit-q4/
    """
    from gating.cli.audit import compare_audits

    raise SystemExit(compare_audits(old, new, style, output))


@cli.command()
@click.argument("labels", nargs=-1, required=True, metavar="LABELS...")
@click.option("--name", required=True, help="Name of the model: lower-case letters, digits, dot, dash, underscore.")
@click.option("--registry", type=click.Path(path_type=Path, file_okay=False), default=Path("models"), show_default=True, help="Folder that holds the models.")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field or label, e.g. stage=Funnel.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file; without it ./gating.toml where there is one.")
def train(labels: tuple[str, ...], name: str, registry: Path, mapping: tuple[str, ...], config: Path | None) -> None:
    """Train a model from LABELS: tables or folders of labelled pieces, and folders of feature figures.

    A label is a column (or front-matter key) named strategy, stage, gate or format. The shipped model is made by the second line.

    \b
    gating train labels.csv training_data --name acme
    gating train training_data --name base
    """
    from gating.cli.run import train_model

    raise SystemExit(train_model(labels, name, registry, mapping, config))


@cli.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Write gating.toml, with every setting and its reason, into FOLDER.

    \b
    gating init
    """
    from gating.cli.run import write_settings

    raise SystemExit(write_settings(folder))


def main() -> None:
    """Runs the command line. Exit codes: 0 done, 2 could not be done, 3 output cannot be written, 130 interrupted."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    sys.exit(code or 0)
