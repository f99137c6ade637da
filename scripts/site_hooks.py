"""What mkdocs is to do beyond its own: the site has the repository's other pages too, and links to them work as they do in the repository."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
ELSEWHERE = ("SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md", "training_data/RUBRIC.md")
PLACES = {**{name: f"repository/{name}" for name in ELSEWHERE}, "README.md": "index.md"}  # path in the repository: page of the site
SOURCES = {place: name for name, place in PLACES.items() if name in ELSEWHERE}
FENCE_OR_LINK = re.compile(r"(?P<fence>^(?P<mark>`{3,}).*?^(?P=mark))|\]\((?P<target>[^)#:\s]+)", re.DOTALL | re.MULTILINE)
MORE_THAN_LANGUAGE = re.compile(r"\A(`{3,}\w+) .*")  # "````markdown fires": what stands behind the language is for our tests


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The site's files, with the pages from outside docs/."""
    for name in ELSEWHERE:
        files.append(File.generated(config, PLACES[name], abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The page with each link to a file of the repository as a link to its place in the site; what has none there stays, and is told."""

    def mended(found: re.Match[str]) -> str:
        return MORE_THAN_LANGUAGE.sub(r"\1", found["fence"]) if found["fence"] else f"]({site_link(page.file.src_uri, found['target'])}"

    return FENCE_OR_LINK.sub(mended, markdown)


def site_link(page: str, target: str) -> str:
    """`target`, as it stands on the `page` of the site, as a path that holds in the site: `../SECURITY.md` on serve.md is repository/SECURITY.md."""
    source = SOURCES.get(page, f"docs/{page}")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    place = PLACES.get(path) or (path.removeprefix("docs/") if path.startswith("docs/") else "")
    return posixpath.relpath(place, posixpath.dirname(page) or ".") if place else target
