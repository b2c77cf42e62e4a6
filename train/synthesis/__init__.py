"""Pen strokes → training images."""
