"""Who the host of a live show is: by the order, the interrupted show or the settings; a given voice wins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from anchor.persona import Persona, persona
from core.errors import InputError
from core.events import Act, Line, Utterance
from service.assemble import Assembly
from tests.service.running import settings_in
from tests.service.shows import House, played

pytestmark = pytest.mark.contract

OWN = Persona(name="甲", voice="zm_yunxi", speed=0.85, pause=2.0, hello=("乡亲们好。",), address=("老乡，",))


def named(key: str) -> Persona:
    return OWN if key == "own" else persona(key)


def starts(house: House) -> list[dict[str, object]]:
    return [dict(e.detail) for e in house.seen() if isinstance(e, Act) and e.kind == "start_show"]


def spoken(house: House) -> list[Line]:
    heard = {e.line for e in house.events if isinstance(e, Utterance)}
    return [e for e in house.events if isinstance(e, Line) and e.id in heard]


def show(folder: Path, voice: str = "", key: str = "own") -> House:
    async def act(house: House) -> None:
        object.__setattr__(house.show._sources, "persona", named)
        await house.show.start("tiny", 1, voice, key)
        await house.until(lambda: house.show.state.spoken > 1)
        await house.show.comment("李大姐", "小米多少钱")
        await house.over()

    return played(folder, act)


def test_its_own_words_greet_and_come_before_an_answer_and_it_takes_its_time(tmp_path: Path) -> None:
    house = show(tmp_path)
    opening = next(line for line in spoken(house) if line.purpose == "greet")
    answer = next(line for line in spoken(house) if line.purpose == "answer")
    assert opening.text.startswith("乡亲们好。") and answer.text.startswith("老乡，")
    sounds = [e for e in house.events if isinstance(e, Utterance)]
    assert {e.voice for e in sounds} == {"zm_yunxi"}
    plain = show(tmp_path / "plain", key="")
    pace = {e.text: e.seconds for e in plain.events if isinstance(e, Utterance)}
    shared = [(e.seconds, pace[e.text]) for e in sounds if e.text in pace]
    assert shared and all(slow > quick for slow, quick in shared)
    assert len(spoken(house)) < len(spoken(plain))


def test_a_voice_that_a_person_asks_for_comes_before_the_personas_own(tmp_path: Path) -> None:
    (detail,) = starts(show(tmp_path, "zf_xiaoni"))
    assert (detail["voice"], detail["persona"]) == ("zf_xiaoni", "甲")


def test_an_interrupted_show_goes_on_with_its_persona_and_voice(tmp_path: Path) -> None:
    async def first(house: House) -> None:
        await house.show.start("tiny", 6, "zf_xiaoni", "yaomei")
        await house.until(lambda: house.show.state.spoken > 2)

    async def second(house: House) -> None:
        await house.show.start("tiny")

    played(tmp_path, first)
    (detail,) = starts(played(tmp_path, second))
    assert (detail["voice"], detail["persona"], detail["resumed"]) == ("zf_xiaoni", "幺妹", True)


def test_an_unknown_persona_is_one_sentence_and_the_room_is_as_before(tmp_path: Path) -> None:
    async def act(house: House) -> None:
        with pytest.raises(InputError, match="没有叫“谁呀”的主播人设") as refused:
            await house.show.start("tiny", 1, persona="谁呀")
        assert "yaomei" in refused.value.hint
        assert house.show.state.state == "off"

    assert starts(played(tmp_path, act)) == []


def test_the_settings_name_the_persona_of_shows_that_name_none(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings = settings.model_copy(
        update={"anchor": settings.anchor.model_copy(update={"persona": "manman"})}
    )

    async def act(house: House) -> None:
        sources = Assembly(settings).sources("main")
        object.__setattr__(house.show, "_sources", replace(house.show._sources, persona=sources.persona))
        await house.show.start("tiny", 1)

    (detail,) = starts(played(tmp_path, act))
    assert detail["persona"] == "慢慢"
