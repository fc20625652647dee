"""Sound and subtitles as such: decode, resample, encode, loudness; cue layout, SRT, WebVTT, ASS."""
