"""Measuring how well a recognizer reads."""
