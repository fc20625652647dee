from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.sound_index import SoundIndex

pytestmark = pytest.mark.unit

KEYS = st.text("abz.~ ", min_size=1, max_size=6)
NUMBERS = st.lists(st.integers(0, 10**6), min_size=1, max_size=4)


@given(st.dictionaries(KEYS, NUMBERS, max_size=40), KEYS)
def test_every_key_gives_its_numbers_and_no_other_key_any(entries: dict[str, list[int]], other: str) -> None:
    index = SoundIndex.build({key: " ".join(map(str, numbers)) for key, numbers in entries.items()})
    for found in (index, SoundIndex.restore(index.dump())):
        assert all(found.numbers(key) == numbers for key, numbers in entries.items())
        assert found.numbers(other) == entries.get(other, [])
