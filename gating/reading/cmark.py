"""Markdown -> HTML by GitHub's cmark, with what it takes given back.

cmarkgfm frees neither the tree nor the text that cmark makes for it: 13 kB for a page of 150 words, gigabytes for a library. Its
extension exports the function that frees a tree, beside the ones that cmarkgfm names; where it does not (Windows), all is as cmarkgfm
leaves it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from cmarkgfm import _cmark
from cmarkgfm.cmark import Options, core_extensions_ensure_registered, find_syntax_extension

SOURCE_LINES = Options.CMARK_OPT_SOURCEPOS | Options.CMARK_OPT_UNSAFE
GITHUB = Options.CMARK_OPT_GITHUB_PRE_LANG
GITHUB_EXTENSIONS = ("table", "autolink", "tagfilter", "strikethrough", "tasklist")


def to_html(text: str, options: int = GITHUB, extensions: Iterable[str] = GITHUB_EXTENSIONS) -> str:
    """The HTML of a Markdown text; as GitHub renders it, unless told otherwise."""
    core_extensions_ensure_registered()
    lib, ffi, source = _cmark.lib, _cmark.ffi, text.encode()
    parser = lib.cmark_parser_new(options)
    root = html = ffi.NULL
    try:
        for name in extensions:
            lib.cmark_parser_attach_syntax_extension(parser, find_syntax_extension(name))
        lib.cmark_parser_feed(parser, source, len(source))
        root = lib.cmark_parser_finish(parser)
        html = lib.cmark_render_html(root, options, lib.cmark_parser_get_syntax_extensions(parser))
        return str(ffi.string(html).decode())
    finally:
        free_node, free = _frees()
        free(_address(html))
        free_node(_address(root))
        lib.cmark_parser_free(parser)


def _address(pointer: Any) -> int:
    return int(_cmark.ffi.cast("uintptr_t", pointer))


@lru_cache(maxsize=1)
def _frees() -> tuple[Callable[[int], Any], Callable[[int], Any]]:
    """What frees a tree and what frees a text, by address; both take 0 for nothing."""
    try:
        free_node, free = ctypes.CDLL(_cmark.__file__).cmark_node_free, ctypes.CDLL(None).free
    except (AttributeError, OSError, TypeError):
        return _nothing, _nothing
    for each in (free_node, free):
        each.argtypes, each.restype = [ctypes.c_void_p], None
    return _unless_nothing(free_node), free


def _unless_nothing(free_node: Callable[[int], Any]) -> Callable[[int], Any]:
    return lambda address: free_node(address) if address else None


def _nothing(_: int) -> None:
    """There is nothing to free with."""
