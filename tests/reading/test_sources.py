"""Paths, folders and patterns -> the list of things to read."""

import os
import sys
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


@pytest.mark.parametrize("name", ["nowhere.md", "nowhere/", "*.nothing"])
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


def test_missing_folder_rights_are_said(tmp_path: Path) -> None:
    """A folder that cannot be listed is a row in the report."""
    if os.geteuid() == 0 or sys.platform == "win32":
        pytest.skip("rights bind no administrator")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    (result,) = find_sources([str(tmp_path)])
    assert isinstance(result, Skipped)
    assert "cannot be read" in result.reason
