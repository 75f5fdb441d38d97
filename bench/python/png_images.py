"""The PNG files of `bench/png-images.ts`, 3 megapixels of every kind, and what Pillow takes to decode them.

Usage: python png_images.py PHOTO FOLDER

Writes the files that are not there yet and prints their names. Then, for each name on standard input, prints the
seconds from the file in memory to RGB pixels.
"""

import io
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 2048, 1536
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def filtered(rows, step):
    """Rows of bytes, each with the one of the filters left, above and Paeth that leaves the smallest differences."""
    rows = rows.astype(np.int16)
    left = np.pad(rows, ((0, 0), (step, 0)))[:, :-step]
    above = np.pad(rows, ((1, 0), (0, 0)))[:-1]
    corner = np.pad(above, ((0, 0), (step, 0)))[:, :-step]
    a, b, c = abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)
    paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, above, corner))
    candidates = np.stack([rows - left, rows - above, rows - paeth]).astype(np.int8)
    best = abs(candidates.astype(np.int16)).sum(axis=2).argmin(axis=0)
    data = candidates[best, np.arange(len(rows))].view(np.uint8)
    return np.concatenate([np.array([1, 2, 4], np.uint8)[best][:, None], data], axis=1).tobytes()


def png(samples, colour_type, interlaced=False):
    """A PNG of an array [H, W, channels] of 8 or 16 bits, which Pillow can't write interlaced or of 16 bits and 3 channels."""
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    big = samples.astype(samples.dtype.newbyteorder(">"))
    step = samples.shape[2] * samples.itemsize
    rows = [np.ascontiguousarray(big[y::dy, x::dx]) for x, y, dx, dy in passes]
    data = b"".join(filtered(each.view(np.uint8).reshape(len(each), -1), step) for each in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8 * samples.itemsize, colour_type, 0, 0, interlaced)
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(data)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def saved(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


def files(photo):
    noise = np.random.default_rng(0)
    wide = np.asarray(Image.open(photo).convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)).astype(int)
    values = (wide + noise.integers(-3, 4, wide.shape)).clip(0, 255).astype(np.uint8)
    alpha = (np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)) % 256).astype(np.uint8)
    deep = values.astype(np.uint16) * 256 + noise.integers(0, 256, values.shape, dtype=np.uint16)
    image = Image.fromarray(values)
    yield "rgb", saved(image)
    yield "rgba", saved(Image.fromarray(np.dstack([values, alpha])))
    yield "palette", saved(image.quantize(256))
    yield "palette-4-bits", saved(image.quantize(16), bits=4)
    yield "grey", saved(image.convert("L"))
    yield "grey-16-bits", png(deep[..., :1], 0)
    yield "rgb-16-bits", png(deep, 2)
    yield "rgb-interlaced", png(values, 2, interlaced=True)


def main():
    photo, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "rgb-interlaced.png").exists():
        for name, data in files(photo):
            (folder / f"{name}.png").write_bytes(data)
    images = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.png"))}
    print(*images, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        Image.open(io.BytesIO(images[line.strip()])).convert("RGB")
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
