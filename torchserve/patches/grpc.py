"""No gRPC servers: TorchServe starts two, has no switch for them, and lets every caller scale the model to no workers.

`ModelServer.startAndWait` calls `startGRPCServers()`. The patch replaces the call by instructions that do nothing.
`ModelServer.stop` accepts servers that were never started.
"""

from torchserve.patches.java_class import JavaPatch

PATCH = JavaPatch(
    path="org/pytorch/serve/ModelServer.class",
    sha256="779d0df5bfc17c5ad09ac46d63d9a017d48a4cd68c1b7464de914d3cb40190b9",
    offset=17978,
    old=b"\x2a\xb6\x00\xb4",  # aload_0, invokevirtual startGRPCServers
    new=b"\x00\x00\x00\x00",  # nop
    without="gRPC listens on two ports of loopback, where every local user can stop the model",
)
