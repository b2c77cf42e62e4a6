"""One file of each hostile kind, at the size where it costs the most within the service's limit of 1 MiB."""

from collections.abc import Callable, Mapping
from functools import partial

from tests.hostile_images import gif, jpeg, png, webp

MAX_BYTES = 1 << 20
SIDE = 4096  # pixels; the largest image that is accepted is square

KINDS: Mapping[str, Callable[[], bytes]] = {
    "JPEG, 5000 scans": partial(jpeg.progressive_jpeg, SIDE, SIDE, 5000),
    "JPEG, scans to 1 MiB": partial(jpeg.progressive_jpeg, 2048, 2048, 50_000, limit=MAX_BYTES),
    "JPEG, scans without data": partial(jpeg.progressive_jpeg, SIDE, SIDE, 50_000, empty=True, limit=MAX_BYTES),
    "JPEG, scans of three components": partial(jpeg.progressive_jpeg, SIDE, SIDE, 3000, 3, limit=MAX_BYTES),
    "JPEG, scans after fill bytes": partial(jpeg.progressive_jpeg, SIDE, SIDE, 900, fill=900, limit=MAX_BYTES),
    "JPEG, arithmetic scans": partial(
        jpeg.progressive_jpeg, SIDE, SIDE, 2000, empty=True, marker=jpeg.ARITHMETIC_PROGRESSIVE
    ),
    "JPEG, sequential scans": partial(jpeg.sequential_jpeg, SIDE, SIDE, 5000, samplings=(0x11, 0x11, 0x11)),
    "JPEG, scans of a huge sampling": partial(
        jpeg.sequential_jpeg, SIDE, SIDE, 3000, samplings=(0x44, 0x11, 0x11, 0x11)
    ),
    "JPEG, fill bytes": partial(jpeg.jpeg_with_fill_bytes, MAX_BYTES),
    "JPEG, fill bytes at the start": partial(jpeg.jpeg_with_fill_bytes, MAX_BYTES, before_scan=False),
    "JPEG, zeros before the scan": partial(jpeg.jpeg_with_junk, MAX_BYTES),
    "JPEG, escaped bytes before the scan": partial(jpeg.jpeg_with_junk, MAX_BYTES, b"\xff\0"),
    "JPEG, empty comments": partial(jpeg.jpeg_with_segments, 250_000),
    "JPEG, empty APP0": partial(jpeg.jpeg_with_segments, 250_000, jpeg.APP0),
    "JPEG, empty APP1": partial(jpeg.jpeg_with_segments, 60_000, jpeg.APP1, b"Exif\0\0"),
    "JPEG, Huffman tables": partial(jpeg.jpeg_with_tables, 40_000),
    "JPEG, quantization tables": partial(jpeg.jpeg_with_tables, 14_000, jpeg.DQT),
    "JPEG, EXIF entries": partial(jpeg.jpeg_with_exif_entries, 5400, segments=15),
    "JPEG, restart markers": partial(jpeg.jpeg_with_restart_markers, SIDE, SIDE),
    "JPEG, many images": partial(jpeg.jpeg_with_frames, 150),
    "JPEG, busy": partial(jpeg.busy_jpeg, 1024, 1024, MAX_BYTES),
    "PNG, color profiles": partial(png.png_with_iccp_bombs, 980),
    "PNG, texts": partial(png.png_with_text_bombs, 900),
    "PNG, international texts": partial(png.png_with_text_bombs, 900, kind=b"iTXt"),
    "PNG, empty chunks": partial(png.png_with_chunks, 87_000),
    "PNG, empty texts": partial(png.png_with_chunks, 74_000, b"tEXt", b"a\0"),
    "PNG, empty data chunks": partial(png.png_with_split_data, 87_000),
    "PNG, animation": partial(png.animated_png, 600, 512, 512),
    "PNG, animation of tiny frames": partial(png.animated_png, 12_000, 16, 16, data=b"x"),
    "PNG, inflating beyond its rows": partial(png.png_with_trailing_pixels, 64, 1 << 28),
    "PNG, gray": partial(png.png_of_form, SIDE, SIDE),
    "PNG, RGBA": partial(png.png_of_form, SIDE, SIDE, 8, png.RGBA),
    "PNG, RGBA of noise": partial(png.noisy_png, SIDE, SIDE, 8, png.RGBA),
    "PNG, gray of noise": partial(png.noisy_png, SIDE, SIDE, 8),
    "PNG, small 16-bit RGBA of noise": partial(png.noisy_png, 1700, 1700, 16, png.RGBA),
    "PNG, interlaced RGBA": partial(png.png_of_form, SIDE, SIDE, 8, png.RGBA, interlaced=True),
    "PNG, interlaced RGB": partial(png.png_of_form, SIDE, SIDE, 8, png.RGB, interlaced=True),
    "PNG, 16-bit gray": partial(png.png_of_form, SIDE, SIDE, 16),
    "PNG, 16-bit RGB": partial(png.png_of_form, SIDE, SIDE, 16, png.RGB),
    "PNG, 16-bit RGBA": partial(png.png_of_form, SIDE, SIDE, 16, png.RGBA),
    "PNG, 16-bit RGBA that is decoded twice": partial(png.png_of_form, 2048, 2048, 16, png.RGBA),
    "PNG, 16-bit gray and alpha": partial(png.png_of_form, SIDE, SIDE, 16, png.GRAY_ALPHA),
    "PNG, interlaced 16-bit RGBA": partial(png.png_of_form, SIDE, SIDE, 16, png.RGBA, interlaced=True),
    "PNG, interlaced palette": partial(png.png_of_form, SIDE, SIDE, 8, png.PALETTE, interlaced=True),
    "PNG, interlaced 1 bit": partial(png.png_of_form, SIDE, SIDE, 1, interlaced=True),
    "WebP, empty chunks": partial(webp.webp_with_chunks, 120_000),
    "WebP, unknown chunks": partial(webp.webp_with_chunks, 120_000, b"abcd"),
    "WebP, canvas of a tiny frame": partial(webp.webp_canvas, SIDE, SIDE, 8, 8),
    "WebP, frames": partial(webp.webp_animated, 15_000, 64, 64),
    "WebP, frames on a large canvas": partial(webp.webp_animated, 10_000, SIDE, SIDE),
    "WebP, lossy": partial(webp.webp_of_form, SIDE, SIDE),
    "WebP, lossless": partial(webp.webp_of_form, SIDE, SIDE, lossless=True),
    "WebP, alpha": partial(webp.webp_of_form, SIDE, SIDE, alpha=True),
    "WebP, busy": partial(webp.busy_webp, SIDE, SIDE, MAX_BYTES),
    "WebP, busy and lossless": partial(webp.busy_lossless_webp, SIDE, SIDE, MAX_BYTES),
    "GIF, comment in tiny blocks": partial(gif.gif_with_comments, 500_000, 1),
    "GIF, extensions": partial(gif.gif_with_extensions, 120_000),
    "GIF, frames": partial(gif.gif_with_frames, 7_000),
    "GIF, large": partial(gif.gif_screen, SIDE, SIDE, SIDE, SIDE),
    "GIF, interlaced": partial(gif.gif_screen, SIDE, SIDE, SIDE, SIDE, interlaced=True),
    "GIF, frame beyond its screen": partial(gif.gif_with_frame_beyond_screen, 8, 8, SIDE - 8, SIDE - 8),
    "GIF, tiny frame on a large screen": partial(gif.gif_screen, SIDE, SIDE, 8, 8),
    "GIF, tiny blocks": partial(gif.gif_with_tiny_blocks, SIDE, SIDE),
}
