"""Pen strokes → training pictures."""
