"""The pages of Elementor, a page builder for WordPress: a JSON tree of widgets in a post's metadata -> HTML."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any

from gating.reading.richtext import MAX_DEPTH, card_html

Widget = Mapping[str, Any]
INPUT_TYPES = {"email": "email", "tel": "tel", "url": "url", "number": "number", "hidden": "hidden", "date": "date", "textarea": "text", "text": "text"}


def elementor_html(data: str) -> str:
    """The HTML of `_elementor_data`; "" when it is empty or broken. Its forms become forms, so that today's gate can be seen."""
    try:
        elements = json.loads(data) if data.strip() else []
    except (ValueError, RecursionError):
        return ""
    return "\n".join(part for part in _parts(elements, 0) if part)


def _parts(elements: object, depth: int) -> Iterator[str]:
    for element in elements if isinstance(elements, list) and depth < MAX_DEPTH else ():
        if not isinstance(element, Mapping):
            continue
        settings = element.get("settings")
        if element.get("elType") == "widget" and isinstance(settings, Mapping):
            yield _widget(str(element.get("widgetType") or ""), settings)
        yield from _parts(element.get("elements"), depth + 1)


def _widget(kind: str, settings: Widget) -> str:
    if kind == "heading":
        size = str(settings.get("header_size") or "h2")
        tag = size if size in ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div") else "h2"
        return f"<{tag}>{settings.get('title') or ''}</{tag}>"
    if kind == "form":
        return _form(settings)
    if kind == "shortcode":
        return str(settings.get("shortcode") or "")
    return card_html(settings, kind)


def _form(settings: Widget) -> str:
    given = settings.get("form_fields")
    fields = [field for field in given if isinstance(field, Mapping)] if isinstance(given, list) else []
    name = html.escape(str(settings.get("form_name") or ""))
    inner = "".join(_field(field) for field in fields)
    return f'<form class="elementor-form" name="{name}">{inner}<button type="submit">{html.escape(str(settings.get("button_text") or "Send"))}</button></form>'


def _field(field: Widget) -> str:
    label, kind = html.escape(str(field.get("field_label") or field.get("placeholder") or "")), str(field.get("field_type") or "text")
    name = html.escape(str(field.get("custom_id") or kind))
    return f'<label>{label}</label><input type="{INPUT_TYPES.get(kind, "text")}" name="{name}">' if kind not in ("html", "step") else ""
