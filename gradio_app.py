"""The operators' console, mounted on the service."""
