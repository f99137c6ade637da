"""Near-identical pieces have one row; pages that share a template keep their own."""

from gating.library.copies import find_copies
from gating.library.shelf import library_of
from gating.records import Block, BlockKind, LibraryPiece
from tests.builders import library_piece
from tests.library.trades import TRADES, blog

STORY = [*TRADES["cold storage"], *TRADES["water metering"]]
LONG_STORY = [f"{sentence} That was in week {number}." for number, sentence in enumerate(sentence for trade in TRADES.values() for sentence in trade)]
TEMPLATE = (
    "Fill in the form and we send the file to your inbox within a minute. We keep your address for as long as you want to hear from us and not a day longer, and you can leave "
    "with one click. More than four hundred firms of all sizes have taken their copy since spring, and many tell us that they print it and hang it beside the door. Written by "
    "people who do the work, checked by people who check for a living, and free of charge. If you would rather talk, our telephone is answered from eight to five by somebody "
    "who knows what you mean, and who calls back the same day when the line is busy."
)


LAST_BLOCKS = (Block(BlockKind.PARAGRAPH, "Plan it."), Block(BlockKind.PARAGRAPH, TEMPLATE))


def groups(*pieces: LibraryPiece) -> list[int]:
    return list(find_copies(library_of(pieces)))


def landing(name: str, bullets: str) -> LibraryPiece:
    heading = Block(BlockKind.HEADING, f"Download the {name}", 1)
    return library_piece(f"{name}.html", f"The {name} | Acme", blocks=[heading, Block(BlockKind.PARAGRAPH, bullets), Block(BlockKind.PARAGRAPH, TEMPLATE)])


def test_the_built_copy_of_a_source_is_found() -> None:
    """The page has the site's name in its title and a line about the author; the source has neither."""
    source = library_piece("content/blog/leaks.md", "Leaks that a meter finds", *STORY)
    built = library_piece("public/blog/leaks/index.html", "Leaks that a meter finds | Acme", *STORY, "Written by Ines, who reads meters.", url="https://acme.example/blog/leaks/")
    assert groups(source, built) == [1, 1]


def test_one_address_is_one_page() -> None:
    """http and https, www and not, with the slash and without; a crawl may catch a page while it changes."""
    pages = [
        library_piece(f"crawl/{number}.html", "Leaks", *STORY[number:], url=url) for number, url in enumerate(("http://acme.example/leaks", "https://www.acme.example/leaks/"))
    ]
    assert groups(*pages) == [0, 0]


def test_a_print_version_is_a_copy() -> None:
    """Same words, another address, "print" in the title."""
    page = library_piece("leaks.html", "Leaks", *STORY, url="https://acme.example/leaks")
    assert groups(page, library_piece("print.html", "Leaks (print)", *STORY, url="https://acme.example/print/leaks")) == [0, 0]


def test_kept_is_the_one_with_an_address_then_the_longest() -> None:
    """An address is worth more than words: links and figures hang on it."""
    draft = library_piece("a.md", "Leaks", *STORY, "One more line that the page has not.")
    assert groups(draft, library_piece("b.html", "Leaks", *STORY, url="https://acme.example/leaks")) == [1, 1]
    assert groups(library_piece("a.md", "Leaks", *STORY), library_piece("b.md", "Leaks", *STORY, "One more line here.")) == [1, 1]


def test_landing_pages_of_one_template_stay_apart() -> None:
    """Nine words in ten are the same, yet they offer different things."""
    pages = [landing("cold storage workbook", "Read a room in ten minutes."), landing("shift payroll template", "Pay a swap in ten minutes."),
             landing("water metering planner", "Find a leak in ten minutes.")]  # fmt: skip
    assert groups(*pages) == [0, 1, 2]


def test_pages_for_two_towns_stay_apart() -> None:
    """Doorway pages differ in a name only, in title and text; each has its own address and its own readers."""
    towns = [library_piece(f"{town}.html", f"Boiler service in {town}", *(line.replace("meter", f"{town} meter") for line in STORY)) for town in ("Leith", "Dundee")]
    assert groups(*towns) == [0, 1]


def test_thin_pages_with_one_sentence_stay_apart() -> None:
    """A thank-you page says the same of every file; its title says which."""
    pages = [
        library_piece(f"{name}.html", f"Your {name} is on its way", "Thank you. Look into your inbox, and into the folder for junk if nothing has come in five minutes.")
        for name in ("workbook", "planner")
    ]
    assert groups(*pages) == [0, 1]


def test_a_long_text_under_a_new_name_is_a_copy() -> None:
    """Republished with another headline: three hundred words do not agree by chance."""
    assert groups(library_piece("a.html", "Leaks and pears", *LONG_STORY), library_piece("b.html", "Thirty lessons of a wet spring", *LONG_STORY)) == [0, 0]


def test_a_wrong_canonical_address_merges_nothing() -> None:
    """Some sites name the home page as the address of every page."""
    pages = [library_piece(f"{trade}.html", "Acme", *TRADES[trade], url="https://acme.example/") for trade in TRADES]
    assert groups(*pages) == [0, 1, 2, 3, 4]


def test_posts_on_one_topic_stay_apart() -> None:
    """Shared sentences are no copy."""
    posts = blog(["cold storage", "shift payroll"], 6)
    assert groups(*posts) == list(range(12))


def test_two_hundred_pages_of_a_template_and_one_copy() -> None:
    """Each page is compared with some of its lookalikes only; that must neither merge nor hide anything."""
    pages = [landing(f"planner number {number}", "Plan it.") for number in range(200)]
    again = library_piece("z.html", pages[3].finding.piece.title, blocks=[Block(BlockKind.HEADING, "Download the planner number 3", 1), *LAST_BLOCKS])
    assert groups(*pages, again) == [*range(200), 3]
