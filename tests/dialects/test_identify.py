from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.evidence import Reading
from dialects.groups import MANDARIN, NAMES
from dialects.identify import FOLLOW_BONUS, LABEL_BONUS, SET_BONUS, GroupTracker, judge
from dialects.match import Parse
from dialects.render import Renderer

pytestmark = pytest.mark.unit


@dataclass(frozen=True)
class Said:
    group: str | None
    confidence: float = 0.9


def parse(group: str, alone: float) -> Parse:
    return Parse(group, (Reading(0, 1, "exact", 0, alone, alone, "x"),), alone, alone)


def odds(mandarin: float, **telling: float) -> dict[str, float]:
    """Log-probabilities of a text that is Mandarin with this probability, and of groups by these weights."""
    whole = sum(math.exp(telling.get(g, 0.0)) for g in NAMES)
    shares = {g: math.log((1 - mandarin) * math.exp(telling.get(g, 0.0)) / whole) for g in NAMES}
    return shares | {MANDARIN: math.log(mandarin)}


def test_what_reads_as_mandarin_and_holds_no_dialect_word_is_mandarin() -> None:
    judgement = judge([], odds(0.8))
    assert judgement.group is None
    assert judgement.parse is None
    assert judgement.confidence == judgement.posterior[MANDARIN] > 0.8


def test_weak_proof_against_how_it_reads_abstains() -> None:
    assert judge([parse("xinan", 2.0)], odds(0.8)).parse is None


def test_strong_proof_wins_over_how_it_reads() -> None:
    assert judge([parse("xinan", 9.0)], odds(0.99)).parse is not None


def test_how_a_text_reads_lets_weak_proof_be_believed() -> None:
    judgement = judge([parse("xinan", 2.0)], odds(0.1, xinan=4.0))
    assert judgement.group == "xinan"
    assert judgement.parse is not None


def test_how_a_text_reads_decides_between_equal_proofs() -> None:
    judgement = judge([parse("xinan", 6.0), parse("xiang", 6.0)], odds(0.1, xiang=3.0))
    assert judgement.group == "xiang"


def test_the_path_that_explains_more_names_the_group_between_equal_proofs() -> None:
    more = replace(parse("xiang", 6.0), gain=30.0)
    assert judge([parse("xinan", 6.0), more], odds(0.1)).group == "xiang"


def test_the_confidence_is_the_share_of_the_group_in_all_that_is_possible() -> None:
    judgement = judge([parse("xinan", 9.0), parse("yue", 3.0)], odds(0.1, xinan=5.0))
    assert sum(judgement.posterior.values()) == pytest.approx(1.0)
    assert judgement.confidence == judgement.posterior["xinan"] > 0.9


def test_equal_proof_renders_without_naming_a_group() -> None:
    judgement = judge([parse(g, 5.0) for g in ("xinan", "yue", "wu", "gan")], odds(0.1))
    assert judgement.group is None
    assert judgement.parse is not None


def test_a_group_somewhat_ahead_is_named_only_where_its_path_proves_the_most() -> None:
    shares = odds(0.1, **dict.fromkeys(("xinan", "xiang", "gan"), 5.0))
    judgement = judge([parse("xinan", 5.3), parse("xiang", 5.0), parse("gan", 5.0)], shares)
    assert judgement.group == "xinan"
    assert not judgement.clear
    ahead = {**shares, "xinan": shares["xinan"] + 0.1}
    assert judge([parse(g, 5.0) for g in ("xinan", "xiang", "gan")], ahead).group is None


def test_a_prior_tips_the_balance() -> None:
    equal = [parse("xinan", 5.0), parse("xiang", 5.0)]
    assert judge(equal, odds(0.1, xinan=3.0, xiang=3.0), {"xiang": 2.0}).group == "xiang"


def test_a_stream_settles_on_its_group_and_keeps_it() -> None:
    tracker = GroupTracker()
    assert tracker.update(Said("yue")) is None
    assert tracker.update(Said("yue")) == "yue"
    assert tracker.update(Said("kejia")) == "yue"
    assert tracker.prior() == {"yue": FOLLOW_BONUS}


def test_repeated_evidence_changes_the_group() -> None:
    tracker = GroupTracker()
    for _ in range(3):
        tracker.update(Said("yue"))
    for _ in range(8):
        tracker.update(Said("xinan"))
    assert tracker.group == "xinan"


def test_a_long_stretch_of_mandarin_is_forgotten_into() -> None:
    tracker = GroupTracker()
    for _ in range(3):
        tracker.update(Said("yue"))
    for _ in range(30):
        tracker.update(Said(None))
    assert tracker.group is None


def test_nothing_overrides_the_sellers_setting() -> None:
    tracker = GroupTracker("wu")
    for _ in range(9):
        tracker.update(Said("yue"))
    assert tracker.group == "wu"
    assert tracker.prior() == {"wu": SET_BONUS}


def test_a_recognisers_label_counts() -> None:
    assert GroupTracker().prior("jin") == {"jin": LABEL_BONUS}
    assert GroupTracker().prior("klingon") == {}


@given(st.lists(st.tuples(st.sampled_from(["yue", "wu", None]), st.floats(0, 1)), max_size=40))
def test_the_tracker_only_names_groups_it_heard(heard: list[tuple[str | None, float]]) -> None:
    tracker = GroupTracker()
    for group, confidence in heard:
        tracker.update(Said(group, confidence))
    assert tracker.group is None or tracker.group in {g for g, _ in heard}


def test_a_stream_helps_an_ambiguous_sentence(renderer: Renderer) -> None:
    assert renderer.render("佢不来").group != "gan"
    assert renderer.render("佢不来", prior={"gan": FOLLOW_BONUS + LABEL_BONUS}).group == "gan"
