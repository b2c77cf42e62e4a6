"""Other servers around the same recognizing core, each written the way its own documentation recommends."""
