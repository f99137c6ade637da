"""Paths, folders and patterns -> the list of things to read."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gating.errors import SourceError
from gating.reading.sources import Source, find_sources, read_bytes
from gating.records import Skipped


def put(folder: Path, *names: str) -> None:
    """Writes small files, with the folders that they stand in."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("words")


def found(folder: Path, *paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    """Names of the files found, relative to `folder`."""
    sources = list(find_sources([str(folder / path) for path in paths] or [str(folder)], exclude))
    return [os.path.relpath(source.name, folder) for source in sources if isinstance(source, Source)]


def test_folder_is_walked_in_a_stable_order(tmp_path: Path) -> None:
    """Files of a folder by name, then its folders, whatever order they were made in."""
    put(tmp_path, "c.md", "b/z.md", "a/2.md", "a.md", "a/10.md", "B.md")
    assert found(tmp_path) == ["B.md", "a.md", "c.md", "a/10.md", "a/2.md", "b/z.md"]


def test_paths_keep_the_order_given(tmp_path: Path) -> None:
    """Two files given in an order come in that order, named as given."""
    put(tmp_path, "a.md", "b.md")
    assert found(tmp_path, "b.md", "a.md") == ["b.md", "a.md"]


def test_gitignore_is_honoured(tmp_path: Path) -> None:
    """Files and folders that git leaves out are left out."""
    put(tmp_path, "a.md", "a.tmp.md", "build/x.md", "deep/build/y.md", "deep/z.md")
    (tmp_path / ".gitignore").write_text("*.tmp.md\nbuild/\n")
    assert found(tmp_path) == ["a.md", "deep/z.md"]


def test_nested_gitignore_has_the_last_word(tmp_path: Path) -> None:
    """A deeper file adds patterns, and takes back with a ! what a higher one left out."""
    put(tmp_path, "note.log.md", "deep/note.log.md", "deep/secret.md", "secret.md")
    (tmp_path / ".gitignore").write_text("*.log.md\n")
    (tmp_path / "deep" / ".gitignore").write_text("!note.log.md\nsecret.md\n")
    assert found(tmp_path) == ["secret.md", "deep/note.log.md"]


def test_rooted_pattern_counts_from_its_own_folder(tmp_path: Path) -> None:
    """/draft.md in a .gitignore is the one beside it."""
    put(tmp_path, "draft.md", "deep/draft.md")
    (tmp_path / ".gitignore").write_text("/draft.md\n")
    assert found(tmp_path) == ["deep/draft.md"]


def test_gitignore_above_the_folder_counts_inside_a_checkout(tmp_path: Path) -> None:
    """A folder given inside a checkout obeys the checkout's rules."""
    put(tmp_path, "drafts/a.md", "drafts/old/b.md")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("old/\n")
    assert found(tmp_path, "drafts") == ["drafts/a.md"]


def test_gitignore_above_counts_through_a_linked_path(tmp_path: Path) -> None:
    """The same when the checkout is reached through a link, as /tmp on a Mac."""
    put(tmp_path, "real/drafts/a.md", "real/drafts/old/b.md")
    (tmp_path / "real" / ".git").mkdir()
    (tmp_path / "real" / ".gitignore").write_text("old/\n")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    assert found(tmp_path, "linked/drafts") == ["linked/drafts/a.md"]


def test_gitignore_outside_a_checkout_is_not_looked_for(tmp_path: Path) -> None:
    """Without a .git above, a .gitignore in a parent folder is no concern of ours."""
    put(tmp_path, "drafts/a.md")
    (tmp_path / ".gitignore").write_text("drafts/\n")
    assert found(tmp_path, "drafts") == ["drafts/a.md"]


def test_exclude_takes_the_same_patterns(tmp_path: Path) -> None:
    """--exclude leaves out files, folders and rooted patterns, and ! takes back."""
    put(tmp_path, "a.md", "old/b.md", "deep/old/c.md", "deep/d.html", "keep.html")
    assert found(tmp_path, exclude=("old/", "*.html", "!keep.html")) == ["a.md", "keep.html"]


def test_exclude_counts_for_the_matches_of_a_pattern(tmp_path: Path) -> None:
    """--exclude leaves out what a quoted pattern matched, too."""
    put(tmp_path, "a.md", "b.md")
    assert found(tmp_path, "*.md", exclude=("b.md",)) == ["a.md"]


def test_hidden_files_and_folders_of_tools_are_left_alone(tmp_path: Path) -> None:
    """A dot in front, node_modules and __pycache__ mean that nobody wrote it to be read."""
    put(tmp_path, "a.md", ".draft.md", ".obsidian/b.md", "node_modules/c.md", "__pycache__/d.md")
    assert found(tmp_path) == ["a.md"]


def test_hidden_file_that_looks_like_a_piece_is_told(tmp_path: Path) -> None:
    """It may be a draft that somebody misses; settings of tools are not worth a line."""
    put(tmp_path, "a.md", ".draft.md", ".eslintrc.json", ".env")
    assert [result.source.rpartition("/")[2] for result in find_sources([str(tmp_path)]) if isinstance(result, Skipped)] == [".draft.md"]


def test_hidden_file_given_by_name_is_read(tmp_path: Path) -> None:
    """What a person names, a person wants."""
    put(tmp_path, ".draft.md")
    assert found(tmp_path, ".draft.md") == [".draft.md"]


def test_link_in_a_folder_is_reported_not_followed(tmp_path: Path) -> None:
    """A link could lead out of the folder or in a circle: it becomes a skipped row."""
    put(tmp_path, "drafts/a.md", "elsewhere/b.md")
    (tmp_path / "drafts" / "to-file.md").symlink_to(tmp_path / "elsewhere" / "b.md")
    (tmp_path / "drafts" / "to-folder").symlink_to(tmp_path / "drafts")
    results = list(find_sources([str(tmp_path / "drafts")]))
    skipped = [result for result in results if isinstance(result, Skipped)]
    assert [os.path.basename(result.source) for result in skipped] == ["to-file.md", "to-folder"]
    assert all("link" in result.reason for result in skipped)


def test_named_pipe_in_a_folder_is_reported(tmp_path: Path) -> None:
    """A pipe would wait forever."""
    os.mkfifo(tmp_path / "pipe.md")
    (result,) = find_sources([str(tmp_path)])
    assert isinstance(result, Skipped)
    assert "regular file" in result.reason


def test_named_pipe_given_by_name_does_not_wait(tmp_path: Path) -> None:
    """Reading it ends in an error of the system, at once."""
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(OSError, match="regular file"):
        read_bytes(Source("pipe.md", str(tmp_path / "pipe.md")), 1000)


def test_pattern_gives_its_matches_in_order(tmp_path: Path) -> None:
    """A quoted pattern is ours to open, also below folders."""
    put(tmp_path, "b.md", "a.md", "deep/c.md", "a.txt")
    assert found(tmp_path, "*.md") == ["a.md", "b.md"]
    assert found(tmp_path, "**/*.md") == ["a.md", "b.md", "deep/c.md"]


def test_pattern_that_matches_folders_gives_each_file_once(tmp_path: Path) -> None:
    """drafts/** matches a folder and the files in it: each file is still one input."""
    put(tmp_path, "drafts/a.md", "drafts/deep/b.md")
    assert sorted(found(tmp_path, "drafts/**")) == ["drafts/a.md", "drafts/deep/b.md"]


def test_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    """[slug].md exists, so it is meant."""
    put(tmp_path, "[slug].md", "s.md")
    assert found(tmp_path, "[slug].md") == ["[slug].md"]


@pytest.mark.parametrize("name", ["nowhere.md", "nowhere/", "*.nothing", "nowhere/**", "*/nowhere/*.md"])
def test_path_that_leads_nowhere_is_an_error(tmp_path: Path, name: str) -> None:
    """A typing error must not look like an empty result; the sentence names the path."""
    with pytest.raises(SourceError, match=r"no such file|no file matches") as caught:
        list(find_sources([str(tmp_path / name)]))
    assert str(tmp_path) in str(caught.value)


def test_file_over_the_cap_is_not_read_whole(tmp_path: Path) -> None:
    """A sparse file of a terabyte costs no memory."""
    with open(tmp_path / "huge.md", "wb") as file:
        file.truncate(10**12)
    with pytest.raises(OverflowError):
        read_bytes(Source("huge.md", str(tmp_path / "huge.md")), 1000)


def skipped(*paths: Path | str) -> dict[str, str]:
    """{last part of its path: reason} for what is not to be read."""
    return {os.path.basename(result.source): result.reason for result in find_sources(map(str, paths)) if isinstance(result, Skipped)}


def test_what_nobody_may_read_is_said(tmp_path: Path) -> None:
    """Mode 000 stops an administrator too, so that the report is the same for everybody: a folder and a file."""
    put(tmp_path, "closed/a.md", "b.md")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "b.md").chmod(0)
    if sys.platform == "win32":
        pytest.skip("no such rights on Windows")
    try:
        assert "cannot be read" in skipped(tmp_path)["closed"]
        with pytest.raises(PermissionError):
            read_bytes(Source("b.md", str(tmp_path / "b.md"), walked=True), 1000)
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_link_given_by_name_is_read(tmp_path: Path) -> None:
    """A person who names a link means the file behind it."""
    put(tmp_path, "a.md")
    (tmp_path / "link.md").symlink_to("a.md")
    (source,) = find_sources([str(tmp_path / "link.md")])
    assert isinstance(source, Source)
    assert read_bytes(source, 1000) == b"words"


