"""What an import could not take as it stands: where, what kind, and what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem at a cell. ``error``: the value was left out; ``warning``: please look at it.

    ``row`` and ``column`` are as the user sees them (``row`` None for a whole sheet; ``column`` the heading).
    """

    severity: Severity
    type: str
    message: str
    product: str | None = None
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def record(self) -> dict[str, object]:
        """JSON-ready keys, as the batch format wants them."""
        return {
            "severity": self.severity,
            "type": self.type,
            "product": self.product,
            "sheet": self.sheet or None,
            "row": self.row,
            "column": self.column or None,
            "value": self.value,
            "message": self.message,
        }
