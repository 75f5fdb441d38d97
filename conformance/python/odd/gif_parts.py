"""The parts of GIF files: tables of colours, LZW codes in unusual orders, frames, extensions."""

import struct

import numpy as np


def lzw_codes(values, bits, rng, start_clear=True, end=True, clear_often=False):
    """(code, width) pairs of an LZW encoder that sometimes clears, and may leave out the first clear or the end."""
    clear, stop = 1 << bits, (1 << bits) + 1
    codes = []
    width = bits + 1
    table = {(v,): v for v in range(clear)}
    following = stop + 1

    def emit(code):
        codes.append((code, width))

    if start_clear:
        emit(clear)
    text = ()
    for value in values:
        longer = text + (int(value),)
        if longer in table:
            text = longer
            continue
        emit(table[text])
        if following < 4096:
            table[longer] = following
            following += 1
            if following - 1 == 1 << width and width < 12:
                width += 1
        text = (int(value),)
        if (clear_often and rng.random() < 0.03) or (following == 4096 and rng.random() < 0.5):
            emit(table[text])
            text = ()
            if following == 1 << width and width < 12:
                width += 1  # the decoder has just added the entry that the encoder leaves out
            emit(clear)
            width = bits + 1
            table = {(v,): v for v in range(clear)}
            following = stop + 1
    if text:
        emit(table[text])
    if end:
        emit(stop)
    return codes


def pack(codes):
    number, filled, out = 0, 0, bytearray()
    for code, width in codes:
        number |= code << filled
        filled += width
        while filled >= 8:
            out.append(number & 255)
            number >>= 8
            filled -= 8
    if filled:
        out.append(number & 255)
    return bytes(out)


def blocks(data, rng, size=None):
    out = bytearray()
    at = 0
    while at < len(data):
        step = size or int(rng.choice([255, 255, 1, 7, 100]))
        part = data[at : at + step]
        out += bytes([len(part)]) + part
        at += step
        if rng.random() < 0.02:
            out += b"\0"  # an empty block amid the data
    return bytes(out) + b"\0"


def table(rng, size_code, kind):
    count = 2 << size_code
    if kind == "ramp":
        return bytes(i & 255 for i in range(count) for _ in range(3))
    return rng.integers(0, 256, 3 * count, dtype=np.uint8).tobytes()


def gif_frame(rng, width, height, left=0, top=0, local=None, bits=None, interlace=False, lzw=None, extra_flags=0):
    lzw = lzw or {}
    # the smallest size by the specification is 2; of 1 Pillow never widens its codes
    bits = bits if bits is not None else int(rng.integers(2 if rng.random() < 0.95 else 1, 9))
    smooth = rng.random() < 0.5
    top_value = 1 << min(bits, 8)
    values = rng.integers(0, top_value, width * height)
    if smooth:
        values = (np.arange(width * height) // max(1, width // 3)) % top_value
    flags = extra_flags | (64 if interlace else 0)
    out = b""
    if local is not None:
        size_code, data = local
        flags |= 0x80 | size_code
        out = data
    head = b"," + struct.pack("<4HB", left, top, width, height, flags) + out + bytes([bits])
    if lzw.get("random"):
        data = rng.integers(0, 256, int(rng.integers(1, 200)), dtype=np.uint8).tobytes()
    elif lzw.get("walk"):
        data = pack(random_walk(rng, bits, width * height))
    else:
        short = lzw.get("short", 0)
        values = values[: len(values) - short] if short else values
        if lzw.get("long"):
            values = np.concatenate([values, values[:50]])
        codes = lzw_codes(values, bits, rng, not lzw.get("no_clear"), not lzw.get("no_end"), lzw.get("clear_often"))
        if lzw.get("clears"):
            codes = [codes[0]] * int(rng.integers(2, 4)) + codes
        if lzw.get("early_end"):
            at = int(rng.integers(0, len(codes)))
            codes = codes[:at] + [((1 << bits) + 1, codes[at][1])] + codes[at:]
        data = pack(codes)
    return head + blocks(data, rng, lzw.get("block"))


def random_walk(rng, bits, pixels):
    """Codes that are allowed, the newest included, with widths as the decoder counts them."""
    clear = 1 << bits
    following, width, previous, codes, sizes, count = clear + 2, bits + 1, None, [], {}, 0
    if rng.random() < 0.7:
        codes.append((clear, width))
    previous_size = 0
    while count < pixels:
        if previous is None:
            code, size = int(rng.integers(0, clear)), 1
        else:
            pick = rng.random()
            if pick < 0.03:
                codes.append((clear, width))
                following, width, previous, sizes = clear + 2, bits + 1, None, {}
                continue
            if pick < 0.4 and following < 4096 and following < 1 << width:
                code, size = following, previous_size + 1
            elif pick < 0.7 and sizes:
                code = int(rng.choice(list(sizes)))
                size = sizes[code]
            else:
                code, size = int(rng.integers(0, clear)), 1
        codes.append((code, width))
        count += size
        if previous is not None and following < 4096:
            sizes[following] = previous_size + 1
            following += 1
            if following == 1 << width and width < 12:
                width += 1
        previous, previous_size = code, size
    if rng.random() < 0.5:
        codes.append((clear + 1, width))
    return codes


def control(rng, transparent=None, dispose=0, size=4):
    data = bytes([(dispose << 2) | (transparent is not None), 10, 0, transparent or 0])[:size]
    return b"!\xf9" + bytes([len(data)]) + data + b"\0"


def comment(rng, text=b"a comment"):
    return b"!\xfe" + blocks(text, rng) if text else b"!\xfe\0"


def screen(rng, width, height, global_table=None, background=0, version=b"GIF89a"):
    flags = 0x70
    data = b""
    if global_table is not None:
        size_code, data = global_table
        flags |= 0x80 | size_code
    else:
        flags |= int(rng.integers(0, 8))
    return version + struct.pack("<2H3B", width, height, flags, background, 0) + data
