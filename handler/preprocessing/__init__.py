"""Encoded images → the 28×28 images that the model sees."""
