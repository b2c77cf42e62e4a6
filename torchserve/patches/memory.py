"""Direct memory that Netty counts itself, on Java 21 and newer.

Where Netty can make direct buffers without a cleaner, it counts their bytes and refuses at once what exceeds the limit.
Otherwise Java waits half a second for each piece that it lacks, and bodies that come in at the same time block all
threads of the server for minutes. For this, Netty 4.1.53 calls a constructor of Java's, `DirectByteBuffer(long, int)`,
by reflection. From Java 21 on its parameters are (long, long), so Netty does not find it.

`PlatformDependent0$4.run` looks it up. The patch replaces int by long there; the int that is passed is widened. Only
Java 21 and newer load the patched class (a multi-release jar).
"""

from torchserve.patches.java_class import JavaPatch

PATCH = JavaPatch(
    path="io/netty/util/internal/PlatformDependent0$4.class",
    sha256="9b94afb7b7b459addd7631d25b87c9e7a3eee11a5eb4153efcd3219887237898",
    offset=1412,
    old=b"\xb2\x00\x2a",  # getstatic Integer.TYPE
    new=b"\xb2\x00\x27",  # getstatic Long.TYPE
    without="on Java 21 and newer, large bodies that come in at once block the server for minutes",
    since_java=21,
)
