"""Front matter as plain strings."""

import time

import pytest

from gating.reading.frontmatter import split_front_matter


def values_of(text: str) -> dict[str, str]:
    return dict(split_front_matter(text).values)


def test_yaml_gives_values_and_body() -> None:
    """Keys come in lower case, the body starts after the fence, and the lines of the fence are counted."""
    front = split_front_matter("---\nTitle: Pears\nlayout: post\n---\nBody\n")
    assert dict(front.values) == {"title": "Pears", "layout": "post"}
    assert (front.body, front.n_lines, front.problem) == ("Body\n", 4, "")


def test_toml_gives_values() -> None:
    """Hugo's +++ fence is TOML; tables are joined by a dot, booleans are in lower case."""
    assert values_of('+++\ntitle = "Pears"\ngated = true\n[form]\nid = "a1"\n+++\nBody') == {"title": "Pears", "gated": "true", "form.id": "a1"}


def test_json_gives_values_and_its_lines() -> None:
    """A JSON object before the text is front matter."""
    front = split_front_matter('{\n "title": "Pears",\n "gated": false\n}\n\nBody')
    assert dict(front.values) == {"title": "Pears", "gated": "false"}
    assert front.body.strip() == "Body"
    assert front.n_lines == 3


def test_json_alone_is_no_front_matter() -> None:
    """An object with nothing behind it is the text itself."""
    assert split_front_matter('{"title": "Pears"}').values == ()


def test_byte_order_mark_does_not_hide_the_fence() -> None:
    """A mark before --- is passed over."""
    assert values_of("\ufeff---\ntitle: Pears\n---\nBody") == {"title": "Pears"}


@pytest.mark.parametrize(
    ("written", "read"), [("no", "no"), ("yes", "yes"), ("on", "on"), ("1.10", "1.10"), ("2026-01-05", "2026-01-05"), ("2024-13-45", "2024-13-45"), ("~", "~")]
)
def test_yaml_scalars_stay_as_written(written: str, read: str) -> None:
    """No YAML 1.1 surprises: `gated: no` is no, version 1.10 is not 1.1, a date, even an impossible one, is text."""
    front = split_front_matter(f"---\nvalue: {written}\n---\nBody")
    assert (dict(front.values), front.problem) == ({"value": read}, "")


def test_toml_dates_are_text() -> None:
    """A TOML date becomes the text of that date."""
    assert values_of("+++\ndate = 2026-01-05\n+++\nBody") == {"date": "2026-01-05"}


def test_lists_are_joined() -> None:
    """A list of scalars is one value."""
    assert values_of("---\ntags: [pears, crates]\n---\nBody") == {"tags": "pears, crates"}


def test_nested_keys_are_joined_by_a_dot() -> None:
    """`form:` with a key in it becomes form.key."""
    assert values_of("---\nform:\n  hubspot_form_id: abc\n---\nBody") == {"form.hubspot_form_id": "abc"}


def test_bad_yaml_is_read_line_by_line_and_said_so() -> None:
    """A colon in a title breaks YAML, not the piece."""
    front = split_front_matter("---\ntitle: Pears: a field guide\ngated: yes\n---\nBody")
    assert dict(front.values) == {"title": "Pears: a field guide", "gated": "yes"}
    assert "not valid" in front.problem
    assert front.body == "Body"


def test_template_tags_in_yaml_do_not_cost_the_body() -> None:
    """A `{{ variable }}` as a value is a problem of the front matter only."""
    front = split_front_matter("---\ntitle: {{ page.title }}\nkind: note\n---\nBody")
    assert front.body == "Body"
    assert dict(front.values)["kind"] == "note"


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x]\nb: *a",
        "a0: &a0 {k: v}\n" + "\n".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 12)),
        "a0: &a0 [x, x]\n" + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)),
        "title: &a [*a]",
    ],
    ids=["alias", "merge-keys", "aliases-of-aliases", "list-in-itself"],
)
def test_anchors_are_refused_quickly(bomb: str) -> None:
    """Aliases and merge keys are a problem that is named, in well under a second, and the body is still there."""
    start = time.perf_counter()
    front = split_front_matter(f"---\n{bomb}\n---\nBody")
    assert time.perf_counter() - start < 0.5
    assert front.problem
    assert front.body == "Body"


def test_python_tags_make_no_objects() -> None:
    """A YAML tag that asks for a Python call stays text."""
    front = split_front_matter("---\ntitle: !!python/object/apply:os.getcwd []\nkind: note\n---\nBody")
    assert dict(front.values).get("kind") == "note"
    assert all(isinstance(value, str) for _, value in front.values)


def test_oversized_front_matter_is_not_parsed_and_said_so() -> None:
    """Over 64 kB between the fences is named as a problem; the plain lines before that count and stay short, and so does the body."""
    front = split_front_matter(f"---\ntitle: Pears\nnote: {'x' * 70_000}\n---\nBody")
    assert dict(front.values)["title"] == "Pears"
    assert len(dict(front.values)["note"]) == 10_000
    assert front.body == "Body"
    assert "64 kB" in front.problem


@pytest.mark.parametrize("raw", ["[" * 20_000, "- " * 20_000, "{" * 20_000, "x: " + "[" * 20_000], ids=["flow", "block", "json", "value"])
def test_deep_nesting_is_a_problem_not_a_crash(raw: str) -> None:
    """Twenty thousand open brackets cost the front matter only."""
    front = split_front_matter(f"---\n{raw}\n---\nBody")
    assert front.problem
    assert front.body == "Body"


def test_text_without_a_fence_is_left_alone() -> None:
    """No front matter: the body is the text."""
    front = split_front_matter("# Pears\n\nBody")
    assert (front.values, front.body, front.n_lines) == ((), "# Pears\n\nBody", 0)


def test_unclosed_fence_is_text() -> None:
    """A first line of three dashes without a second one, and no known key behind it, is no front matter."""
    text = "---\nNote: the harvest was late\n\nBody goes on"
    assert split_front_matter(text).body == text


def test_keys_behind_a_fence_that_never_closes_are_no_text() -> None:
    """A forgotten second fence costs nothing: the keys to the first empty line are read, and that is said."""
    front = split_front_matter("---\ntitle: Pears\ndate: 2024-02-30\n\nBody goes on")
    assert (dict(front.values), front.body, front.n_lines) == ({"title": "Pears", "date": "2024-02-30"}, "Body goes on", 4)
    assert "never closed" in front.problem


def test_three_dots_close_front_matter() -> None:
    """YAML may end with three dots."""
    front = split_front_matter("---\ntitle: Pears\n...\nBody")
    assert (front.values, front.body, front.problem) == ((("title", "Pears"),), "Body", "")


def test_empty_front_matter_takes_only_its_two_lines() -> None:
    """Two fences with nothing between them leave all that follows as body, up to and past a later rule."""
    front = split_front_matter("---\n---\nFirst part.\n\n---\n\nSecond part.")
    assert "First part." in front.body


def test_text_between_two_rules_is_not_swallowed() -> None:
    """A draft that opens with a rule and has another further down has no front matter: nothing of it may get lost."""
    front = split_front_matter("---\n\nA first paragraph in plain words.\n\n---\n\nA second one.")
    assert "A first paragraph" in front.body
