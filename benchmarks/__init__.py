"""Measurements of this service: compared with other servers, at its limits, and by where a request's CPU time goes."""
