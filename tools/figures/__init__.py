"""Every measured figure in the documentation, written from the JSON that measured it."""
