"""What viewers see and hear of the AI label is what the standard asks for, page and phrases included."""

from __future__ import annotations

import re

import pytest

from anchor.replies import replies
from compliance import labels
from service.protocols.pages import page

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("text", [r.text for r in (*replies()["notice"], *replies()["resume"])])
def test_every_spoken_notice_names_both_elements(text: str) -> None:
    assert labels.names_both(text)


def test_the_screen_shows_the_text_of_the_label_at_its_least_height() -> None:
    script = page("label.js")
    assert re.search(r'TEXT = "(.*?)";', script)[1] == labels.TEXT  # type: ignore[index]
    [least] = re.findall(r"LEAST = ([0-9.]+);", script)
    for width, height in ((720, 1280), (1080, 1920), (1920, 1080)):
        assert float(least) * min(width, height) >= labels.text_height(width, height) - 1
