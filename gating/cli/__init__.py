"""The command line: parse, one call, show, exit. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path
from typing import Any

import click

from gating import __version__
from gating.cli.streams import mend_streams, stop_when_asked
from gating.cli.targets import Target, check_target, workers
from gating.errors import GatingError
from gating.records import Level
from gating.settings import POLICIES


class Failure(click.ClickException):
    """One of our errors on its way out: the sentence, and the exit code that goes with it."""

    def __init__(self, error: GatingError) -> None:
        from gating.report.safe import visible

        super().__init__(visible(str(error)))  # it may quote a stranger's file
        self.exit_code = error.exit_code  # type: ignore[misc]  # click reads it from the instance


class Group(click.Group):
    """The one place where our errors become a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; a GatingError becomes its sentence on stderr and its exit code."""
        try:
            return super().invoke(ctx)
        except GatingError as error:
            raise Failure(error) from error
        except KeyboardInterrupt:
            if sys.stderr.isatty():
                click.echo(err=True)  # below the ^C and a line of progress
            raise click.exceptions.Abort from None


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gating")
def cli() -> None:
    """Say of content pieces whether they are demand-gen or lead-gen, where in the funnel their reader stands, and whether to gate them.

    \b
    gating score drafts/              a table of a folder of drafts
    gating explain drafts/post.md     why one piece got its labels
    gating check drafts/              what an editor would say of drafts, line by line, as a linter does
    gating audit export.xml -o audit/ what to ungate, what to gate, what is missing in a whole library
    gating label export.xml -o labels.csv ask a person for labels, the most useful pieces first
    gating train labels.csv --name acme   learn your own judgement from labelled pieces
    gating evaluate labels.csv        how good the model in use is on labelled pieces
    gating serve                      a page to try drafts on, and the same for programs
    """


_registry_option = click.option(
    "--registry", type=click.Path(path_type=Path, file_okay=False), help="Folder that holds the models; without it ./models where there is one, else among your user data."
)


_scheduler_option = click.option("--scheduler", metavar="tcp://HOST:PORT", help="Do the work on the Dask cluster with this scheduler instead of in --jobs processes here.")


def _settings_options(command: Any) -> Any:
    for option in (
        click.option("--config", type=click.Path(path_type=Path), help="Settings file; without it ./gating.toml, or [tool.gating] in ./pyproject.toml."),
        click.option("--policy", type=click.Choice(POLICIES), help="Policy on top of the neutral advice, over the settings file's."),
        click.option("--model", type=click.Path(path_type=Path), help="Folder of the model to use instead of the one in use."),
        _registry_option,
        click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field, e.g. text=Body. Fields: text, title, url, id, description ..."),
        click.option("--labels", type=click.Path(path_type=Path, dir_okay=False), help="Table of labels that a person gave; they stand in the output beside the prediction."),
        click.option("--drafts", is_flag=True, help="Read what an export marks as unpublished, too."),
        click.option("--sql", default="", metavar="SELECT", help='What to read of a SQLite database: "SELECT headline AS title, body AS text FROM posts".'),
    ):
        command = option(command)
    return command


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json", "jsonl", "csv", "markdown", "parquet", "github", "sarif"]),
    help="What to write; without it what the ending of -o says, else a table.",
)
@click.option(
    "-o", "--output", type=Target(path_type=Path), help="File to write to instead of the terminal, or a folder for Parquet; may be an address such as s3://bucket/scores.csv."
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what matches, as in .gitignore; may be given often.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@_scheduler_option
@click.option("--quiet", is_flag=True, help="No progress bar, and no line that says where the scores are.")
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), help="File of known findings, which are not shown until their piece changes.")
@click.option("--write-baseline", type=click.Path(path_type=Path, dir_okay=False), help="File to write what is found now to, for --baseline.")
@click.option("--write-back", is_flag=True, help="Add the scores to the front matter of Markdown, and to a copy of each table.")
@click.option("--dry-run", is_flag=True, help="With --write-back: write nothing, show what would change.")
@_settings_options
def score(
    paths: tuple[str, ...], style: str | None, output: Path | str | None, exclude: tuple[str, ...], jobs: int, scheduler: str | None, quiet: bool,
    baseline: Path | None, write_baseline: Path | None, write_back: bool, dry_run: bool, **options: Any,
) -> None:  # fmt: skip
    """Score every piece behind PATH: files, folders, patterns in quotes, or - for standard input.

    \b
    gating score drafts/
    gating score library.csv --map text=Body --format jsonl -o scores.jsonl
    gating score drafts/ --write-back --dry-run
    """
    from gating.cli.beside import Wishes
    from gating.cli.run import score_paths
    from gating.remote import target

    check_target(output, style)
    wishes = Wishes(baseline, write_baseline, write_back, dry_run)
    with target(output) as local, workers(jobs, scheduler) as hands:
        outcome = score_paths(paths, style, local, exclude, hands, quiet, wishes=wishes, **options)
    if outcome.said:
        click.echo(f"Wrote {output}: {outcome.said}.", err=True)
    raise SystemExit(outcome.code)


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
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "style", type=click.Choice(["line", "json", "github", "sarif"]), help="What to write; without it what the ending of -o says, else a line each.")
@click.option("-o", "--output", type=Target(path_type=Path, dir_okay=False), help="File to write to instead of the terminal.")
@click.option("--fail-on", type=click.Choice([level.value for level in Level]), help="Exit with 1 when there is a remark of this level or a heavier one.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what matches, as in .gitignore; may be given often.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@click.option("--quiet", is_flag=True, help="No line that sums up.")
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), help="File of known remarks, which are not made until their piece changes.")
@click.option("--write-baseline", type=click.Path(path_type=Path, dir_okay=False), help="File to write what is found now to, for --baseline.")
@_settings_options
def check(
    paths: tuple[str, ...], style: str | None, output: Path | str | None, fail_on: str | None, exclude: tuple[str, ...], jobs: int, quiet: bool,
    baseline: Path | None, write_baseline: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Say of every piece behind PATH what an editor would: levels suggestion, warning and error, with quote and place.

    It advises and ends with 0, unless --fail-on is met. Files that are no content are passed over.

    \b
    gating check drafts/
    gating check drafts/ --fail-on warning --format github
    """
    from gating.cli.check import Request, check_paths
    from gating.cli.run import make_settled_assessor
    from gating.remote import target

    with target(output) as local:
        request = Request(paths, exclude, jobs, style, local, fail_on, baseline, write_baseline, quiet)
        code = check_paths(request, make_settled_assessor(**options))
    raise SystemExit(code)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--output", "folder", type=Target(path_type=Path, file_okay=False), required=True, help="Folder for the report; an audit that was killed goes on there.")