def test_file_that_became_a_link_is_not_read(tmp_path: Path) -> None:
    """Between the walk and the reading somebody puts a link in the place of a file: what it leads to stays unread."""
    put(tmp_path, "drafts/a.md", "secret.md")
    (source,) = find_sources([str(tmp_path / "drafts")])
    assert isinstance(source, Source)
    Path(source.path).unlink()
    Path(source.path).symlink_to(tmp_path / "secret.md")
    with pytest.raises(OSError, match="symbolic links"):
        read_bytes(source, 1000)


@pytest.mark.parametrize("pattern", ["**/*.md", "*/*.md", "**", "*"])
def test_pattern_follows_no_link_and_opens_no_pipe(tmp_path: Path, pattern: str) -> None:
    """A pattern finds what a walk would: nothing through a link to the top of the disk, to the parent or to itself."""
    put(tmp_path, "in/deep/a.md", "outside.md")
    (tmp_path / "in" / "root").symlink_to("/")
    (tmp_path / "in" / "deep" / "up").symlink_to("..")
    (tmp_path / "in" / "deep" / "self").symlink_to("self")
    (tmp_path / "in" / "deep" / "out.md").symlink_to(tmp_path / "outside.md")
    os.mkfifo(tmp_path / "in" / "deep" / "pipe.md")
    start = time.monotonic()
    assert found(tmp_path / "in", pattern) == ["deep/a.md"]
    assert skipped(tmp_path / "in" / pattern)["out.md"].startswith("a link")
    assert skipped(tmp_path / "in" / pattern)["pipe.md"] == "not a regular file"
    assert time.monotonic() - start < 10


