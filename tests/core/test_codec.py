from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.codec import from_record, to_record
from core.errors import InputError
from core.events import (
    EVENTS,
    Act,
    AudioChunk,
    Comment,
    Cue,
    Event,
    Finding,
    Gloss,
    Hypothesis,
    Line,
    Notice,
    Played,
    Presence,
    Segment,
    Utterance,
    Verdict,
    Viseme,
    Word,
)

pytestmark = pytest.mark.unit

GLOSS = Gloss("巴适", 2, 4, "很好", 2, 4, "四川话“巴适”", "四川", "xinan-1")
EXAMPLES: list[Event] = [
    Hypothesis(segment="s", text="好吃", start=0, end=1.5, words=(Word("好吃", 0, 1),), dialect="xinan"),
    Cue(cue="c", start=1, end=2.5, raw="这个巴适", mandarin="这个很好", glosses=(GLOSS,), final=True, seq=9),
    Comment(who="阿婆", text="几多钱", source="replay", turn=3),
    Line(segments=(Segment("三斤"), Segment("59.9", "f:1")), purpose="answer", answers=("c1",)),
    Verdict(on="c", by="guard", action="alert", findings=(Finding("r", 0, 1, "最", "绝对化"),)),
    Played(utterance="u", start=0, end=1),
    Presence(kind="human", seconds=3),
    Act(kind="correct", who="孩子", detail={"word": {"from": "干难", "to": "赣南"}, "at": [1, 2]}),
    Notice(code="x", text="提醒", level="warning"),
]


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_survives_the_way_through_json(event: Event) -> None:
    assert from_record(json.loads(json.dumps(to_record(event)))) == event


def test_every_event_has_an_example_or_carries_sound() -> None:
    assert {type(event).__name__ for event in EXAMPLES} | {"AudioChunk", "Utterance"} == set(EVENTS)


def test_sound_is_never_written() -> None:
    sound = np.ones(4, np.float32)
    utterance = Utterance(
        line="l", text="好", rate=24000, seconds=1, samples=sound, visemes=(Viseme("a", 0, 1),)
    )
    chunk = AudioChunk(samples=sound)
    assert "samples" not in to_record(utterance) and "samples" not in to_record(chunk)
    assert from_record(to_record(utterance)) == replace(utterance, samples=None)
    again = from_record(to_record(chunk))
    assert isinstance(again, AudioChunk) and again.seconds == 0 and again.id == chunk.id


def test_numbers_of_numpy_are_written_as_plain_numbers() -> None:
    cue = Cue(cue="c", start=np.float32(0.5), end=np.float64(1), raw="", mandarin="")  # type: ignore[arg-type]
    assert json.loads(json.dumps(to_record(cue)))["start"] == 0.5


def test_fields_added_later_take_their_defaults_in_old_records() -> None:
    record = to_record(Comment(who="a", text="b", source="c", id="i"))
    del record["source_id"]
    event = from_record(record)
    assert isinstance(event, Comment) and event.source_id == ""


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"event": "Nonsense"}, "record.unknown_event", "Nonsense"),
        ({"text": 3}, "record.bad_field", "text"),
        ({"colour": "red"}, "record.bad_field", "colour"),
        ({"wall": "yesterday"}, "record.bad_field", "wall"),
        ({"at": True}, "record.bad_field", "at"),
        ({"level": "fatal"}, "record.bad_field", "level"),
    ],
)
def test_a_bad_record_names_event_and_field(change: dict[str, object], code: str, named: str) -> None:
    with pytest.raises(InputError) as caught:
        from_record(to_record(Notice(code="x", text="y")) | change)
    assert caught.value.code == code
    assert named in caught.value.message


def test_a_missing_field_is_named() -> None:
    record = to_record(Notice(code="x", text="y"))
    del record["code"]
    with pytest.raises(InputError, match="code"):
        from_record(record)


@given(
    st.text(),
    st.floats(0, 1e6),
    st.lists(st.tuples(st.text(), st.floats(0, 100), st.floats(0, 1)), max_size=4),
)
def test_hypotheses_round_trip(text: str, end: float, words: list[tuple[str, float, float]]) -> None:
    event = Hypothesis(
        segment="s", text=text, start=0, end=end, words=tuple(Word(w, t, t, p) for w, t, p in words)
    )
    assert from_record(to_record(event)) == event
