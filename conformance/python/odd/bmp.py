"""BMP files of every kind."""

import io
import struct

import numpy as np
from PIL import Image

from odd.bmp_parts import HEADERS, MASKS_16, MASKS_24, MASKS_32, make_bmp, palette_of, plain_pixels, run_pixels
from odd.damage import damaged
from odd.gif import sizes

BMP_KINDS = {}


def bmp_kind(function):
    BMP_KINDS[function.__name__] = function
    return function


def paletted(rng, bits=None, header=None, kind=None, **options):
    w, h = sizes(rng)
    bits = bits or int(rng.choice([1, 4, 8]))
    header = header or int(rng.choice(HEADERS))
    colours = options.pop("colours", 0)
    real = options.pop("real", None)
    count = real if real is not None else (colours or 1 << bits)
    step = 3 if header == 12 else 4
    palette = palette_of(rng, count, step, kind or rng.choice(["random", "random", "grey", "black-white", "ramp"]))
    pixels = options.pop("pixels", None)
    pixels = plain_pixels(rng, w, h, bits) if pixels is None else pixels(w, h)
    options.setdefault("top_down", bool(rng.random() < 0.3))
    return make_bmp(rng, w, h, bits, header, palette=palette, colours=colours, pixels=pixels, **options)


def direct(rng, bits, header=None, masks=None, compression=None, **options):
    w, h = sizes(rng)
    header = header or int(rng.choice(HEADERS))
    if compression is None:
        compression = 3 if masks is not None and header != 12 else 0
    pixels = plain_pixels(rng, w, h, bits)
    if bits == 32 and rng.random() < 0.3:
        values = np.frombuffer(pixels, np.uint8).copy()
        values[3::4] = 0
        pixels = values.tobytes()
    options.setdefault("top_down", bool(rng.random() < 0.3))
    return make_bmp(rng, w, h, bits, header, compression, masks if header != 12 else None, pixels=pixels, **options)


@bmp_kind
def palette(rng):
    return paletted(rng)


@bmp_kind
def palette_grey(rng):
    return paletted(rng, kind="grey")


@bmp_kind
def palette_counted(rng):
    return paletted(rng, header=int(rng.choice(HEADERS[1:])), colours=int(rng.choice([1, 2, 3, 5, 16, 100, 256])))


@bmp_kind
def palette_counted_grey(rng):
    return paletted(rng, header=int(rng.choice(HEADERS[1:])), kind="grey", colours=int(rng.choice([1, 2, 3, 16, 256, 300])))


@bmp_kind
def palette_lies(rng):
    colours = int(rng.choice([1, 2, 10, 255, 256, 257, 300, 1000, 65536, 65537, 2**31, 2**32 - 1]))
    return paletted(rng, header=40, colours=colours, real=int(rng.choice([0, 1, 2, 16, 200, 257, 300])))


@bmp_kind
def palette_big_grey(rng):
    return paletted(rng, bits=8, header=40, kind="grey", colours=int(rng.choice([257, 512, 700])))


@bmp_kind
def bits_16(rng):
    return direct(rng, 16)


@bmp_kind
def bits_16_masks(rng):
    return direct(rng, 16, masks=MASKS_16[rng.integers(len(MASKS_16))])


@bmp_kind
def bits_24(rng):
    return direct(rng, 24, masks=MASKS_24[rng.integers(len(MASKS_24))] if rng.random() < 0.4 else None)


@bmp_kind
def bits_32(rng):
    return direct(rng, 32)


@bmp_kind
def bits_32_masks(rng):
    return direct(rng, 32, masks=MASKS_32[rng.integers(len(MASKS_32))])


@bmp_kind
def bits_32_masks_new(rng):
    return direct(rng, 32, header=int(rng.choice([56, 64, 108, 124])), masks=MASKS_32[rng.integers(len(MASKS_32))])


@bmp_kind
def masks_few_bits(rng):
    return paletted(rng, header=40, compression=3, masks=MASKS_32[0])


@bmp_kind
def other_depths(rng):
    return direct(rng, int(rng.choice([0, 2, 3, 5, 15, 48, 64, 65535]))if rng.random() < 0.5 else 2)


@bmp_kind
def other_compression(rng):
    return direct(rng, int(rng.choice([8, 24])), header=40, compression=int(rng.choice([4, 5, 6, 11, 2**32 - 1])))


@bmp_kind
def other_header(rng):
    data = bytearray(direct(rng, 24, header=40))
    struct.pack_into("<I", data, 14, int(rng.choice([0, 3, 4, 11, 13, 16, 39, 41, 48, 128, 2**32 - 1])))
    return bytes(data)


