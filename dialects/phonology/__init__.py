"""One file a sound system."""
