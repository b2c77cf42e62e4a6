"""The Open Inference Protocol V2 over REST, with its extension for binary tensors.

https://github.com/kserve/open-inference-protocol
"""

from handler.open_inference.metadata import model_metadata, server_metadata
from handler.open_inference.request import parse
from handler.open_inference.response import InferResponse, Outputs

__all__ = ["InferResponse", "Outputs", "model_metadata", "parse", "server_metadata"]
