"""What the server is, for programs: OpenAPI 3.1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

import gating.report
from gating import __version__
from gating.records import BlockKind
from gating.server.asked import MAX_PIECES, NAMES, Asked
from gating.settings import POLICIES

RECORD_SCHEMA = Path(gating.report.__file__).with_name("record.schema.json")
REF = "#/components/schemas/{name}"
REFUSALS = {
    "400": "The body is empty, no JSON, or a form without a file.",
    "401": "The server wants a token.",
    "403": "The request is from a page of another site.",
    "408": "The body came too slowly.",
    "413": "The body is too large.",
    "415": "No reader for this type; give the file's name.",
    "421": "The server is asked for under a name that is not its own.",
    "422": "The JSON or the address holds what is not known here.",
    "503": "Too much is being scored. Retry-After says in how many seconds to try again.",
}


def description(max_mb: int) -> dict[str, Any]:
    """The description of a server that takes bodies of `max_mb` megabytes."""
    (asked,), schemas = msgspec.json.schema_components([Asked], ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "gating",
            "version": __version__,
            "description": f"Says of drafts whether they are demand-gen or lead-gen, where their reader stands in the funnel, and whether to gate them. "
            f"A body may hold {max_mb} MB. Nothing is stored.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": {"/v1/score": {"post": _score(asked)}, "/v1/health": {"get": _health()}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "Only where the server is reached from other computers."}},
            "schemas": {**schemas, "Record": _record(), "Results": _results(), "Error": _error()},
            "responses": {f"Refusal{status}": {"description": said, "content": _json(_ref("Error"))} for status, said in REFUSALS.items()},
        },
    }


def _score(asked: dict[str, Any]) -> dict[str, Any]:
    file = {"schema": {"type": "string", "format": "binary"}}
    form = {"type": "object", "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}}, "required": ["file"]}
    return {
        "operationId": "score",
        "summary": "Score drafts",
        "description": "A JSON body with one draft is answered by its record. Several pieces and files are answered by {results: [...]}, or with "
        "Accept: application/x-ndjson by one record a line, in order, as they come. A file is sent as the body, with its name in the address, or as a form.",
        "parameters": [
            _parameter("name", {"type": "string"}, "Name of the file in the body; its ending says how it is read."),
            _parameter("explain", {"type": "boolean"}, "As in the JSON body."),
            _parameter("flips", {"type": "boolean"}, "As in the JSON body."),
            _parameter("policy", {"enum": list(POLICIES)}, "As in the JSON body."),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}, "multipart/form-data": {"schema": form}, **{kind: file for kind in NAMES if kind}}},
        "responses": {
            "200": {
                "description": "The record of the draft, or the records of all pieces. A piece that cannot be scored has its reason in its record.",
                "content": {**_json({"oneOf": [_ref("Record"), _ref("Results")]}), "application/x-ndjson": {"schema": _ref("Record")}},
            },
            **{status: {"$ref": f"#/components/responses/Refusal{status}"} for status in REFUSALS},
        },
    }


def _health() -> dict[str, Any]:
    told = {"type": "object", "required": ["status", "version"], "properties": {"status": {"const": "ok"}, "version": {"type": "string"}}}
    return {"operationId": "health", "summary": "Say that the server is there", "responses": {"200": {"description": "It is.", "content": _json(told)}}}


def _record() -> dict[str, Any]:
    """The record's own schema, with what `explain` and `flips` add."""
    schema: dict[str, Any] = json.loads(RECORD_SCHEMA.read_text(encoding="utf-8"))
    del schema["$schema"], schema["$id"], schema["additionalProperties"]
    text = json.dumps(schema).replace('"#/$defs/', '"#/components/schemas/Record/$defs/')
    schema = json.loads(text)
    schema["properties"].update(_explained())
    return schema


def _explained() -> dict[str, Any]:
    """What an explained record has more."""
    block = {
        "type": "object", "required": ["kind", "level", "line", "text"],
        "properties": {"kind": {"enum": [kind.value for kind in BlockKind]}, "level": {"type": "integer"}, "line": {"type": "integer"}, "text": {"type": "string"}},
    }  # fmt: skip
    place = {"type": ["object", "null"], "required": ["block", "start", "end"], "properties": {name: {"type": "integer"} for name in ("block", "start", "end")}}
    flip = {
        "type": "object", "required": ["head", "from", "to", "flips", "change", "probability"],
        "properties": {"head": {"type": "string"}, "from": {"type": "string"}, "to": {"type": "string"}, "flips": {"type": "boolean"}, "change": {"type": "string"},
                       "probability": {"type": "number"}},
    }  # fmt: skip
    move = {"type": "object", "required": ["what", "before", "after"], "properties": {"what": {"type": "string"}, "before": {}, "after": {}}}
    proposal = {
        "type": "object", "required": ["id", "kind", "sentence", "why", "quote", "line", "block", "edit", "moves"],
        "properties": {**{name: {"type": "string"} for name in ("id", "kind", "sentence", "why", "quote")}, "line": {"type": "integer"}, "block": {"type": ["integer", "null"]},
                       "edit": {"type": "object"}, "moves": {"type": "array", "items": move}},
    }  # fmt: skip
    step = {"type": "object", "required": ["step", "gate", "says"], "properties": {name: {"type": "string"} for name in ("step", "gate", "says")}}
    return {
        "chain": {"type": "array", "items": step, "description": "how the gate advice came about, step by step"},
        "label_sets": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "for each head, the labels that cannot be excluded",
        },
        "gate_rule": {"enum": ["G0", "G1", "G2", "G3"], "description": "the line of the rubric that decided; G3 is the score"},
        "gate_part_words": {"type": "object", "additionalProperties": {"type": "string"}, "description": "what the value of each part of the gate score means"},
        "description": {"type": "string"},
        "blocks": {"type": "array", "items": block, "description": "the text as it was read"},
        "quote_places": {"type": "array", "items": place, "description": "where each quote of `evidence` stands: number of its block, first character, character after the last"},
        "draft": {"type": "string", "description": "of files and HTML: the text in Markdown, for an editor"},
        "around": {**_ref("Around"), "description": "of files and HTML: what stands around the text, to be sent back with the edited draft"},
        "proposals": {"type": "array", "items": proposal, "description": "only with `flips`: what to change in the piece, and what each edit moves, found by rescoring"},
        "flips": {"type": "array", "items": flip, "description": "only with `flips`: what would flip each label, or comes nearest"},
    }


def _results() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["results"],
        "properties": {"results": {"type": "array", "items": _ref("Record")}},
        "description": f"At most {MAX_PIECES} where they were sent as JSON.",
    }


def _error() -> dict[str, Any]:
    told = {"type": "object", "required": ["code", "message"], "properties": {"code": {"type": "string"}, "message": {"type": "string"}}}
    return {"type": "object", "required": ["error"], "properties": {"error": told}}


def _parameter(name: str, schema: dict[str, Any], said: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": said}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": REF.format(name=name)}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