def test_pattern_finds_nothing_hidden_unless_it_names_it(tmp_path: Path) -> None:
    """A wildcard stands for what a walk would read; a part of the pattern without one stands for itself."""
    put(tmp_path, "a/x.md", "node_modules/y.md", ".drafts/z.md")
    assert found(tmp_path, "*/*.md") == ["a/x.md"]
    assert found(tmp_path, ".drafts/*.md") == [".drafts/z.md"]
    assert found(tmp_path, ".*/*.md") == [".drafts/z.md"]


@pytest.mark.parametrize("name", ["[slug]-1.md", "new\nline-1.md", "\udcff\udcfe-1.md", "nfc\u00e9-1.md", "nfce\u0301-1.md", "=1+1-1.md", "{0}%s$(x)`y`-1.md"])
def test_pattern_matches_odd_names(tmp_path: Path, name: str) -> None:
    """Whatever bytes a name is made of, a star stands for them, and the path found opens the file."""
    put(tmp_path, name)
    (source,) = find_sources([str(tmp_path / "*-1.md")])
    assert isinstance(source, Source)
    assert os.path.basename(source.name) == name
    assert read_bytes(source, 1000) == b"words"


def test_name_that_begins_with_dots_is_a_title(tmp_path: Path) -> None:
    """One dot hides a file; "...and then.md" is how a person begins a sentence."""
    put(tmp_path, "...and then.md", ".hidden.md")
    assert found(tmp_path) == ["...and then.md"]


