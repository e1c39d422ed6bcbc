"""Footage in, a table of scores and alarms out."""
