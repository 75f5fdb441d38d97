"""WebP files of every kind: images as Pillow encodes them, in files put together chunk by chunk."""

import io
import struct

from PIL import Image

from odd import orientation

ICC, ALPHA, EXIF, XMP, ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02


def chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def chunks(file):
    found, at = [], 12
    while at + 8 <= len(file):
        length = struct.unpack("<I", file[at + 4 : at + 8])[0]
        found.append((file[at : at + 4], file[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return found


def encoded(rng, width, height, mode):
    """The chunks of one image: VP8L, or VP8 with or without ALPH."""
    rough = Image.frombytes(mode, (3, 3), bytes(rng.randrange(256) for _ in range(9 * len(mode))))
    out = io.BytesIO()
    image = rough.resize((width, height), Image.Resampling.BICUBIC)
    image.save(out, "WEBP", lossless=rng.random() < 0.5, quality=rng.choice([20, 80]))
    return b"".join(chunk(*c) for c in chunks(out.getvalue()) if c[0] in (b"ALPH", b"VP8 ", b"VP8L"))


def uint24(value):
    return struct.pack("<I", value)[:3]


def frame(rng, width, height, mode):
    """A frame on some part of the canvas, now and then beyond it."""
    inner = [rng.randint(1, side) for side in (width, height)] if rng.random() < 0.6 else [width, height]
    left, top = (rng.randint(0, (side - own) // 2) for side, own in zip((width, height), inner))
    if rng.random() < 0.05:
        left += 9
    place = uint24(left) + uint24(top) + uint24(inner[0] - 1) + uint24(inner[1] - 1) + uint24(100)
    return chunk(b"ANMF", place + bytes([rng.randrange(4)]) + encoded(rng, *inner, mode))


def extended(rng, width, height, mode):
    """A file with a head of flags, which are not always true."""
    flags = ALPHA if mode == "RGBA" else 0
    animated = rng.random() < 0.4
    before, after = [], []
    for kind, block in orientation.sources(rng).items():
        flags |= EXIF if kind == "exif" else XMP
        data = block[rng.choice([0, 6]) :] if kind == "exif" else block
        (before if rng.random() < 0.3 else after).append(chunk({"exif": b"EXIF", "xmp": b"XMP "}[kind], data))
    if rng.random() < 0.2:
        before.append(chunk(b"ICCP", b"profile"))
    if rng.random() < 0.2:
        rng.choice([before, after]).append(chunk(b"abcd", b"12345"))
    if animated:
        flags |= ANIMATION
        body = [chunk(b"ANIM", b"\x10\x20\x30\x40\0\0"), *(frame(rng, width, height, mode) for _ in range(rng.randint(1, 3)))]
    else:
        body = [encoded(rng, width, height, mode)]
    lie = rng.choice([*[0] * 20, ICC, ALPHA, EXIF, XMP, ANIMATION, 1])
    head = chunk(b"VP8X", bytes([flags ^ lie, 0, 0, 0]) + uint24(width - 1) + uint24(height - 1 + (rng.random() < 0.03)))
    notes = [*(["animated"] if animated else []), *([f"flag {lie} untrue"] if lie else [])]
    notes += [part[:4].decode() for part in [*before, *after]]
    return notes, b"".join([head, *before, *body, *after])


def make(rng, width, height):
    mode = rng.choice(["RGB", "RGBA"])
    if rng.random() < 0.3:
        notes, body = ["simple"], encoded(rng, width, height, "RGB" if rng.random() < 0.7 else mode)
    else:
        notes, body = extended(rng, width, height, mode)
    damage = rng.choice([*[""] * 16, "cut", "trailer", "long", "short", "bits"])
    length = 4 + len(body) + {"long": 2, "short": -rng.randint(1, 30)}.get(damage, 0)
    data = b"RIFF" + struct.pack("<I", max(length, 0)) + b"WEBP" + body
    if damage == "cut":
        data = data[: rng.randrange(12, len(data))]
    elif damage == "trailer":
        data += bytes(rng.randrange(256) for _ in range(rng.randint(1, 30)))
    elif damage == "bits":
        at = rng.randrange(20, len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return ", ".join([f"webp {mode}", *notes, *([f"file {damage}"] if damage else [])]), data
