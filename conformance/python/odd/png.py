"""PNG files of every kind, written chunk by chunk."""

import struct
import zlib

from odd import orientation

DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
PLAIN = ((0, 0, 1, 1),)


def chunk(kind, data, crc=None):
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def rows(rng, width, height, bits, interlaced):
    """Rows of filtered bytes: any bytes are an image, and few different ones make colour keys bite."""
    few = [rng.randrange(256) for _ in range(3)] if rng.random() < 0.5 else range(256)
    filters = (0,) if rng.random() < 0.4 else (0, 1, 2, 3, 4)
    out = b""
    for left, top, right, down in ADAM7 if interlaced else PLAIN:
        columns, lines = -(-(width - left) // right), -(-(height - top) // down)
        for _ in range(lines if columns > 0 else 0):
            data = bytes(rng.choice(few) for _ in range(-(-columns * bits // 8)))
            out += bytes([rng.choice(filters)]) + data
    return out


def transparency(rng, colour, depth, data):
    if colour == 3:
        length = rng.choice([1, 2**depth, 2**depth, rng.randint(1, 2**depth), 2**depth + 3])
        return bytes(rng.choice([0, 255, 255, rng.randrange(256)]) for _ in range(length))
    value = data[1:2] if len(data) > 1 else b"\0"
    if depth == 16:
        key = data[1:3].ljust(2, b"\0")
    else:
        key = bytes([0, value[0] >> (8 - depth)]) if rng.random() < 0.8 else struct.pack(">H", rng.randrange(65536))
    if colour == 2:
        key = data[1:7].ljust(6, b"\0") if depth == 16 else b"".join(bytes([0, b]) for b in data[1:4].ljust(3, b"\0"))
    return key[: rng.choice([6, 6, 6, 6, 1])]


def texts(rng):
    """Chunks that change no pixel."""
    text = bytes(rng.randrange(32, 127) for _ in range(rng.randrange(20)))
    choices = [
        (b"gAMA", struct.pack(">I", rng.choice([45455, 100000, 0]))),
        (b"iCCP", b"name\0\0" + zlib.compress(text)),
        (b"iCCP", b"name\0\0" + text),
        (b"sRGB", bytes([rng.randrange(5)])),
        (b"cHRM", struct.pack(">8I", *[31270] * 8)),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, rng.randrange(3))),
        (b"bKGD", b"\0\1\0\2\0\3"),
        (b"tIME", b"\7\xe8\1\1\0\0\0"),
        (b"tEXt", b"Comment\0" + text),
        (b"zTXt", b"Comment\0\0" + zlib.compress(text)),
        (b"iTXt", b"Comment\0\0\0en\0\0" + text),
        (b"prVt", text),
    ]
    return [rng.choice(choices) for _ in range(rng.choice([0, 0, 1, 2, 4]))]


def orientations(rng):
    found = []
    for kind, block in orientation.sources(rng).items():
        if kind == "exif":
            digits = block.hex()
            profile = "\nexif\n%8d\n" % len(block) + "".join(digits[i : i + 72] + "\n" for i in range(0, len(digits), 72))
            found.append(
                rng.choice(
                    [
                        (b"eXIf", block[6:]),
                        (b"eXIf", block[6:]),
                        (b"eXIf", block),
                        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile.encode())),
                        (b"tEXt", b"Raw profile type exif\0" + profile.encode()),
                    ]
                )
            )
        else:
            name = b"XML:com.adobe.xmp\0"
            plain = name + b"\0\0\0\0" + block
            packed = name + b"\1\0\0\0" + zlib.compress(block)
            found.append(rng.choice([(b"iTXt", plain), (b"iTXt", packed), (b"tEXt", name + block)]))
    return found


def split(rng, data):
    """Pixel data in one chunk or several, some of them empty."""
    parts = []
    while data and rng.random() < 0.5:
        at = rng.randrange(len(data) + 1)
        parts.append(data[:at])
        data = data[at:]
    return [*parts, data]


def damaged_pixels(rng, raw):
    """Compressed pixels, and what is wrong with them."""
    data = zlib.compress(raw, rng.randrange(10))
    damage = rng.choice([*[""] * 24, "short", "long", "adler", "no adler", "filter", "bits"])
    if damage == "short":
        data = zlib.compress(raw[: rng.randrange(len(raw))])
    elif damage == "long":
        data = zlib.compress(raw + bytes(rng.randrange(1, 50)))
    elif damage == "adler":
        data = data[:-4] + b"\1\2\3\4"
    elif damage == "no adler":
        data = data[: -rng.randint(1, 4)]
    elif damage == "filter":
        data = zlib.compress(bytes([rng.choice([5, 9, 255])]) + raw[1:])
    elif damage == "bits":
        at = rng.randrange(2, len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return data, damage


def damaged_file(rng, parts):
    damage = rng.choice([*[""] * 24, "cut", "trailer", "no end", "crc", "order"])
    if damage == "no end":
        parts = parts[:-1]
    elif damage == "crc":
        at = rng.randrange(1, len(parts))
        parts = [*parts[:at], parts[at][:-4] + b"abcd", *parts[at + 1 :]]
    elif damage == "order":
        at = rng.randrange(1, len(parts) - 1)
        parts = [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]
    whole = b"\x89PNG\r\n\x1a\n" + b"".join(parts)
    if damage == "cut":
        whole = whole[: rng.randrange(20, len(whole))]
    elif damage == "trailer":
        whole += bytes(rng.randrange(256) for _ in range(30))
    return whole, damage


def make(rng, width, height):
    colour = rng.choice([0, 0, 2, 3, 3, 4, 6])
    depth = rng.choice(DEPTHS[colour]) if rng.random() < 0.98 else rng.choice([1, 2, 4, 8, 16, 3])
    interlaced = rng.random() < 0.4
    raw = rows(rng, width, height, CHANNELS[colour] * depth, interlaced)
    data, pixels = damaged_pixels(rng, raw)
    before = [*texts(rng), *orientations(rng)] if rng.random() < 0.8 else []
    after = before if rng.random() < 0.15 else []
    before = [] if after else before
    has_palette = colour == 3 and rng.random() < 0.97 or colour in (2, 6) and rng.random() < 0.2
    if has_palette:
        count = 2**depth if depth < 8 and rng.random() < 0.8 else rng.randint(1, 256)
        before.append((b"PLTE", bytes(rng.randrange(256) for _ in range(3 * count))))
    keyed = colour in (0, 2, 3) and rng.random() < 0.5
    if keyed:
        before.append((b"tRNS", transparency(rng, colour, depth, raw)))
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    idats = [(b"IDAT", part) for part in split(rng, data)]
    parts = [chunk(*part) for part in [header, *before, *idats, *after, (b"IEND", b"")]]
    whole, damage = damaged_file(rng, parts)
    notes = [name.decode() for name, _ in [*before, *after]]
    name = f"png type {colour} of {depth} bits{', interlaced' if interlaced else ''}"
    return ", ".join([name, *notes, *([f"pixels {pixels}"] if pixels else []), *([f"file {damage}"] if damage else [])]), whole
