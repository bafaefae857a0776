"""The protocol that people follow when they film, and which version of it is in force: the one place that says so.

Version 1: camera on the outer side, 2-3 m away, abreast of the gap between toes and wall. Heel and second toe on a line square to the wall, fingertips on
the wall, rear foot a foot-length behind. Two practice lunges a leg, then three that count, each held for two seconds, heel down; the foot back by a
centimetre until it fails.
"""

from __future__ import annotations

PROTOCOL_VERSION = 1
"""Stored with every screening. Whoever changes what people are told to do in a way that can move a number counts it up and says above what changed: numbers
of different versions are never compared, and a trend breaks visibly."""
