"""One folder a port, one file an engine."""
