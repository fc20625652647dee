"""The virtual host."""
