"""Words, sounds and renderings of the twelve dialect groups."""
