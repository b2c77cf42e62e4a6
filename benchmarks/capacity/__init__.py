"""What one replica does and costs, and what k8s/base requests for it."""
