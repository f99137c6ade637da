"""sitemap.xml: an inventory of addresses without texts, for an audit to join by address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gating.reading.assembly import INVENTORY
from gating.reading.dates import iso_date
from gating.reading.outcome import Row, Unread
from gating.reading.safe_xml import Element, find_elements, local_name, text_of
from gating.reading.sources import Choices
from gating.records import Skipped, Status

SAME_DAY = 0.8  # a date that more of the addresses share is the day of the build, of no page


def is_sitemap(suffix: str, data: bytes) -> bool:
    """True for a sitemap or an index of sitemaps."""
    head = data[:2000].replace(b"\0", b"")
    return suffix == ".xml" and (b"<urlset" in head or b"<sitemapindex" in head)


def sitemap_rows(data: bytes, source: str, choices: Choices) -> Iterator[Row | Skipped]:
    """One Skipped for each address, with the day of its last change where the sitemap tells one apart. Raises Unread for an index."""
    found = find_elements(data, ("url", "sitemap"), _read)
    if any(one["kind"] == "sitemap" for one in found.made):
        raise Unread(f"an index of {len(found.made)} sitemaps, no pages; give the sitemaps themselves, such as {found.made[0].get('loc', '')}", Status.SKIPPED)
    days = Counter(one.get("lastmod", "") for one in found.made)
    built = {day for day, count in days.items() if count > max(SAME_DAY * len(found.made), 1)}
    for number, one in enumerate(found.made, 1):
        url, day = one.get("loc", ""), one.get("lastmod", "")
        yield Skipped(f"{source}#{number}", INVENTORY, url=url, metadata=(("url", url), *((("lastmod", day),) if day and day not in built else ())))
    if found.problem:
        yield Skipped(source, found.problem, Status.FAILED)


def _read(element: Element) -> dict[str, str]:
    values = {"kind": local_name(element)}
    for child in element:
        values.setdefault(local_name(child), text_of(child))
    values["lastmod"] = iso_date(values.get("lastmod", ""))
    return values
