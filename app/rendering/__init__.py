"""Measurements and reports as dicts, drawings and pages."""
