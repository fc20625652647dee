"""The one root error and its coded families.

Every error a user can cause carries a stable ``code``, one sentence that says what and where, and a
``hint`` that says how to mend it. User-facing text is simplified Chinese.
"""

from __future__ import annotations


class XiangyinError(Exception):
    """Root of every error this program raises on purpose.

    ``code`` is a stable dotted identifier such as ``input.empty_file``; ``message`` is one sentence for a
    person; ``hint`` says how to mend it and may be empty.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}{self.hint and ' ' + self.hint}"

    def record(self) -> dict[str, str]:
        """The error as JSON-ready keys, as the batch commands and the HTTP service print it."""
        return {"code": self.code, "message": self.message} | ({"hint": self.hint} if self.hint else {})


class ConfigurationError(XiangyinError):
    """A setting, data file or extra is wrong or missing."""


class InputError(XiangyinError):
    """What the user handed in cannot be used; the message names file, sheet, row, column where known."""


class ModelUnavailableError(XiangyinError):
    """Weights or a model server are missing or do not answer."""


class RefusedError(XiangyinError):
    """A policy forbids what was asked."""


class OverloadedError(XiangyinError):
    """No capacity now; a normal answer, not a fault."""


class StorageError(XiangyinError):
    """The disk is full, a folder cannot be written, or a journal is damaged or in use."""
