"""Gan: n = l before low vowels, t → h, zh = z, h before u = f, voiced onsets aspirated, 吃 qia, 细 xi."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "gan",
    mergers(
        f"{RETROFLEX}, n l:0.2, f h:0.4, t h:0.6, b p:0.6, d t:0.6, g k:0.6, z c:0.6, j q:0.6, "
        "x h:0.7, r l:0.7, x s:0.7, j z:0.7, q c:0.7, 0 ng:0.3"
    ),
    mergers(
        f"{NASAL_FINALS}, ang an:0.6, iang ian:0.6, uang uan:0.6, e o:0.4, uo o:0.2, uo e:0.3, "
        "ong eng:0.4, ong un:0.6, v i:0.6, v u:0.7, ie e:0.6, ei i:0.6, ui ei:0.5, ou u:0.7, "
        "u o:0.7, ia a:0.7, iao ao:0.7, ou iu:0.6"
    ),
)
