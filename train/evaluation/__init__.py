"""How well a recognizer reads."""
