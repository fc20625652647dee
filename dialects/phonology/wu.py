"""Wu (Shanghai, Suzhou, Ningbo): voiced onsets, final glottal stops, as a Mandarin recogniser writes them."""

from __future__ import annotations

from dialects.phonology import RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "wu",
    mergers(
        f"{RETROFLEX}, n l:0.4, f h:0.6, b p:0.6, d t:0.6, g k:0.6, z c:0.5, zh z:0.2, 0 h:0.6, "
        "r n:0.6, j z:0.6, q c:0.6, x s:0.6, 0 w:0.3"
    ),
    mergers(
        "in ing:0.1, en eng:0.1, ang an:0.5, iang ian:0.6, uo o:0.2, e o:0.4, uo e:0.4, ai ei:0.4, "
        "ai e:0.5, ei e:0.5, an ai:0.6, ian ie:0.6, ian i:0.6, uan uo:0.7, ao o:0.6, ou e:0.6, "
        "u o:0.6, u uo:0.6, v i:0.6, ong eng:0.6"
    ),
)
