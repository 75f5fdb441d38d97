"""JPEG files of every kind: of random coefficients in any sampling, and as Pillow writes them."""

import io
import shutil
import struct
import subprocess

from PIL import Image

from odd import orientation

GREY = [[(1, 1)], [(2, 2)], [(1, 3)]]
COLOUR = [
    [(1, 1), (1, 1), (1, 1)],
    [(2, 1), (1, 1), (1, 1)],
    [(2, 2), (1, 1), (1, 1)],
    [(1, 2), (1, 1), (1, 1)],
    [(4, 1), (1, 1), (1, 1)],
    [(4, 2), (1, 1), (1, 1)],
    [(1, 4), (1, 1), (1, 1)],
    [(3, 1), (1, 1), (1, 1)],
    [(2, 2), (2, 1), (1, 2)],
    [(2, 2), (1, 2), (1, 2)],
    [(1, 1), (2, 2), (1, 1)],
    [(2, 2), (2, 2), (2, 2)],
    [(3, 1), (2, 1), (1, 1)],
]
INKS = [
    [(1, 1), (1, 1), (1, 1), (1, 1)],
    [(2, 2), (1, 1), (1, 1), (2, 2)],
    [(2, 1), (1, 1), (1, 1), (2, 1)],
    [(1, 2), (1, 1), (1, 1), (1, 2)],
    [(2, 2), (1, 1), (1, 1), (1, 1)],
]
#: code of every (zeros before, bits of the value) that a block may have: all codes of a table are equally long
AC_SYMBOLS = [0x00, 0xF0, *(zeros << 4 | bits for zeros in range(16) for bits in range(1, 11))]
DC_SYMBOLS = range(12)


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


class Bits:
    """Bits of a scan, a zero byte after each 0xFF."""

    def __init__(self):
        self.bits = ""
        self.done = b""

    def add(self, value, count):
        self.bits += format(value, f"0{count}b") if count else ""

    def restart(self, number):
        self.end()
        self.done += bytes([0xFF, 0xD0 + number % 8])

    def end(self):
        self.bits += "1" * (-len(self.bits) % 8)
        data = bytes(int(self.bits[i : i + 8], 2) for i in range(0, len(self.bits), 8))
        self.done += data.replace(b"\xff", b"\xff\0")
        self.bits = ""


def random_block(rng, out):
    """A difference of mean values, and a few coefficients."""
    bits = rng.choice([0, 0, 2, 4, 5])
    out.add(bits, 4)
    out.add(rng.getrandbits(bits) if bits else 0, bits)
    place = 0
    for _ in range(rng.choice([0, 1, 2, 4, 8])):
        zeros, bits = rng.choice([0, 0, 1, 3, 9]), rng.choice([1, 2, 3, 5])
        place += zeros + 1
        if place > 62:
            break
        out.add(AC_SYMBOLS.index(zeros << 4 | bits), 8)
        out.add(rng.getrandbits(bits), bits)
    out.add(0, 8)


