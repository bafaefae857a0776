"""Simulated athletes over weeks, and what the trend says of them."""
