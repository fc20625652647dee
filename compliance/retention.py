"""What has been kept long enough: viewers' words by the settings, everything else with the ledger.

《个人信息保护法》 art. 19: personal data is kept no longer than its purpose needs. Order 117 art. 31: records
of a stream are kept for three years at least.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from compliance.ledger import retention_limit
from compliance.ledger_personal import COMMENT
from compliance.ledger_references import Piece, References


def expired(references: References, now: datetime, comment_days: int) -> Iterator[Piece]:
    """The personal data that has to go at ``now``."""
    ledger = retention_limit(now).timestamp()
    words = max(ledger, (now - timedelta(days=comment_days)).timestamp())
    yield from references.pieces(end=ledger)
    yield from references.pieces(kind=COMMENT, begin=ledger, end=words)
