"""How a request that is not answered with records is answered."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from gating.server.asked import Refusal

CODES = {404: "not_found", 405: "wrong_method"}
SENTENCES = {
    404: "There is nothing at this address. The page is at /, the scores at /v1/score, the description at /openapi.json.",
    405: "This address does not take that method. Scores are asked for by POST.",
}


def refusal_response(refusal: Refusal) -> JSONResponse:
    """{error: {code, message}}, and the connection's end where a body was not read to its end."""
    return JSONResponse({"error": {"code": refusal.code, "message": refusal.message}}, refusal.status, refusal.headers)


def refusal_of(error: HTTPException) -> Refusal:
    """The refusal for what the routes raise by themselves, with the methods that an address takes where it does not take one."""
    status = error.status_code
    return Refusal(status, CODES.get(status, "refused"), SENTENCES.get(status, "This request cannot be answered."), error.headers)
