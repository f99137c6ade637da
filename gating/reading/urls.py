"""One form for every way to write a URL."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)
HOST = re.compile(r"^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?$", re.IGNORECASE)
INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|md|mdx)$", re.IGNORECASE)
PAGE_SUFFIX = re.compile(r"\.(?:html?|xhtml|php|aspx?|mdx?|markdown|mkd|txt|docx?|pdf)$", re.IGNORECASE)
TRACKING = re.compile(r"^(?:utm_\w+|gclid|fbclid|msclkid|dclid|_hs\w+|hs\w+|mc_[ce]id|ref|source|trk|_ga|_gl|igshid|yclid|li_fat_id)$", re.IGNORECASE)
GHOST_ROOT = re.compile(r"^_?_?GHOST_URL_?_?(?=/|$)")
ROW = re.compile(r"#\d+$")  # how a piece of an export is called: export.xml#12
CRAWLED = re.compile(r"\.warc(?:\.gz)?#\d+$", re.IGNORECASE)  # ... and a page of a crawl, which is a whole page and not the text of one


@lru_cache(maxsize=200_000)  # a site links to the same pages again and again
def normal_url(url: str) -> str:
    """`host/path?query` without scheme, www, index page, trailing slash, tracking parameters and fragment; `/path` without a host.

    Empty for what is no page: mail, telephone, script and data links, a bare fragment.
    """
    text = GHOST_ROOT.sub("", url.strip())
    scheme = SCHEME.match(text)
    if scheme and not HOST.match(text.split("/", 1)[0]):
        if scheme.group(1).lower() not in ("http", "https"):
            return ""
    elif not text.startswith("//"):
        first = text.split("/", 1)[0]
        text = f"//{text}" if HOST.match(first) and not PAGE_SUFFIX.search(first) else text
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.") + (f":{parts.port}" if parts.port not in (None, 80, 443) else "")
    except ValueError:  # half an IPv6 address, a port that is none
        return ""
    if not host and not parts.path and not parts.query:
        return ""
    path = posixpath.normpath("/" + INDEX_PAGE.sub("/", unquote(parts.path)).strip("/"))
    query = urlencode(sorted((key, value) for key, value in parse_qsl(parts.query) if not TRACKING.match(key)))
    return f"{host}{'' if path == '/' and host else path}{f'?{query}' if query else ''}"


def host_of(normal: str) -> str:
    """The host of a normal URL, empty for a mere path."""
    return normal.split("/", 1)[0].split("?", 1)[0]


def path_of(normal: str) -> str:
    """The path of a normal URL, without query and page suffix: "/blog/a-post"."""
    path = normal[len(host_of(normal)) :].split("?", 1)[0]
    return PAGE_SUFFIX.sub("", path) or "/"
