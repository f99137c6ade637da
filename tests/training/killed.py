"""Run as a program: a process does its work on a registry and is killed, again and again; after each kill a line says how it ended, what
is in use, how many models are stored, and what `verify` or scoring finds at fault.

    steps REGISTRY MODEL       stores a model and puts it in use; killed before its first, second, third ... operation on the disk
    moments REGISTRY COMMAND   a command of gating; killed at 20 moments of its run, drawn with a seed
"""

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gating.assess import make_assessor
from gating.classifier.bundle import load_bundle
from gating.classifier.canaries import CANARIES
from gating.classifier.registry import folder_in_use, in_use, stored_models
from gating.errors import GatingError
from gating.features.catalogue import fingerprint
from gating.settings import load_settings
from gating.training.registry import place, put_in_use, verify, version_in_the_making
from tests.training.disk import trouble_at

TIMES = 20


def store_and_use(registry: Path, model: Path, killed_at: int) -> None:
    """Puts a copy of the model in use, and dies before the operation on the disk with this number."""
    bundle = load_bundle(model, fingerprint())
    trouble_at(killed_at, lambda: os.kill(os.getpid(), signal.SIGKILL))
    with version_in_the_making(registry, "acme") as temporary:
        put_in_use(registry, place(bundle, temporary).name)


def command(arguments: list[str]) -> None:
    """A command of gating, its words thrown away."""
    from gating.cli import cli

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.suppress(SystemExit):
        cli.main(arguments, standalone_mode=False)


def in_a_process(work: Callable[[], None], seconds: float | None = None) -> int:
    """The exit code of a forked process that does the work; it is killed after so many seconds."""
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def look(registry: Path, code: int) -> None:
    """One line about the registry."""
    faults = [checked.fault for checked in verify(registry) if checked.fault]
    try:
        assessor = make_assessor(load_settings(), folder_in_use(registry))
        faults += [] if assessor.assess(CANARIES[0]).verdict.model.startswith(in_use(registry)) else ["another model scored"]
    except GatingError as error:
        faults.append(str(error))
    print(code, in_use(registry), len(stored_models(registry)), *faults, sep="\t", flush=True)


def steps(registry: Path, model: Path) -> None:
    """Kills at one step after the other until the work comes through."""
    code, step = 1, 0
    while code:
        step += 1
        code = in_a_process(partial(store_and_use, registry, model, step))
        look(registry, code)


def moments(registry: Path, arguments: list[str]) -> None:
    """Kills at moments up to the shortest of three whole runs, later ones more often, because the writing is at the end."""
    runs = []
    command(arguments)  # what is imported by now is imported in every process
    for _ in range(3):
        start = time.monotonic()
        in_a_process(lambda: command(arguments))
        runs.append(time.monotonic() - start)
    chance = random.Random(20)
    for _ in range(TIMES):
        look(registry, in_a_process(lambda: command(arguments), min(runs) * chance.random() ** 0.5))


if __name__ == "__main__":
    kind, folder, *rest = sys.argv[1:]
    steps(Path(folder), Path(rest[0])) if kind == "steps" else moments(Path(folder), rest)
