"""What make's targets, tests and benchmarks share: running the service, building images, the Docker engine."""
