"""Xiang: n = l, h before u = f, zh = z = j, 吃 qia, 何 o, -ng = -n."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "xiang",
    mergers(
        f"{RETROFLEX}, n l:0.2, f h:0.4, j z:0.7, q c:0.7, x s:0.6, sh x:0.7, j zh:0.6, q ch:0.6, "
        "j g:0.7, 0 h:0.6, 0 ng:0.3"
    ),
    mergers(
        f"{NASAL_FINALS}, ang an:0.5, iang ian:0.5, uang uan:0.5, e o:0.4, uo o:0.2, uo e:0.3, "
        "ong eng:0.3, ong en:0.6, ie e:0.6, ei i:0.7, ui ei:0.5, ui i:0.7, ou u:0.7, v i:0.7, "
        "v u:0.7, ia a:0.6, un en:0.5, ai ei:0.7, ao iao:0.7"
    ),
)