@bmp_kind
def rle8(rng):
    return paletted(rng, bits=8, header=int(rng.choice(HEADERS[1:])), compression=1, pixels=lambda w, h: run_pixels(rng, w, h, False))


@bmp_kind
def rle4(rng):
    return paletted(rng, bits=4, header=int(rng.choice(HEADERS[1:])), compression=2, pixels=lambda w, h: run_pixels(rng, w, h, True))


@bmp_kind
def rle_wild(rng):
    four = bool(rng.integers(0, 2))
    return paletted(rng, bits=4 if four else 8, header=40, kind="random", compression=2 if four else 1,
                    gap=int(rng.integers(0, 3)), pixels=lambda w, h: run_pixels(rng, w, h, four, True))


@bmp_kind
def rle_odd_offset(rng):
    four = bool(rng.integers(0, 2))
    return paletted(rng, bits=4 if four else 8, header=40, compression=2 if four else 1, gap=1,
                    pixels=lambda w, h: run_pixels(rng, w, h, four))


@bmp_kind
def rle_random(rng):
    four = bool(rng.integers(0, 2))
    return paletted(rng, bits=4 if four else 8, header=40, kind="random", compression=2 if four else 1,
                    pixels=lambda w, h: rng.integers(0, 256, 3000, dtype=np.uint8).tobytes())


@bmp_kind
def rle_cut(rng):
    data = rle8(rng) if rng.random() < 0.5 else rle4(rng)
    return data[: len(data) - int(rng.integers(0, 60))]


@bmp_kind
def rle_mixed(rng):
    return paletted(rng, header=40, compression=int(rng.integers(1, 3)), pixels=lambda w, h: run_pixels(rng, w, h, False))


@bmp_kind
def rle_direct(rng):
    return direct(rng, int(rng.choice([16, 24, 32])), header=40, compression=int(rng.integers(1, 3)))


@bmp_kind
def offset_lies(rng):
    shift = int(rng.integers(-60, 20))
    offset = [lambda s, h: 0, lambda s, h: h, lambda s, h: max(1, s + shift), lambda s, h: 2**31, lambda s, h: s + 1][rng.integers(5)]
    if rng.random() < 0.5:
        return paletted(rng, offset=offset, gap=int(rng.integers(0, 40)))
    masks = MASKS_32[rng.integers(8)] if rng.random() < 0.5 else None
    return direct(rng, 32 if masks else 24, masks=masks, offset=offset, gap=int(rng.integers(0, 40)))


@bmp_kind
def size_lies(rng):
    size = int(rng.choice([0, 1, 2**31, 2**32 - 1]))
    return direct(rng, 24, size=size) if rng.random() < 0.5 else paletted(rng, size=size)


@bmp_kind
def short_last_row(rng):
    data = paletted(rng, bits=int(rng.choice([1, 4, 8]))) if rng.random() < 0.5 else direct(rng, int(rng.choice([16, 24])))
    return data[: len(data) - int(rng.integers(0, 6))]


@bmp_kind
def absurd_size(rng):
    data = bytearray(direct(rng, 24, header=40))
    for at in (18, 22):
        if rng.random() < 0.7:
            struct.pack_into("<i", data, at, int(rng.choice([0, -1, 2**31 - 1, -(2**31), 2**24, -(2**24), 70000, -(2**24) - 1])))
    return bytes(data)


@bmp_kind
def dib(rng):
    pick = rng.random()
    if pick < 0.5:
        return paletted(rng, dib=True)
    if pick < 0.8:
        return direct(rng, int(rng.choice([16, 24, 32])), dib=True)
    return direct(rng, 32, masks=MASKS_32[rng.integers(8)], dib=True)


@bmp_kind
def bmp_of_pillow(rng):
    w, h = sizes(rng)
    image = Image.fromarray(rng.integers(0, 256, (h, w, 4), dtype=np.uint8), "RGBA")
    mode = rng.choice(["1", "L", "P", "RGB", "RGBA"])
    image = image.convert("RGB").quantize(int(rng.integers(2, 257))) if mode == "P" else image.convert(mode)
    out = io.BytesIO()
    image.save(out, rng.choice(["BMP", "DIB"]))
    return out.getvalue()


def make(random, _width, _height):
    rng = np.random.default_rng(random.getrandbits(32))
    name, function = list(BMP_KINDS.items())[rng.integers(len(BMP_KINDS))]
    return damaged(rng, f"bmp {name}", function(rng))
