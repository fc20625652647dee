"""Southern Min (Hokkien, Teochew): literary and colloquial sounds as a Mandarin recogniser writes them.

Characters whose sound lies far from the Mandarin reading are listed in ``data/heard.tsv``: final stops are
dropped, voiced b and g come out as m or b and g, nasal vowels lose their nasality.
"""

from __future__ import annotations

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "minnan",
    mergers(
        f"{RETROFLEX}, n l:0.3, f h:0.4, r l:0.4, r 0:0.5, b m:0.5, g 0:0.5, j z:0.4, q c:0.4, "
        "x s:0.4, j zh:0.4, q ch:0.4, x sh:0.4"
    ),
    mergers(
        f"{NASAL_FINALS}, uo o:0.2, e o:0.3, uo e:0.3, ang an:0.4, iang ian:0.4, ong ang:0.6, "
        "ou o:0.4, ou uo:0.5, ian in:0.6, ui i:0.6, ei ai:0.5"
    ),
)
