from __future__ import annotations

import pytest

from dialects import groups, lexicon
from dialects.lexicon import Lexicon, Sense
from dialects.render import Renderer

pytestmark = pytest.mark.unit

SHARE = 0.97
FILES = {name.rsplit("/", 1)[-1].removesuffix(".tsv"): data for name, data in lexicon.built_in_files()}


def read(group: str) -> Lexicon:
    if group not in FILES:
        pytest.fail(f"dialects/data/{group}.tsv is missing")
    found, problems = lexicon.read(FILES[group], f"{group}.tsv")
    assert found is not None
    assert not problems, "\n".join(map(str, problems))
    return found


def chosen(renderer: Renderer, sense: Sense) -> bool:
    rendering = renderer.render(sense.example, sense.group)
    if sense.mandarin.replace("儿", "") in {s.replace("儿", "") for s in sense.surfaces}:
        return True
    return any(
        (gloss.surface in sense.surfaces and gloss.mandarin == sense.mandarin)
        or sense.mandarin in gloss.mandarin
        for gloss in rendering.glosses
    )


@pytest.mark.parametrize("group", groups.NAMES)
def test_every_line_is_sound(group: str) -> None:
    assert read(group).senses


@pytest.mark.parametrize("group", groups.NAMES)
def test_examples_render_with_their_own_sense(built_in: Renderer, group: str) -> None:
    senses = read(group).senses
    failed = [f"{s.id}: {s.example} (wanted {s.mandarin})" for s in senses if not chosen(built_in, s)]
    share = 1 - len(failed) / len(senses)
    assert share >= SHARE, f"{group}: {share:.3f} of {len(senses)}\n" + "\n".join(failed)
