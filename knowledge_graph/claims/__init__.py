"""Free text against the facts of a shop.

Every value, place, certificate, comparison or predicate about goods is carried by a fact, or refused. Small
talk passes. Fails closed: what is not understood about goods is not carried.
"""

from __future__ import annotations

from knowledge_graph.claims.checking import Checker, check
from knowledge_graph.claims.verdict import Checked, Claim

__all__ = ["Checked", "Checker", "Claim", "check"]
