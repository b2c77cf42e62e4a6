"""`python -m tools.run`, which is `make run`: TorchServe and nginx on this machine."""
