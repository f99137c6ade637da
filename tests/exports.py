"""Makes small exports of content systems, as their readers are tested with them."""

from __future__ import annotations

from collections.abc import Iterable

from gating.records import Piece, Skipped

BREAD = (
    "A village bakery that mills its own rye throws away a tenth of the grain before a loaf is sold. The bran goes to a pig farm and "
    "the germ goes rancid in a week. Three bakers showed us how they weigh the sacks, what they write down at night, and which of the "
    "two losses they stopped first when flour prices rose."
)
NAMESPACES = (
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"'
)


def wp_item(
    title: str = "Rye losses", content: str = f"<p>{BREAD}</p>", kind: str = "post", status: str = "publish", meta: dict[str, str] | None = None,
    terms: Iterable[tuple[str, str]] = (), more: str = "", number: int = 7, date: str = "2024-03-09 10:00:00",
) -> str:  # fmt: skip
    """One <item> of a WordPress export."""
    metas = "".join(f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>" for key, value in (meta or {}).items())
    tags = "".join(f'<category domain="{domain}" nicename="x"><![CDATA[{name}]]></category>' for domain, name in terms)
    return (
        f"<item><title>{title}</title><link>https://mill.example/{number}/</link><dc:creator>jo</dc:creator><wp:post_id>{number}</wp:post_id>"
        f"<wp:post_date>{date}</wp:post_date><wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status>{tags}{metas}{more}"
        f"<content:encoded><![CDATA[{content}]]></content:encoded><excerpt:encoded><![CDATA[How bakers lose grain]]></excerpt:encoded></item>\n"
    )


def wxr(*items: str) -> str:
    """A WordPress export with the given items and one author."""
    author = "<wp:author><wp:author_login>jo</wp:author_login><wp:author_display_name><![CDATA[Jo Miller]]></wp:author_display_name></wp:author>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {NAMESPACES}>\n<channel><title>Mill</title>{author}\n{"".join(items)}</channel></rss>\n'


def pieces_of(results: list[Piece | Skipped]) -> list[Piece]:
    """The pieces among `results`."""
    return [result for result in results if isinstance(result, Piece)]


def skipped_of(results: list[Piece | Skipped]) -> list[Skipped]:
    """What was not read, among `results`."""
    return [result for result in results if isinstance(result, Skipped)]


def shown(piece: Piece) -> list[tuple[str, str]]:
    """The blocks of a piece as (kind, text)."""
    return [(block.kind.value, block.text) for block in piece.blocks]
