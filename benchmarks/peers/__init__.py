"""Other servers around the same recognising core, each written the way its own documentation recommends."""
