"""The parts of BMP files: headers of every length, palettes, masks, run lengths."""

import struct

import numpy as np

HEADERS = [12, 40, 52, 56, 64, 108, 124]
MASKS_32 = [
    (0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0), (0xFF000000, 0xFF00, 0xFF, 0),
    (0xFF000000, 0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000, 0xFF000000), (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
    (0xFF000000, 0xFF00, 0xFF, 0xFF0000), (0, 0, 0, 0), (0xFF, 0xFF00, 0xFF0000, 0), (0x3FF00000, 0xFFC00, 0x3FF, 0),
    (0xFF00, 0xFF0000, 0xFF000000, 0xFF), (1, 2, 4, 8),
]
MASKS_16 = [(0xF800, 0x7E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0x8000), (0xF00, 0xF0, 0xF, 0xF000), (0x1F, 0x7E0, 0xF800, 0)]
MASKS_24 = [(0xFF0000, 0xFF00, 0xFF, 0), (0xFF, 0xFF00, 0xFF0000, 0), (0, 0, 0, 0)]


def make_bmp(rng, width, height, bits, header, compression=0, masks=None, palette=None, colours=0, pixels=None,
             top_down=False, offset=None, size=None, dib=False, masks_outside=True, gap=0):
    if header == 12:
        info = struct.pack("<I4H", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IIiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression,
                           len(pixels) if size is None else size, 2835, 2835, colours, 0)
        rest = bytearray(rng.integers(0, 256, header - 40, dtype=np.uint8).tobytes())
        if masks is not None:
            packed = struct.pack("<4I", *masks)
            inside = packed[: min(16 if header >= 56 else 12, header - 40)]
            rest[: len(inside)] = inside
        info += bytes(rest)
        if masks is not None and header == 40 and masks_outside:
            info += struct.pack("<3I", *masks[:3])
    palette = palette or b""
    start = 14 + len(info) + len(palette) + gap
    body = info + palette + bytes(gap) + pixels
    if dib:
        return body
    stated = start if offset is None else offset(start, 14 + header)
    return b"BM" + struct.pack("<IHHI", len(body) + 14, 0, 0, stated) + body


def palette_of(rng, count, step, kind):
    out = bytearray()
    for i in range(count):
        if kind == "grey":
            value = 255 * i if count == 2 else i & 255
            entry = [value] * 3
        elif kind == "black-white":
            entry = [255 * (i & 1)] * 3
        elif kind == "ramp":
            entry = [255 * i // max(1, count - 1)] * 3
        else:
            entry = list(rng.integers(0, 256, 3))
        out += bytes(int(v) for v in entry) + bytes([int(rng.integers(0, 2)) * 255] * (step - 3))
    return bytes(out)


def plain_pixels(rng, width, height, bits):
    return rng.integers(0, 256, ((width * bits + 31) // 32 * 4) * height, dtype=np.uint8).tobytes()


def run_pixels(rng, width, height, four, wild=False):
    """A run-length encoding of about width × height indices, with every kind of part."""
    out = bytearray()
    for _ in range(height):
        x = 0
        while x < width:
            pick = rng.random()
            if pick < 0.45:
                count = int(rng.integers(1, max(2, width - x + 1) if not wild else 60))
                out += bytes([min(255, count), int(rng.integers(0, 256))])
                x += count
            elif pick < 0.8 and (width - x >= 3 or wild):
                count = int(rng.integers(3, max(4, width - x + 1) if not wild else 60))
                count = min(count, 255)
                length = (count + 1) // 2 if four else count
                out += bytes([0, count]) + rng.integers(0, 256, length, dtype=np.uint8).tobytes() + bytes(length & 1)
                x += count
            elif pick < 0.85:
                right = int(rng.integers(0, width - x if not wild else 60)) if width > x else 0
                out += bytes([0, 2, right, int(rng.integers(0, 2)) if wild else 0])
                x += right
            elif pick < 0.87 and wild:
                break
            elif pick < 0.875 and wild:
                out += b"\0\1"
        if not (wild and rng.random() < 0.2):
            out += b"\0\0"
    if rng.random() < 0.7:
        out += b"\0\1"
    return bytes(out)
