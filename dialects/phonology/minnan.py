"""minnan."""

from dialects.phonology import NASAL_FINALS, RETROFLEX, SoundSystem, mergers

SYSTEM = SoundSystem(
    "minnan", mergers(f"{RETROFLEX}, n l:0.3, f h:0.5"), mergers(f"{NASAL_FINALS}, uo o:0.2, e o:0.4")
)