@click.option("--metrics", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="CSV with a URL and sessions or conversions on each row.")
@click.option("--fail-on", multiple=True, metavar="CONDITION", help="Exit with 1: gated-should-be-free, free-should-be-gated, no-hand-off, bad-hand-off, review, 'review>30%'.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what matches, as in .gitignore; may be given often.")
@click.option("--limit", type=click.IntRange(min=1), help="Look at the first so many inputs only.")
@click.option("--since", default="", metavar="YYYY-MM-DD", help="Leave out pieces with an older date.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@_scheduler_option
@click.option("--quiet", is_flag=True, help="No progress line.")
@_settings_options
def audit(
    paths: tuple[str, ...], folder: Path | str, metrics: Path | None, fail_on: tuple[str, ...], exclude: tuple[str, ...], limit: int | None, since: str, jobs: int,
    scheduler: str | None, quiet: bool, **options: Any,
) -> None:  # fmt: skip
    """Audit a content library: exports, folders, inventories. Writes report.html, actions.xlsx, findings.jsonl and more.

    \b
    gating audit export.xml -o audit/
    gating audit site/ inventory.csv --metrics analytics.csv --fail-on 'gated-should-be-free>5' -o audit/
    """
    from gating.cli.audit import OWN_FILES, audit_library
    from gating.cli.own_files import patterns_of_own
    from gating.cli.run import make_settled_assessor
    from gating.library.run import Request
    from gating.remote import target

    with target(folder) as local, workers(jobs, scheduler) as hands:
        assert local is not None
        request = Request(paths, (*exclude, *patterns_of_own(paths, local, OWN_FILES)), hands, limit, since)
        code = audit_library(request, make_settled_assessor(**options), local, metrics, fail_on, quiet)
    raise SystemExit(code)


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
@click.argument("paths", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="CSV file of the labels; what is in it is kept and never asked again.")
@click.option("--from-audit", "audit", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Folder of an audit: ask only what it left for review.")
@click.option("--n", type=click.IntRange(min=1), default=50, show_default=True, help="Ask about so many pieces at most.")
@click.option("--ask-format", "with_format", is_flag=True, help="Ask for the format, too.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what matches, as in .gitignore; may be given often.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@click.option("--quiet", is_flag=True, help="No progress line.")
@_settings_options
def label(
    paths: tuple[str, ...], output: Path, audit: Path | None, n: int, with_format: bool, exclude: tuple[str, ...], jobs: int, quiet: bool, **options: Any,
) -> None:  # fmt: skip
    """Ask a person for the labels of the pieces behind SOURCE, the most useful first, for `gating train`.

    One key an answer; the file is written after every piece. Where standard input is no terminal, each of its lines is one key or
    label. Stop at any time: the same command goes on.

    \b
    gating label export.xml -o labels.csv
    gating label export.xml -o labels.csv --from-audit audit/
    """
    from gating.cli.label import Wanted, label_pieces
    from gating.cli.own_files import patterns_of_own
    from gating.cli.run import make_settled_assessor

    wanted = Wanted(n, with_format, audit, (*exclude, *patterns_of_own(paths, output.parent, [output.name])), jobs)
    raise SystemExit(label_pieces(paths, output, wanted, make_settled_assessor(**options), quiet))


@cli.command()
@click.argument("labels", nargs=-1, required=True, metavar="LABELS...")
@click.option("--name", required=True, help="Name of the model: lower-case letters, digits, dot, dash, underscore.")
@click.option("--base", type=click.Path(path_type=Path, file_okay=False), help="Folder of the model to learn on top of instead of the one in use.")
@click.option("--force", is_flag=True, help="Use the model even when it is worse on held-out rows; its card says so.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Which rows are held out together.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that read the texts.")
@_scheduler_option
@_registry_option
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field or label, e.g. stage=Funnel.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file; without it ./gating.toml, or [tool.gating] in ./pyproject.toml.")
def train(
    labels: tuple[str, ...], name: str, base: Path | None, force: bool, seed: int, jobs: int, scheduler: str | None, registry: Path | None, mapping: tuple[str, ...],
    config: Path | None,
) -> None:  # fmt: skip
    """Learn your own judgement from LABELS: tables, exports or folders of labelled pieces.

    A label is a column (or front-matter key) named strategy, stage, gate or format. The model is learned on top of the one that comes
    with gating (or --base), compared with it on rows that were held out, and used from then on when it is not worse; else it is stored
    and exit code 1 says why. With a folder of feature figures beside the labels a model is fitted from nothing; the shipped one is made
    by the last line.

    \b
    gating train labels.csv --name acme
    gating train labels.csv training_data --name acme
    gating train training_data --name base --registry models
    """
    from gating.cli.models import train_model
    from gating.cli.run import parse_mapping

    with workers(jobs, scheduler) as hands:
        code = train_model(labels, name, registry, parse_mapping(mapping), config, base, force, seed, hands)
    raise SystemExit(code)


@cli.command()
@click.argument("labels", nargs=-1, required=True, metavar="LABELS...")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True, help="What to write.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="File for a page with plots: one file that loads nothing.")
@click.option("--suspicious", type=click.IntRange(min=0), default=10, show_default=True, help="Labels to look at again, worst first, at most so many.")
@click.option("--model", type=click.Path(path_type=Path), help="Folder of the model to measure instead of the one in use.")
@_registry_option
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field or label, e.g. stage=Funnel.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file; without it ./gating.toml, or [tool.gating] in ./pyproject.toml.")
def evaluate(
    labels: tuple[str, ...], style: str, html: Path | None, suspicious: int, model: Path | None, registry: Path | None, mapping: tuple[str, ...], config: Path | None,
) -> None:  # fmt: skip
    """Measure the model in use on LABELS: tables, exports or folders of labelled pieces.

    Shows how often each label is right, with intervals, which labels are taken for which, whether probabilities mean what they say, what
    training on these pieces would bring, and which of the labels to look at again.

    \b
    gating evaluate labels.csv
    gating evaluate labels.csv --html evaluation.html
    """
    from gating.cli.evaluate import evaluate_model
    from gating.cli.run import parse_mapping

    raise SystemExit(evaluate_model(labels, style, html, suspicious, parse_mapping(mapping), config, model, registry))


@cli.group()
def models() -> None:
    """List, choose, check and hand on the models that `gating train` stored.

    \b
    gating models list
    """


@models.command("list")
@_registry_option
def list_models(registry: Path | None) -> None:
    """List the models: which is in use, what each was learned from, whether it was kept.

    \b
    gating models list
    """
    from gating.cli.models import list_models

    raise SystemExit(list_models(registry))


@models.command("show")
@click.argument("model", default="", metavar="[NAME[/VERSION]]")
@_registry_option
def show_model(model: str, registry: Path | None) -> None:
    """Show the card of a model; without a name that of the one in use.

    \b
    gating models show acme/3
    """
    from gating.cli.models import show_model

    raise SystemExit(show_model(registry, model))


@models.command("use")
@click.argument("model", metavar="NAME[/VERSION]")
@_registry_option
def use_model(model: str, registry: Path | None) -> None:
    """Use a model from now on, after checking that it loads; `base` is the one that comes with gating.

    \b
    gating models use acme/3
    gating models use base
    """
    from gating.cli.models import use_model

    raise SystemExit(use_model(registry, model))


@models.command("rollback")
@_registry_option
def roll_back_model(registry: Path | None) -> None:
    """Go back to the model that was in use before; again and again, to the one that comes with gating.

    \b
    gating models rollback
    """
    from gating.cli.models import roll_back_model

    raise SystemExit(roll_back_model(registry))


@models.command("verify")
@_registry_option
def verify_models(registry: Path | None) -> None:
    """Check every model: its digests, and that it scores four short texts as its card says. Exit code 1 when one is at fault.

    \b
    gating models verify
    """
    from gating.cli.models import verify_models

    raise SystemExit(verify_models(registry))


@models.command("export")
@click.argument("model", metavar="NAME[/VERSION]")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write, such as acme.zip.")
@_registry_option
def export_model(model: str, output: Path, registry: Path | None) -> None:
    """Write a model into one file for a colleague.

    \b
    gating models export acme/3 -o acme.zip
    """
    from gating.cli.models import export_model

    raise SystemExit(export_model(registry, model, output))


@models.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", default="", help="Another name to store it under, as the next version of that.")
@_registry_option
def import_model(file: Path, name: str, registry: Path | None) -> None:
    """Store the model of a file that `export` wrote, after checking it wholly.

    \b
    gating models import acme.zip
    """
    from gating.cli.models import import_model

    raise SystemExit(import_model(registry, file, name))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; another one than this computer's own asks for a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8420, show_default=True, help="0 takes a free one.")
@click.option("--token", default="", help="What whoever asks must show; one is made where other computers can reach the server.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Processes that score drafts; half as many more do files.")
@_settings_options
def serve(host: str, port: int, token: str, open_page: bool, jobs: int, **options: Any) -> None:
    """Serve a page to try drafts on: paste or drop one, see labels, score and evidence, edit it and see them move.

    Only this computer can reach it, unless --host says otherwise. Nothing is stored. Programs ask POST /v1/score; /openapi.json
    describes it.

    \b
    gating serve --open
    """
    from gating.cli.run import make_settled_assessor
    from gating.cli.serve import serve_page

    recipe = make_settled_assessor(**options).recipe
    assert recipe is not None
    raise SystemExit(serve_page(recipe, host, port, token, open_page, jobs))


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
    """Runs the command line. Exit codes: 0 done, 1 --fail-on met, 2 could not be done, 3 output cannot be written, 130 interrupted."""
    try:
        code = _run()
    except (click.exceptions.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # asked again, it is gone at once
        sys.unraisablehook = lambda _: None  # a zip left open in the middle complains of its closed file when it is collected
        click.echo("Interrupted.", err=True)
        exec("")  # noqa: S102  # else Python, interrupted in an exec (dataclasses are made by one), ends by the signal instead of with our code
        code = 130
    except GatingError as error:  # of standard output, while no command runs
        Failure(error).show()
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    sys.exit(code)


def _run() -> int:
    mend_streams()
    stop_when_asked()
    try:
        code = cli.main(standalone_mode=False) or 0
    except SystemExit as end:
        code = end.code
    except BrokenPipeError:  # the reader of our output has had enough
        code = 0
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    return int(code)
