"""Experiments that led to a choice; nothing in the product imports them."""
