"""The ground floor: what every other room of the house may import."""
