"""From voice to subtitle: find speech, recognise it, settle it, mask it, render it."""
