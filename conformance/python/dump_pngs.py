"""Makes small PNG files of every kind, most of which Pillow reads but can't write, as `conformance/fixtures/pngs.safetensors`.

Usage: python conformance/python/dump_pngs.py

For every colour type, depth and interlacing, with and without a chunk `tRNS`, and for some oddities, the safetensors file holds
`NAME.file` (the encoded image) and `NAME.rgb` [H, W, 3]: what Pillow and transformers make of it, alpha on white.
"""

import io
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors.torch import save_file
from transformers.image_transforms import convert_to_rgb

PATH = Path(__file__).resolve().parent.parent / "fixtures" / "pngs.safetensors"
WIDTH, HEIGHT = 11, 9
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
NAMES = {0: "grey", 2: "rgb", 3: "palette", 4: "grey-alpha", 6: "rgba"}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]

chance = random.Random(12)


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(colour_type, depth, interlaced):
    """Filtered rows of few different values, so that keys meet pixels."""
    bits = CHANNELS[colour_type] * depth
    data = bytearray()
    for left, top, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        in_row, count = -(-(WIDTH - left) // dx), -(-(HEIGHT - top) // dy)
        for _ in range(count if in_row > 0 else 0):
            data.append(chance.randrange(5))
            data += bytes(chance.choice((0, 1, 17, 85, 254)) for _ in range((in_row * bits + 7) // 8))
    return bytes(data)


def png(colour_type, depth, interlaced, before=b"", pixels=None, parts=1):
    pixels = zlib.compress(rows(colour_type, depth, interlaced)) if pixels is None else pixels
    size = -(-len(pixels) // parts)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour_type, 0, 0, interlaced)
    idat = b"".join(chunk(b"IDAT", pixels[i : i + size]) for i in range(0, len(pixels), size))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + idat + chunk(b"IEND")


def palette(colours):
    return chunk(b"PLTE", bytes(chance.randrange(256) for _ in range(3 * colours)))


def shorts(*values):
    return chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))


def kinds():
    for colour_type, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                name = f"{NAMES[colour_type]}-{depth}{'-adam7' if interlaced else ''}"
                before = palette(min(1 << depth, 100)) if colour_type == 3 else b""
                yield name, png(colour_type, depth, interlaced, before)
                if colour_type == 0:
                    yield f"{name}-key", png(colour_type, depth, interlaced, shorts(17))
                elif colour_type == 2:
                    yield f"{name}-key", png(colour_type, depth, interlaced, shorts(0, 0, 0))
                elif colour_type == 3:
                    alphas = chunk(b"tRNS", bytes(chance.randrange(256) for _ in range(1 << depth)))
                    yield f"{name}-alphas", png(colour_type, depth, interlaced, before + alphas)
    yield "rgb-with-palette", png(2, 8, False, palette(7))
    yield "palette-missing", png(3, 8, False)
    yield "palette-short", png(3, 8, False, palette(3))
    yield "palette-of-half-a-colour", png(3, 4, False, chunk(b"PLTE", bytes(range(100, 110))))
    yield "alphas-more-than-colours", png(3, 2, False, palette(2) + chunk(b"tRNS", bytes(range(200))))
    yield "alphas-then-line-feed", png(3, 8, False, palette(20) + chunk(b"tRNS", b"\xff\0" + b"\xff" * 4 + b"\n"))
    yield "key-beyond-depth", png(0, 4, False, shorts(257))
    yield "key-of-one-bit", png(0, 1, False, shorts(256))
    yield "key-of-sixteen-bits", png(0, 16, False, shorts(0x1FF))
    yield "many-parts", png(6, 8, True, parts=50)
    yield "no-adler", png(6, 8, False, pixels=zlib.compress(rows(6, 8, False))[:-4])
    yield "rows-missing", png(4, 8, False, pixels=zlib.compress(rows(4, 8, False)[: 5 * 23]))
    yield "rows-missing-adam7", png(3, 8, True, palette(90), pixels=zlib.compress(rows(3, 8, True)[: 2 * 3 + 2]))
    region = struct.pack(">IIIIIHHBB", 0, WIDTH - 3, HEIGHT - 2, 2, 1, 1, 1, 0, 0)
    frame = chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fcTL", region)
    data = zlib.compress((b"\0" + bytes(range(100, 100 + 2 * (WIDTH - 3)))) * (HEIGHT - 2))
    yield "frame-smaller-than-image", png(4, 8, False, frame, data)


def main():
    tensors = {}
    for name, data in kinds():
        rgb = convert_to_rgb(ImageOps.exif_transpose(Image.open(io.BytesIO(data))), return_numpy=True)
        tensors[f"{name}.file"] = torch.from_numpy(np.frombuffer(data, dtype=np.uint8).copy())
        tensors[f"{name}.rgb"] = torch.from_numpy(rgb.copy())
    save_file(tensors, PATH)


if __name__ == "__main__":
    main()
