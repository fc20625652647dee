"""Programme files: what the example says is what is played, and a bad file is named with its key."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from anchor.programme import Programme, parse_programme, read_programme
from anchor.writer.gate import RITUAL, Gate, passed
from compliance.guard import Guard
from core.errors import InputError
from core.events import Line, Segment
from knowledge_graph.claims import Checker
from tests.anchor.shops import DAY, tiny

pytestmark = pytest.mark.unit

EXAMPLE = Path(__file__).parents[2] / "examples" / "programme.toml"
PLAIN = 'minutes = 60\n[[part]]\nkind = "rounds"\n'


def gate() -> Gate:
    return Gate(tiny(), Guard.load(DAY), Checker(tiny()), DAY)


def words(text: str) -> Line:
    return Line(segments=(Segment(text),), purpose=RITUAL, writer=RITUAL)


def test_the_example_is_a_day_with_its_rituals() -> None:
    day = read_programme(EXAMPLE)
    assert (day.seconds, day.session) == (86_400, 7_200)
    assert [part.kind for part in day.parts] == ["rounds", "questions", "story"]
    morning, evening, rest = day.rituals
    assert morning.at == (time(6, 30),) and morning.pause == 4 and len(morning.lines) > 8
    assert evening.stories and rest.every == 5_400


def test_every_sentence_of_the_example_may_be_said() -> None:
    judge = gate().judge
    for ritual in read_programme(EXAMPLE).rituals:
        for text in (*ritual.lines, *ritual.farewell):
            assert passed(judge(words(text))), text


@pytest.mark.parametrize(
    "text",
    [
        "坝上小米只要九块九。",
        "坝上小米能治失眠。",
        "这是全国最好的小米。",
        "小米产自云南昭通。",
        "这些小米吃了特别香。",
    ],
)
def test_a_sentence_of_a_programme_that_no_fact_carries_is_not_said(text: str) -> None:
    assert not passed(gate().judge(words(text)))


def test_left_out_keys_have_plain_values() -> None:
    made = parse_programme(PLAIN)
    assert made.session == made.seconds == 3600 and made.rituals == () and made.order == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("minutes = ", "格式不对"),
        ("minutes = 60\n", "“part”没有写"),
        (PLAIN.replace("60", "-1"), "“minutes”的值不对"),
        (PLAIN + 'colour = "red"\n', "“part.第 1 个.colour”不认识"),
        (PLAIN.replace("rounds", "songs"), "只能是 rounds"),
        (PLAIN + '[[ritual]]\nname = "早"\nminutes = 1\nlines = ["好。"]\n', "几点"),
        (PLAIN + '[[ritual]]\nname = "早"\nminutes = 1\nat = ["06:00"]\nlines = ["没有标点"]\n', "结尾"),
        (PLAIN + '[[ritual]]\nname = "早"\nminutes = 50\nat = ["06:00"]\nlines = ["好。"]\n', "半场"),
        (PLAIN + '[[ritual]]\nname = "早"\nminutes = 1\nat = ["06:00"]\nlines = []\n', "没有可说的话"),
        ("session_minutes = 0.5\n" + PLAIN, "开场和收尾"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(content: str, told: str) -> None:
    with pytest.raises(InputError, match=r"节目单 day\.toml") as refused:
        parse_programme(content, "day.toml")
    assert told in refused.value.message


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="打不开节目单"):
        read_programme(tmp_path / "none.toml")


def test_a_plain_programme_gives_every_product_a_round() -> None:
    made = Programme.plain(10, 4)
    assert (made.opening + made.closing) + 4 * made.parts[0].seconds <= made.seconds
