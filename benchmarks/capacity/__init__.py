"""What one replica can do, what that asks of Kubernetes, and what an autoscaler makes of it under traffic."""
