"""Patches to TorchServe 0.12.0, the last release. `python -m torchserve.patches.apply` applies them."""
