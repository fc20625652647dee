"""A renderer over the small lexicons, and the tables of Mandarin."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dialects import ordinary, phonology
from dialects.lexicon import Lexicon
from dialects.render import Renderer
from tests.dialects.books import GAN, WU, XINAN, YUE, book


@pytest.fixture(scope="session")
def lexicons() -> Sequence[Lexicon]:
    """Four groups of a few words."""
    return [book("xinan", *XINAN), book("yue", *YUE), book("gan", *GAN), book("wu", *WU)]


@pytest.fixture(scope="session")
def renderer(lexicons: Sequence[Lexicon]) -> Renderer:
    """A renderer over the small lexicon."""
    return Renderer(lexicons)


@pytest.fixture(scope="session")
def mandarin() -> ordinary.Ordinary:
    """The table of general Mandarin that ships with the program."""
    return ordinary.built_in()


@pytest.fixture(scope="session")
def readings() -> phonology.Readings:
    """Mandarin readings by character."""
    return phonology.mandarin_readings()


@pytest.fixture(scope="session")
def built_in(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """A renderer over the lexicons that ship with the program, warmed up."""
    renderer = Renderer(cache=tmp_path_factory.mktemp("dialects"))
    renderer.render("佢话啲荔枝好甜，三个半一斤")
    return renderer
