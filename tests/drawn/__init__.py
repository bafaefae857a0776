"""Scenes without end: a person and a room drawn in perspective with every number known, filmed, and measured by the real pipeline."""
