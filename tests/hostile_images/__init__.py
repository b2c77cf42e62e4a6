"""Image files that cost a decoder far more than they weigh, of every served format; each function returns a file."""

from tests.hostile_images.gif import (
    gif_screen,
    gif_with_comments,
    gif_with_extensions,
    gif_with_frame_beyond_screen,
    gif_with_frames,
    gif_with_tiny_blocks,
)
from tests.hostile_images.jpeg import (
    busy_jpeg,
    jpeg_with_exif_entries,
    jpeg_with_fill_bytes,
    jpeg_with_frames,
    jpeg_with_junk,
    jpeg_with_restart_markers,
    jpeg_with_segments,
    jpeg_with_tables,
    progressive_jpeg,
    sequential_jpeg,
)
from tests.hostile_images.kinds import KINDS
from tests.hostile_images.png import (
    animated_png,
    png_of_form,
    png_with_chunks,
    png_with_iccp_bombs,
    png_with_split_data,
    png_with_text_bombs,
    png_with_trailing_pixels,
)
from tests.hostile_images.webp import (
    busy_webp,
    webp_animated,
    webp_canvas,
    webp_of_form,
    webp_with_chunks,
)

__all__ = [
    "KINDS",
    "animated_png",
    "busy_jpeg",
    "busy_webp",
    "gif_screen",
    "gif_with_comments",
    "gif_with_extensions",
    "gif_with_frame_beyond_screen",
    "gif_with_frames",
    "gif_with_tiny_blocks",
    "jpeg_with_exif_entries",
    "jpeg_with_fill_bytes",
    "jpeg_with_frames",
    "jpeg_with_junk",
    "jpeg_with_restart_markers",
    "jpeg_with_segments",
    "jpeg_with_tables",
    "png_of_form",
    "png_with_chunks",
    "png_with_iccp_bombs",
    "png_with_split_data",
    "png_with_text_bombs",
    "png_with_trailing_pixels",
    "progressive_jpeg",
    "sequential_jpeg",
    "webp_animated",
    "webp_canvas",
    "webp_of_form",
    "webp_with_chunks",
]
