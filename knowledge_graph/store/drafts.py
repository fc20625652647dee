"""What waits for a reviewer: one draft of the newest sheet, one of what people proposed.

A draft is a change (``changes.py``) that the catalogue marks as open. A sheet's draft is written as a whole
before it is shown, and takes the place of the one before; people's proposals gather in theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from itertools import chain

from knowledge_graph.facts import Fact
from knowledge_graph.schema import TERMS
from knowledge_graph.store import records
from knowledge_graph.store.acts import Act
from knowledge_graph.store.catalogue import Catalogue
from knowledge_graph.store.changes import Change, State
from knowledge_graph.store.codec import product_iri
from knowledge_graph.store.comparing import Comparison
from knowledge_graph.store.protocol import FactStore
from knowledge_graph.store.terms import Iri, Statement, statement

InForce = Callable[[str], Sequence[Fact]]
"""Product → its facts in force."""


class Drafts:
    """The drafts of one store. The caller serialises changes."""

    def __init__(self, store: FactStore, catalogue: Catalogue) -> None:
        self._store, self._catalogue = store, catalogue

    def proposed(self, state: State) -> list[Fact]:
        """The facts that wait for approval."""
        return [fact for draft in state.drafts for fact in self._facts(draft)]

    def _facts(self, draft: Change) -> list[Fact]:
        texts = chain.from_iterable(
            self._store.scan(draft.graph, predicate) for predicate in (records.NAMED, records.STATES)
        )
        return [fact for text in texts for fact in records.read(text)]

    def pending(self, state: State) -> list[Fact]:
        """The cells of the newest sheet that a person must settle."""
        sheet = state.newest_sheet
        return self._doubtful(sheet) if sheet else []

    def _doubtful(self, sheet: Change) -> list[Fact]:
        return [fact for text in self._store.scan(sheet.graph, records.WAITS) for fact in records.read(text)]

    def stage(
        self,
        state: State,
        title: str,
        as_of: date,
        facts: Iterable[Fact],
        pending: Sequence[Fact] = (),
        added: list[Fact] | None = None,
    ) -> list[Fact]:
        """Write what a sheet changes as the new draft; returns what it takes back, notes what it adds."""
        self._catalogue.sweep(state)
        change = self._catalogue.begin(state, "sheet", title, as_of)
        comparison = Comparison(self._store, state.applied)
        self._store.load(change.graph, records.statements(state.name, comparison.changes(facts, added)))
        removed = comparison.missing()
        rest = (records.withdrawals(state.name, removed), records.waiting(state.name, pending))
        draft = state.draft("sheet")
        if comparison.changed or not state.version:
            self._store.load(change.graph, chain(*rest))
            self._catalogue.open_draft(state.name, change)
        else:
            self._catalogue.discard(change)
            self._renew_pending(state, pending)
        if draft:
            self._catalogue.discard(draft)
        return removed

    def _renew_pending(self, state: State, pending: Sequence[Fact]) -> None:
        """The sheet says what is in force: only what waits in it may differ."""
        sheets = [c for c in state.applied if c.kind == "sheet"]
        if not sheets:
            return
        held = self._doubtful(sheets[-1])
        if {f.id for f in held} != {f.id for f in pending}:
            self._catalogue.delete(sheets[-1].graph, records.waiting(state.name, held))
            self._store.load(sheets[-1].graph, records.waiting(state.name, pending))

    def propose(self, state: State, facts: Sequence[Fact], replaces: Sequence[Fact]) -> None:
        """Add facts to what people proposed."""
        draft = state.draft("spoken")
        said = {(f.product, f.property) for f in facts if not TERMS[f.property].many}
        if draft is None:
            self._catalogue.sweep(state)
            change = self._catalogue.begin(state, "spoken")
        else:
            change = draft
            older = [f for f in self._facts(draft) if (f.product, f.property) in said]
            self._rewrite(state, draft, older)
        triples = chain(records.statements(state.name, facts), records.withdrawals(state.name, replaces))
        self._store.load(change.graph, triples)
        if draft is None:
            self._catalogue.open_draft(state.name, change)

    def refuse(self, state: State, ids: Collection[str], in_force: InForce, who: str, reason: str) -> None:
        """Take facts out of the drafts; what they would have replaced stays. Who refused them is kept."""
        refused = [(draft, [f for f in self._facts(draft) if f.id in ids]) for draft in state.drafts]
        facts = tuple(fact for _, each in refused for fact in each)
        if not facts:
            return
        acts = self._catalogue.acts
        act = acts.describe(state.name, Act(kind="refuse", who=who, reason=reason, facts=facts))
        for draft, each in refused:
            self._take_out(state, draft, each, self._replaced(draft, each, in_force))
        acts.list(state.name, act)

    def approve_chosen(self, state: State, ids: Collection[str], in_force: InForce, who: str) -> int:
        """Put single proposals in force with what they replace; the rest of the drafts waits."""
        chosen = [(draft, [f for f in self._facts(draft) if f.id in ids]) for draft in state.drafts]
        facts = [f for _, each in chosen for f in each]
        if not facts:
            return state.version
        replaced = [f for draft, each in chosen for f in self._replaced(draft, each, in_force)]
        change = self._catalogue.begin(state, "chosen")
        triples = chain(records.statements(state.name, facts), records.withdrawals(state.name, replaced))
        self._store.load(change.graph, triples)
        self._catalogue.open_draft(state.name, change)
        version = self._catalogue.approve(state, [change], who)
        for draft, each in chosen:
            self._take_out(state, draft, each, replaced)
        return version

    def settle(self, state: State, fact: Fact) -> None:
        """Take a fact out of what waits: a doubtful cell, or a proposal."""
        if state.newest_sheet:
            waits = [f for f in self.pending(state) if f.id == fact.id]
            self._catalogue.delete(state.newest_sheet.graph, records.waiting(state.name, waits))
        for draft in state.drafts:
            self._take_out(state, draft, [f for f in self._facts(draft) if f.id == fact.id], ())

    def _replaced(self, draft: Change, facts: Sequence[Fact], in_force: InForce) -> list[Fact]:
        """Facts in force that a draft withdraws in favour of these."""
        gone = set(self._store.scan(draft.graph, records.WITHDRAWS)) if facts else set()
        about = {(f.product, f.property) for f in facts}
        products = dict.fromkeys(f.product for f in facts) if gone else ()
        return [
            held
            for product in products
            for held in in_force(product)
            if held.id in gone and (held.product, held.property) in about
        ]

    def _take_out(
        self, state: State, draft: Change, facts: Sequence[Fact], withdrawn: Sequence[Fact]
    ) -> None:
        if not facts and not withdrawn:
            return
        self._rewrite(state, draft, facts)
        self._catalogue.delete(draft.graph, records.withdrawals(state.name, withdrawn))
        predicates = (records.NAMED, records.STATES, records.WITHDRAWS)
        if draft.kind == "spoken" and not any(
            next(self._store.scan(draft.graph, p), None) is not None for p in predicates
        ):
            self._catalogue.discard(draft)

    def _rewrite(self, state: State, draft: Change, gone: Sequence[Fact]) -> None:
        """Take facts out of the records of a draft; what else the records say is written again."""
        ids = {fact.id for fact in gone}
        old: list[Statement] = []
        kept: list[Fact] = []
        for product in dict.fromkeys(fact.product for fact in gone):
            subject = product_iri(state.name, product)
            for mention in self._store.mentions(subject):
                if mention.graph != draft.graph.value or mention.predicate == records.WITHDRAWS.value:
                    continue
                facts = records.read(mention.text)
                if not ids.isdisjoint(fact.id for fact in facts):
                    old.append(statement(subject, Iri(mention.predicate), mention.text))
                    kept += (fact for fact in facts if fact.id not in ids)
        self._catalogue.delete(draft.graph, chain(old, records.statements(state.name, gone)))
        self._store.load(draft.graph, records.statements(state.name, kept))
