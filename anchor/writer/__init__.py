"""From facts to lines."""
