"""Sound and subtitles as such."""