def scan(rng, members, units, interval, ids):
    """One scan of some components; `units` many groups of their blocks."""
    out = Bits()
    for unit in range(units):
        if interval and unit and unit % interval == 0:
            out.restart(unit // interval - 1)
        for _ in range(sum(across * down for _, (across, down) in members)):
            random_block(rng, out)
    out.end()
    head = bytes([len(members)]) + b"".join(bytes([ids[index], 0]) for index, _ in members) + b"\0\x3f\0"
    return segment(0xDA, head) + out.done


def random_coefficients(rng, width, height, sampling, ids):
    """The segments from the tables to the last scan."""
    table = bytes([0]) + bytes(rng.choice([1, 2, 3, 8]) for _ in range(64))
    parts = [segment(0xDB, table)]
    widest, highest = max(h for h, _ in sampling), max(v for _, v in sampling)
    frame = struct.pack(">BHHB", 8, height, width, len(sampling))
    frame += b"".join(bytes([ids[i], h << 4 | v, 0]) for i, (h, v) in enumerate(sampling))
    parts.append(segment(rng.choice([0xC0, 0xC0, 0xC1]), frame))
    for kind, symbols, length in ((0x00, DC_SYMBOLS, 4), (0x10, AC_SYMBOLS, 8)):
        counts = bytes(len(symbols) if i == length else 0 for i in range(1, 17))
        parts.append(segment(0xC4, bytes([kind]) + counts + bytes(symbols)))
    interval = rng.choice([0, 0, 0, 1, 2, 5])
    if interval:
        parts.append(segment(0xDD, struct.pack(">H", interval)))
    members = list(enumerate(sampling))
    if len(sampling) > 1 and rng.random() < 0.8:
        units = -(-width // (8 * widest)) * -(-height // (8 * highest))
        parts.append(scan(rng, members, units, interval, ids))
    else:
        for index, (across, down) in members:
            columns, lines = -(-width * across // widest), -(-height * down // highest)
            units = -(-columns // 8) * -(-lines // 8)
            parts.append(scan(rng, [(index, (1, 1))], units, interval, ids))
    return b"".join(parts)


def by_hand(rng, width, height):
    sampling = rng.choice(rng.choice([GREY, COLOUR, COLOUR, COLOUR, INKS]))
    ids = rng.choice([(1, 2, 3, 4), (1, 2, 3, 4), (0, 1, 2, 3), (82, 71, 66, 75), (7, 7 + 1, 200, 0)])
    jfif = segment(0xE0, b"JFIF\0\1\2" + rng.choice([b"\0", b"\1"]) + b"\0\x48\0\x48\0\0")
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([rng.choice([0, 1, 2, 2, 9])]))
    head = [*([jfif] if rng.random() < 0.5 else []), *([adobe] if rng.random() < 0.4 else [])]
    name = "jpeg " + " ".join(f"{h}x{v}" for h, v in sampling)
    notes = [*(["JFIF"] if jfif in head else []), *([f"Adobe {adobe[-1]}"] if adobe in head else []), f"ids {ids}"]
    body = random_coefficients(rng, width, height, sampling, ids)
    return ", ".join([name, *notes]), b"\xff\xd8" + b"".join(head) + body + b"\xff\xd9"


def by_pillow(rng, width, height):
    """An image of noise and slopes, as Pillow's encoder writes it."""
    mode = rng.choice(["RGB", "RGB", "RGB", "L", "CMYK"])
    rough = Image.frombytes(mode, (3, 3), bytes(rng.randrange(256) for _ in range(9 * len(mode))))
    out = io.BytesIO()
    options = dict(subsampling=rng.choice([0, 1, 2]), progressive=rng.random() < 0.5)
    options |= dict(restart_marker_blocks=rng.choice([0, 0, 1, 3]), quality=rng.choice([20, 75, 95]))
    rough.resize((width, height), Image.Resampling.BICUBIC).save(out, "JPEG", **options)
    return f"jpeg of Pillow, {mode}, {options}", out.getvalue()


def transcoded(rng, name, data):
    """The same coefficients, progressive or in arithmetic code, by libjpeg-turbo's own program."""
    option = rng.choice(["-arithmetic", "-progressive", "-arithmetic -progressive"])
    command = [shutil.which("jpegtran"), "-copy", "all", *option.split()]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    return (f"{name}, jpegtran {option}", done.stdout) if done.returncode == 0 else (name, data)


def segments_before(rng):
    """What may stand between the start and the tables, and its names."""
    found = []
    for kind, block in orientation.sources(rng).items():
        if kind == "xmp":
            found.append((kind, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + block)))
        elif rng.random() < 0.2:
            at = rng.randrange(6, len(block) + 1)
            found.append(("exif in two", segment(0xE1, block[:at]) + segment(0xE1, b"Exif\0\0" + block[at:])))
        else:
            found.append((kind, segment(0xE1, block)))
    others = [
        ("comment", segment(0xFE, b"a comment")),
        ("fill bytes", b"\xff\xff\xff" + segment(0xFE, b"")),
        ("bytes between", b"\1\2\3"),
        ("a thumbnail", segment(0xE2, b"\xff\xd8\xff\xdb\0\4ab\xff\xd9")),
        ("ICC", segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(20))),
    ]
    found += [rng.choice(others) for _ in range(rng.choice([0, 0, 0, 1, 2]))]
    return found


def damaged(rng, data):
    damage = rng.choice([*[""] * 20, "cut", "cut and closed", "trailer", "second", "no end", "bits"])
    scans = min(data.index(b"\xff\xda") + 12, len(data) - 1)
    if damage == "cut":
        data = data[: rng.randrange(4, len(data))]
    elif damage == "cut and closed":
        data = data[: rng.randrange(scans, len(data))] + b"\xff\xd9"
    elif damage == "trailer":
        data += bytes(rng.randrange(256) for _ in range(40))
    elif damage == "second":
        data += data
    elif damage == "no end":
        data = data[:-2]
    elif damage == "bits":
        at = rng.randrange(scans, len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return data, damage


def make(rng, width, height):
    name, data = (by_hand if rng.random() < 0.7 else by_pillow)(rng, width, height)
    if shutil.which("jpegtran") and rng.random() < 0.25:
        name, data = transcoded(rng, name, data)
    before = segments_before(rng)
    data = data[:2] + b"".join(part for _, part in before) + data[2:]
    data, damage = damaged(rng, data)
    return ", ".join([name, *(kind for kind, _ in before), *([f"file {damage}"] if damage else [])]), data
