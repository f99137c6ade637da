"""The server's description of itself holds to the standard, and to what the server does."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from gating.server.openapi import REFUSALS
from tests.server.conftest import DRAFT, Running


@pytest.fixture(scope="module")
def described(server: Running) -> dict[str, Any]:
    """What the server says of itself."""
    told: dict[str, Any] = httpx.get(f"{server.address}openapi.json").json()
    return told


def errors(described: dict[str, Any], name: str, value: object) -> list[str]:
    """Where the value is not as its schema says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def test_the_description_is_valid(described: dict[str, Any]) -> None:
    """By the schema of OpenAPI 3.1, references and all."""
    validate(described)


@pytest.mark.parametrize("wish", [{}, {"explain": True}, {"flips": True}])
def test_answers_are_as_described(server: Running, described: dict[str, Any], wish: dict[str, bool]) -> None:
    """With everything that can be asked for; and every key of an answer is described."""
    record = server.score(html=f"<h1>Rota</h1><p>{DRAFT}</p>", **wish).json()
    assert errors(described, "Record", record) == []
    assert set(record) <= set(described["components"]["schemas"]["Record"]["properties"])


def test_requests_are_as_described(described: dict[str, Any]) -> None:
    """What the examples of docs/serve.md send is allowed; an unknown key is not."""
    assert errors(described, "Asked", {"text": DRAFT, "explain": True, "policy": "open"}) == []
    assert errors(described, "Asked", {"pieces": [{"html": "<p>A</p>", "id": "1"}]}) == []
    assert errors(described, "Asked", {"text": DRAFT, "colour": "blue"})


def test_a_refusal_is_as_described(server: Running, described: dict[str, Any]) -> None:
    """The shape, and a status that is listed."""
    answer = server.score(colour="blue")
    assert errors(described, "Error", answer.json()) == []
    assert str(answer.status_code) in REFUSALS
    assert str(answer.status_code) in described["paths"]["/v1/score"]["post"]["responses"]
