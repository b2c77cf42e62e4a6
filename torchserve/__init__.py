"""TorchServe's configuration and start, and the patches to TorchServe itself."""