def test_gitignore_that_is_a_pipe_or_a_link_is_left_alone(tmp_path: Path) -> None:
    """Opening a pipe would wait for ever, and a link could lead to an endless device."""
    put(tmp_path, "a.md", "deep/b.md")
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / "deep" / ".gitignore").symlink_to("/dev/zero")
    assert found(tmp_path) == ["a.md", "deep/b.md"]


def test_gitignore_cannot_hang_the_walk(tmp_path: Path) -> None:
    """A pattern of many stars would take the matcher years on a long name; it is passed over, the others count."""
    put(tmp_path, "a" * 250, "b.log")
    (tmp_path / ".gitignore").write_text("*a" * 20 + "*b\n" + "**/" * 20 + "c\n*.log\n")
    start = time.monotonic()
    assert found(tmp_path) == ["a" * 250]
    assert time.monotonic() - start < 5


def test_many_gitignores_cost_their_own_folders_only(tmp_path: Path) -> None:
    """A thousand folders with rules of their own take a moment, and each rule holds in its folder alone."""
    for n in range(1000):
        put(tmp_path, f"{n}/a.md", f"{n}/{n}.md")
        (tmp_path / str(n) / ".gitignore").write_text(f"{n}.md\n{n + 1}.md\n")
    start = time.monotonic()
    assert sorted(found(tmp_path)) == sorted(f"{n}/a.md" for n in range(1000))
    assert time.monotonic() - start < 10


def test_exclude_cannot_be_taken_back_by_a_gitignore(tmp_path: Path) -> None:
    """What the user leaves out stays out, whatever a file in the folder says."""
    put(tmp_path, "a.md", "old.md")
    (tmp_path / ".gitignore").write_text("!old.md\n")
    assert found(tmp_path, exclude=("old.md",)) == ["a.md"]


def test_path_longer_than_the_system_takes_is_a_row(tmp_path: Path) -> None:
    """Folders within folders beyond the longest path are named where reading ends; what stands before them is read."""
    put(tmp_path, "a.md")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 150, dir_fd=here)
        deeper = os.open("d" * 150, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    results = list(find_sources([str(tmp_path)]))
    assert isinstance(results[0], Source)
    (reason,) = (result.reason for result in results if isinstance(result, Skipped))
    assert "too long" in reason
    subprocess.run(["rm", "-rf", tmp_path / ("d" * 150)], check=True)  # shutil cannot


def test_folder_mounted_into_itself_is_read_once(tmp_path: Path) -> None:
    """A mount shows a folder again below itself; it is named and not read again."""
    put(tmp_path, "in/a.md", "in/deep/keep")
    code = f"from gating.reading.sources import find_sources\nfor one in find_sources([{str(tmp_path)!r}]): print(getattr(one, 'reason', one))"
    mount = f"mount --bind '{tmp_path}' '{tmp_path}/in/deep' && '{sys.executable}' -c \"$CODE\""
    try:
        environment = {**os.environ, "CODE": code, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(["unshare", "-rm", "sh", "-c", mount], env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not here")
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("no right to mount")
    assert len(done.stdout.splitlines()) == 2, done.stderr
    assert "the folder cannot be read (it was read already under another name)" in done.stdout


def test_a_hundred_thousand_names_take_a_moment(tmp_path: Path) -> None:
    """One folder of many files: some microseconds a name, not a look at each file. (A million: 8 s of processor time, 290 MB.)"""
    for n in range(100_000):
        os.close(os.open(tmp_path / f"{n}.md", os.O_CREAT | os.O_WRONLY))
    start = time.monotonic()
    assert sum(1 for _ in find_sources([str(tmp_path)])) == 100_000
    assert time.monotonic() - start < 20
