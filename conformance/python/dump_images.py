"""Makes the encoded images and their references under `conformance/fixtures/images`.

Usage: python conformance/python/dump_images.py

Each safetensors file holds `image_file` (an encoded image), `rgb` [H, W, 3] (what transformers makes of it before
any resizing: orientation applied, alpha on white), and for both processor backends `resized.*` [3, h, w] (uint8, after resize
and crop) and `pixel_values.*` [3, h, w]. The processor's settings stand in the metadata.
"""

import io
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import skimage.data
import torch
from PIL import Image, ImageOps
from safetensors.torch import save_file
from transformers import BitImageProcessor, BitImageProcessorPil
from transformers.image_transforms import convert_to_rgb

from references import sort_metadata

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "images"
IMAGENET = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
ONLY_PIL = (4, 5)  # box and hamming
SMALL = dict(size={"shortest_edge": 32}, crop_size={"height": 28, "width": 28}, **IMAGENET)


def encode(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def dump(name, data, settings=SMALL):
    opened = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    rgb = convert_to_rgb(opened, return_numpy=True)
    tensors = {
        "image_file": torch.from_numpy(np.frombuffer(data, dtype=np.uint8).copy()),
    }
    if rgb.shape[0] < 200:
        tensors["rgb"] = torch.from_numpy(rgb.copy())
    for backend, kind in (("torchvision", BitImageProcessor), ("pil", BitImageProcessorPil)):
        if backend == "torchvision" and settings.get("resample") in ONLY_PIL:
            continue
        processor = kind(**settings)
        plain = kind(**{**settings, "do_rescale": False, "do_normalize": False})
        values = processor(opened, return_tensors="pt")["pixel_values"][0]
        tensors[f"resized.{backend}"] = plain(opened, return_tensors="pt")["pixel_values"][0].to(torch.uint8)
        if values.shape[-1] < 200:
            tensors[f"pixel_values.{backend}"] = values.to(torch.float32)
    path = FOLDER / f"{name}.safetensors"
    save_file(tensors, path, metadata={"settings": json.dumps(settings), "size": str(len(data))})
    sort_metadata(path)


def photo(width, height):
    return Image.fromarray(skimage.data.astronaut()).resize((width, height), Image.Resampling.LANCZOS)


def with_alpha(image):
    w, h = image.size
    ramp = np.add.outer(np.arange(h) * 3, np.arange(w) * 4) % 256
    rgba = np.dstack([np.asarray(image), ramp.astype(np.uint8)])
    return Image.fromarray(rgba, "RGBA")


def jpegs(image):
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        dump(f"jpeg-{name}", encode(image, "JPEG", quality=80, subsampling=subsampling))
        dump(f"jpeg-progressive-{name}", encode(image, "JPEG", quality=70, subsampling=subsampling, progressive=True))
    dump("jpeg-grey", encode(image.convert("L"), "JPEG", quality=85))
    inks = image.convert("CMYK")
    inks.paste((30, 90, 200, 70), (10, 10, 30, 30))
    cmyk = encode(inks, "JPEG", quality=85)
    dump("jpeg-cmyk", cmyk)
    dump("jpeg-cmyk-progressive", encode(inks, "JPEG", quality=75, progressive=True))
    dump("jpeg-cmyk-restart", encode(inks, "JPEG", quality=75, restart_marker_blocks=3))
    # the same bytes, declared to be luminance and chrominance by the last byte of the Adobe marker
    marker = cmyk.index(b"Adobe") + 11
    dump("jpeg-ycck", cmyk[:marker] + b"\x02" + cmyk[marker + 1 :])
    dump("jpeg-restart", encode(image, "JPEG", quality=60, restart_marker_blocks=2))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        dump(f"jpeg-orientation-{orientation}", encode(image, "JPEG", quality=80, exif=exif))


def cjpeg(image, *options):
    """Of libjpeg-turbo's own program (Debian: libjpeg-turbo-progs), which writes kinds that Pillow doesn't."""
    return subprocess.run(["cjpeg", *options], input=encode(image, "PPM"), capture_output=True, check=True).stdout


def rare_jpegs(image):
    dump("jpeg-440", cjpeg(image, "-quality", "80", "-sample", "1x2"))
    dump("jpeg-411", cjpeg(image, "-quality", "80", "-sample", "4x1"))
    dump("jpeg-sampling-3", cjpeg(image, "-quality", "80", "-sample", "3x1,1x1,3x1"))
    dump("jpeg-arithmetic", cjpeg(image, "-quality", "70", "-arithmetic"))
    dump("jpeg-arithmetic-progressive", cjpeg(image, "-quality", "70", "-arithmetic", "-progressive"))
    dump("jpeg-rgb", cjpeg(image, "-quality", "80", "-rgb"))
    whole = encode(image, "JPEG", quality=80)
    dump("jpeg-without-end", whole[:-2] + b"vendor data")
    # a bit that is off in the middle: sums overflow on the way to pixels
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0x40
    dump("jpeg-damaged", bytes(damaged))
    inks = encode(image.convert("CMYK").resize((48, 32)), "JPEG", quality=70)
    adobe = inks.index(b"Adobe") - 4
    dump("jpeg-cmyk-without-adobe", inks[:adobe] + inks[adobe + 2 + int.from_bytes(inks[adobe + 2 : adobe + 4], "big") :])
    # the same 96 blocks, taken six at a time instead of four: of cyan and black there are twice as many
    frame = inks.index(b"\xff\xc0")
    subsampled = bytearray(inks)
    subsampled[frame + 11] = 0x21
    subsampled[frame + 20] = 0x21
    subsampled[frame + 7 : frame + 9] = (64).to_bytes(2, "big")
    dump("jpeg-cmyk-subsampled", bytes(subsampled))


def pngs(image):
    alpha = with_alpha(image)
    dump("png-rgb", encode(image, "PNG"))
    dump("png-rgba", encode(alpha, "PNG"))
    dump("png-grey", encode(image.convert("L"), "PNG"))
    dump("png-grey-alpha", encode(alpha.convert("LA"), "PNG"))
    dump("png-1bit", encode(image.convert("1"), "PNG"))
    dump("png-palette", encode(image.quantize(61), "PNG"))
    dump("png-palette-4bit", encode(image.quantize(13), "PNG", bits=4))
    dump("png-palette-2bit", encode(image.quantize(4), "PNG", bits=2))
    dump("png-palette-alpha", encode(alpha.quantize(40, method=Image.Quantize.FASTOCTREE), "PNG"))
    dump("png-palette-transparent", encode(image.quantize(16), "PNG", transparency=3))
    dump("png-colour-key", encode(image, "PNG", transparency=image.getpixel((5, 5))))
    dump("png-grey-key", encode(image.convert("L"), "PNG", transparency=image.convert("L").getpixel((7, 3))))
    grey = (np.asarray(image.convert("L")).astype(np.uint16) * 257) ^ 0x55
    dump("png-grey-16bit", encode(Image.fromarray(grey), "PNG"))
    exif = Image.Exif()
    exif[0x0112] = 6
    dump("png-orientation-6", encode(image, "PNG", exif=exif))


def others(image):
    alpha = with_alpha(image)
    exif = Image.Exif()
    exif[0x0112] = 8
    dump("webp-lossy", encode(image, "WEBP", quality=70))
    dump("webp-lossless", encode(image, "WEBP", lossless=True))
    dump("webp-alpha", encode(alpha, "WEBP", quality=60))
    dump("webp-orientation-8", encode(image, "WEBP", quality=70, exif=exif))
    dump("webp-animated", encode(image, "WEBP", quality=70, save_all=True, append_images=[ImageOps.flip(image)]))
    dump("gif", encode(image, "GIF"))
    dump("gif-transparent", encode(image.quantize(32), "GIF", transparency=5))
    dump("gif-animated", encode(image.quantize(16), "GIF", save_all=True, append_images=[ImageOps.flip(image).quantize(16)]))
    dump("gif-interlaced", encode(image.quantize(16), "GIF", interlace=1))
    dump("bmp-24", encode(image, "BMP"))
    dump("bmp-palette", encode(image.quantize(200), "BMP"))
    dump("bmp-1bit", encode(image.convert("1"), "BMP"))
    dump("bmp-32", encode(alpha, "BMP"))


def sizes():
    """Every form of `size`, cropping and padding, and the filters, on one grey PNG and a small colour one."""
    forms = {
        "shortest-up": dict(size={"shortest_edge": 90}, crop_size={"height": 40, "width": 37}),
        "shortest-longest": dict(size={"shortest_edge": 40, "longest_edge": 50}, do_center_crop=False),
        "height-width": dict(size={"height": 31, "width": 52}, do_center_crop=False),
        "max-height-width": dict(size={"max_height": 44, "max_width": 33}, do_center_crop=False),
        "pad-odd": dict(do_resize=False, crop_size={"height": 70, "width": 70}),
        "pad-one-axis": dict(do_resize=False, crop_size={"height": 30, "width": 80}),
        "pad-mixed": dict(size={"shortest_edge": 21}, crop_size={"height": 26, "width": 24}),
        "crop-odd": dict(do_resize=False, crop_size={"height": 20, "width": 22}),
        "no-normalize": dict(**SMALL, do_normalize=False),
        "no-rescale": dict(**SMALL, do_rescale=False),
        "scale-127": dict(**SMALL, rescale_factor=1 / 127.5),
    }
    for code, name in ((0, "nearest"), (1, "lanczos"), (2, "bilinear"), (4, "box"), (5, "hamming")):
        forms[f"resample-{name}"] = dict(SMALL, resample=code)
        forms[f"resample-{name}-up"] = dict(SMALL, resample=code, size={"shortest_edge": 70}, crop_size={"height": 30, "width": 30})
    data = encode(photo(61, 47), "PNG")
    for name, changes in forms.items():
        dump(f"size-{name}", data, {**IMAGENET, **changes})
    # weights so small that their limit of 22 bits holds
    wide = np.random.default_rng(1).integers(200, 256, (2, 2000), dtype=np.uint8)
    dump("size-tiny", encode(Image.fromarray(wide), "PNG"), dict(size={"height": 2, "width": 3}, do_center_crop=False, **IMAGENET))
    dump("size-thin", encode(photo(300, 3), "PNG"), dict(SMALL, size={"shortest_edge": 9}, crop_size={"height": 9, "width": 28}))
    dump("size-dinov2", encode(photo(277, 343), "JPEG", quality=50), dict(size={"shortest_edge": 256}, crop_size={"height": 224, "width": 224}, **IMAGENET))


def main():
    torch.set_num_threads(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    image = photo(61, 47)
    jpegs(image)
    rare_jpegs(image)
    pngs(image)
    others(image)
    sizes()


if __name__ == "__main__":
    main()
