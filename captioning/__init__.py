"""From voice to subtitle."""
