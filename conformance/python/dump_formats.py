"""Small AVIF, JPEG 2000 and TIFF files of many kinds, with the RGB that Pillow and transformers make of them.

Writes ../fixtures/formats.safetensors: `NAME.file`, the bytes, and `NAME.rgb` [H, W, 3]. Pillow encodes what it can; TIFF of
layouts that it does not write is put together here. `avif-animated` notes the time at which it is made.

    python dump_formats.py
"""

import io
import struct
import zlib
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file
from transformers.image_transforms import convert_to_rgb

FIXTURES = Path(__file__).parent.parent / "fixtures"
WIDTH, HEIGHT = 19, 13
MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4, "YCbCr": 3}

random = np.random.default_rng(3)
files: dict[str, bytes] = {}


def samples(channels: int, highest: int = 255, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """[height, width, channels], waves with some noise."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [0.5 + 0.5 * np.sin(x / (3 + k) + k) * np.cos(y / (5 - 0.5 * k)) for k in range(channels)]
    values = np.stack(waves, -1) * highest + random.normal(0, highest * 0.04, (height, width, channels))
    return np.clip(values, 0, highest).astype(np.int64)


def image(mode: str, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    values = samples(MODES[mode], 255, width, height).astype(np.uint8)
    return Image.fromarray(values.squeeze(-1) if mode == "L" else values, mode=mode)


def encode(name: str, image: Image.Image, encoder: str, **options) -> None:
    file = io.BytesIO()
    image.save(file, encoder, **options)
    files[name] = file.getvalue()


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[274] = orientation
    return exif


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'


def avif() -> None:
    for mode, subsampling in product(["L", "RGB", "RGBA"], ["4:4:4", "4:2:2", "4:2:0", "4:0:0"]):
        encode(f"avif-{mode}-{subsampling.replace(':', '')}", image(mode), "AVIF", subsampling=subsampling)
    encode("avif-limited", image("RGB"), "AVIF", range="limited")
    encode("avif-animated", image("RGB"), "AVIF", save_all=True, append_images=[image("RGB")])
    for orientation in range(2, 9):
        encode(f"avif-orientation-{orientation}", image("RGB"), "AVIF", exif=turned(orientation))
    encode("avif-xmp", image("RGB"), "AVIF", xmp=XMP)


def jpeg_2000() -> None:
    for mode in MODES:
        encode(f"jp2-{mode}", image(mode), "JPEG2000")
    for mode in ["L", "LA", "RGB", "RGBA"]:
        encode(f"j2k-{mode}", image(mode), "JPEG2000", no_jp2=True)
    lossy = {"irreversible": True, "quality_mode": "rates", "quality_layers": [6]}
    encode("jp2-lossy", image("RGB"), "JPEG2000", **lossy)
    encode("jp2-tiles", image("RGB", 40, 37), "JPEG2000", tile_size=(32, 16), num_resolutions=2)
    deep = samples(1, 65535)[..., 0].astype(np.uint16)
    encode("jp2-16", Image.fromarray(deep), "JPEG2000")
    encode("jp2-deep-but-dark", Image.fromarray(deep // 200), "JPEG2000")


def pack_bits(data: bytes) -> bytes:
    packed = b""
    for start in range(0, len(data), 7):
        part = data[start : start + 7]
        packed += bytes([len(part) - 1]) + part
    return packed + bytes([257 - 3, 77])  # a run that nobody asks for


COMPRESSIONS = {1: bytes, 8: zlib.compress, 32773: pack_bits}


def packed_rows(values: np.ndarray, bits: int, order: str) -> bytes:
    """[rows, columns] of samples, each row in whole bytes."""
    if bits >= 8:
        kind = {8: "u1", 16: "u2", 32: "u4"}[bits]
        return values.astype(np.int64).astype(order + kind).tobytes()
    digits = (values[..., None] >> np.arange(bits - 1, -1, -1)) & 1
    return np.packbits(digits.reshape(len(values), -1).astype(np.uint8), axis=1).tobytes()


def tiff(
    name: str,
    values: np.ndarray,
    bits: int,
    photometric: int,
    *,
    order: str = "<",
    compression: int = 1,
    rows: int = 5,
    tile: int = 0,
    planar: bool = False,
    predictor: bool = False,
    low_bit_first: bool = False,
    big: bool = False,
    tags: dict[int, tuple[str, list[int]]] | None = None,
) -> None:
    """A file of `values` [height, width, samples]; `tags`: more of them, their types as struct names them."""
    height, width, depth = values.shape
    blocks = []
    for plane in [values[..., k : k + 1] for k in range(depth)] if planar else [values]:
        step_y, step_x = (tile, tile) if tile else (rows, width)
        for top, left in product(range(0, height, step_y), range(0, width, step_x)):
            block = plane[top : top + step_y, left : left + step_x]
            if tile:
                missing = ((0, tile - block.shape[0]), (0, tile - block.shape[1]), (0, 0))
                block = np.pad(block, missing)
            if predictor:
                block = np.diff(block, axis=1, prepend=0) % 2**bits
            data = COMPRESSIONS[compression](packed_rows(block.reshape(len(block), -1), bits, order))
            if low_bit_first:
                data = bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)
            blocks.append(data)
    entries = {
        256: ("H", [width]),
        257: ("H", [height]),
        258: ("H", [bits] * depth),
        259: ("H", [compression]),
        262: ("H", [photometric]),
        266: ("H", [2 if low_bit_first else 1]),
        277: ("H", [depth]),
        284: ("H", [2 if planar else 1]),
        317: ("H", [2 if predictor else 1]),
        **({322: ("H", [tile]), 323: ("H", [tile])} if tile else {278: ("H", [rows])}),
        **(tags or {}),
    }
    word, head, entry_bytes = ("Q", 16, 20) if big else ("I", 8, 12)
    word_bytes = struct.calcsize(order + word)
    offsets, at = [], head
    for data in blocks:
        offsets.append(at)
        at += len(data)
    entries[324 if tile else 273] = ("I", offsets)
    entries[325 if tile else 279] = ("I", [len(data) for data in blocks])
    later = b""
    directory = struct.pack(order + ("Q" if big else "H"), len(entries))
    after = at + len(directory) + entry_bytes * len(entries) + word_bytes
    for tag, (kind, numbers) in sorted(entries.items()):
        value = struct.pack(f"{order}{len(numbers)}{kind}", *numbers)
        type_number = {"B": 1, "H": 3, "I": 4}[kind]
        if len(value) > word_bytes:
            place = struct.pack(order + word, after + len(later))
            later += value
        else:
            place = value.ljust(word_bytes, b"\0")
        directory += struct.pack(f"{order}HH{word}", tag, type_number, len(numbers)) + place
    mark = b"II" if order == "<" else b"MM"
    start = struct.pack(order + ("HHHQ" if big else "HI"), *([43, 8, 0, at] if big else [42, at]))
    files[name] = mark + start + b"".join(blocks) + directory + bytes(word_bytes) + later


def tiffs() -> None:
    for mode in ["L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"]:
        encode(f"tiff-{mode}", image(mode), "TIFF")
    for mode in ["L", "LA", "RGB", "RGBA", "CMYK"]:
        encode(f"tiff-{mode}-lzw", image(mode, 120, 60) if mode == "RGB" else image(mode), "TIFF", compression="tiff_lzw")
    encode("tiff-lzw-predictor", image("RGB"), "TIFF", compression="tiff_lzw", tiffinfo={317: 2})
    encode("tiff-palette", image("RGB").quantize(37), "TIFF", compression="tiff_adobe_deflate")
    encode("tiff-bilevel", image("L").convert("1"), "TIFF")
    encode("tiff-float", Image.fromarray((samples(1)[..., 0] * 1.7 - 50).astype(np.float32)), "TIFF")
    encode("tiff-int32", Image.fromarray((samples(1)[..., 0] * 2 - 99).astype(np.int32)), "TIFF")
    encode("tiff-pages", image("RGB"), "TIFF", save_all=True, append_images=[image("L", 4, 4)])
    for orientation in range(2, 9):
        encode(f"tiff-orientation-{orientation}", image("RGB"), "TIFF", exif=turned(orientation))
    encode("tiff-xmp", image("RGB"), "TIFF", tiffinfo={700: XMP})

    for bits, photometric, order in product([1, 2, 4, 8], [0, 1], "<>"):
        tiff(f"tiff-grey-{photometric}-{bits}-{order}", samples(1, 2**bits - 1), bits, photometric, order=order)
    for order in "<>":
        tiff(f"tiff-grey-16-{order}", samples(1, 400), 16, 1, order=order, compression=8, predictor=True)
        for depth, extra in [(3, []), (4, [0]), (4, [1]), (4, [2]), (4, [])]:
            more = {338: ("H", extra)} if extra else {}
            tiff(f"tiff-16-{depth}-{extra}-{order}", samples(depth, 65535), 16, 2, order=order, tags=more)
    for depth, extra in [(4, [0]), (4, [1]), (4, [999]), (5, [2, 0]), (5, [0, 0]), (6, [1, 0, 0])]:
        tiff(f"tiff-8-{depth}-{extra}", samples(depth), 8, 2, tags={338: ("H", extra)})
    for bits in [1, 2, 4, 8]:
        colours = [int(value) for value in random.integers(0, 65536, 3 * 2**bits)]
        tiff(f"tiff-palette-{bits}", samples(1, 2**bits - 1), bits, 3, compression=32773, tags={320: ("H", colours)})
    tiff("tiff-palette-alpha", samples(2), 8, 3, tags={320: ("H", colours), 338: ("H", [2])})
    for compression, tile, planar in product([1, 8, 32773], [0, 16], [False, True]):
        tiff(f"tiff-{compression}-tile-{tile}-{planar}", samples(3), 8, 2, compression=compression, tile=tile, planar=planar)
    tiff("tiff-predictor-tile", samples(3), 8, 2, compression=8, tile=16, predictor=True)
    tiff("tiff-inks-16", samples(4, 65535), 16, 5)
    tiff("tiff-inks-planar", samples(4), 8, 5, planar=True)
    for bits, photometric in [(1, 0), (1, 1), (4, 0), (4, 1), (8, 1)]:
        tiff(f"tiff-low-bit-{photometric}-{bits}", samples(1, 2**bits - 1), bits, photometric, low_bit_first=True)
    tiff("tiff-big", samples(3), 8, 2, big=True)


avif()
jpeg_2000()
tiffs()
tensors: dict[str, np.ndarray] = {}
for name, file in files.items():
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    tensors[f"{name}.file"] = np.frombuffer(file, np.uint8)
    tensors[f"{name}.rgb"] = np.ascontiguousarray(convert_to_rgb(image, return_numpy=True))
save_file(tensors, FIXTURES / "formats.safetensors", {"pillow": Image.__version__})
