"""Connections that stay open after an error.

TorchServe closes the connection after every answer with a status of 400 or more, and resets it (SO_LINGER 0). The
answers of the handler are among them. nginx then opens a connection for the next request, and logs
`readv() failed (104: Connection reset by peer)` for what a client did wrong.

`NettyUtils.sendHttpResponse` compares the status with 400. STATUS replaces that by 600, which no status reaches.

One connection must be closed: after a request that is not HTTP, Netty ignores whatever comes next. BROKEN_REQUEST
therefore replaces, in `HttpRequestHandler.channelRead0`, what is done with a `BadRequestException`: log, answer 400
becomes answer 400, close. Errors of the handler do not reach this code.

The 413 of Netty's aggregator is unchanged.
"""

from torchserve.patches.java_class import JavaPatch

STATUS = JavaPatch(
    path="org/pytorch/serve/util/NettyUtils.class",
    sha256="705f3daad4559394afa0152e71fc358fc14baab42133c2cc09e3726e11c52933",
    offset=11476,
    old=b"\x11\x01\x90",  # sipush 400
    new=b"\x11\x02\x58",  # sipush 600
    without="every error closes its connection",
)
BROKEN_REQUEST = JavaPatch(
    path="org/pytorch/serve/http/HttpRequestHandler.class",
    sha256="4284484a3cbe3c227cec2578dcb44b9ae9c4f1b8cffbccec26e36490803cea31",
    offset=4121,
    # logger.trace("", exception); NettyUtils.sendError(context, BAD_REQUEST, exception)
    old=b"\xb2\x00\x4c\x12\x50\x2d\xb9\x00\x52\x03\x00" + b"\x2b\xb2\x00\x66\x2d\xb8\x00\x5e",
    # NettyUtils.sendError(context, BAD_REQUEST, exception); context.close(); pop and nop
    new=b"\x2b\xb2\x00\x66\x2d\xb8\x00\x5e" + b"\x2b\xb9\x00\x8f\x01\x00" + b"\x57\x00\x00\x00\x00",
    without="a connection stays open after a request that is not HTTP, and what comes next is ignored",
)
