"""Rooms, protocols, storage and the command line; the only place that assembles backends."""
