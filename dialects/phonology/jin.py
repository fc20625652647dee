"""Jin: the 圪 and 不 prefixes with a glottal stop, -n = -ng, an → e/ae, 我 nge."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "jin",
    mergers(f"{RETROFLEX}, 0 n:0.5"),
    mergers(
        f"{NASAL_FINALS}, e o:0.4, uo o:0.2, uo e:0.4, e a:0.6, i ie:0.7, an ang:0.7, uan uang:0.7, "
        "ian ie:0.7, ong eng:0.5, ong un:0.5, iang ian:0.7"
    ),
)
