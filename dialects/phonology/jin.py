"""Jin: the 圪 and 不 prefixes with a glottal stop, -n = -ng, an → e/ae, 我 nge."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "jin",
    mergers(f"{RETROFLEX}, 0 n:0.5, r z:0.9, n l:0.9, b p:0.9, d t:0.9, g k:0.9, f h:0.8"),
    mergers(f"{NASAL_FINALS}, e o:0.4, uo o:0.2, uo e:0.4, e a:0.6, e ai:0.9, i ie:0.7, an ang:0.7, uan uang:0.7"
            ", ian ie:0.7, e u:0.8, e i:0.9, ong eng:0.5, ong un:0.5, iang ian:0.7, ve v:0.8, ang o:0.8, uo ang:0.9"),
)  # fmt: skip
