"""Lanyin Mandarin: n = l, -n = -ng, sh before u = f, 去 qi, 歹 with its voiced onset heard as d."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "lanyin",
    mergers(f"{RETROFLEX}, n l:0.3, sh f:0.6, 0 n:0.6"),
    mergers(
        f"{NASAL_FINALS}, e o:0.4, uo o:0.2, uo e:0.4, ong eng:0.5, ong un:0.5, v i:0.6, ai ei:0.7, "
        "ang an:0.7, iang ian:0.7"
    ),
)
