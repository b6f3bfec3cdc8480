"""What a request is refused for, as OpenAI's clients read it: one sentence, and the field that it is about."""

from __future__ import annotations

from typing import Any

TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class Fault(Exception):
    """`status` is HTTP's, `param` the field that is wrong, `code` a word for programs."""

    def __init__(self, status: int, message: str, param: str | None = None, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code

    @property
    def plain(self) -> dict[str, Any]:
        """The body of the response."""
        kind = TYPES.get(self.status, "server_error" if self.status >= 500 else "")
        error = {
            "message": self.message,
            "type": kind or "invalid_request_error",
            "param": self.param,
            "code": self.code or None,
        }
        return {"error": error}


def wrong(param: str, message: str) -> Fault:
    """A field that can't be used: 400."""
    return Fault(400, message, param)
