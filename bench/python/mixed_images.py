"""Makes a folder of mixed photographs, for the time that the command takes beside its forward passes.

Usage: python bench/python/mixed_images.py FOLDER [COUNT]

JPEG (baseline, progressive, grey, CMYK, with orientations), PNG of every kind, WebP, GIF and BMP, with edges from 300 to 3000
pixels; the same bytes every time. They are crops of a photograph of scikit-image, enlarged, with a little noise.
"""

import sys
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image


def photo(rng):
    width, height = (int(round(300 * 10 ** rng.random())) for _ in range(2))
    source = Image.fromarray(skimage.data.astronaut() if rng.random() < 0.5 else skimage.data.coffee())
    x, y = rng.integers(0, 150, 2)
    enlarged = source.crop((x, y, x + 240, y + 240)).resize((width, height), Image.Resampling.BICUBIC)
    noise = rng.normal(0, 3, (height, width, 3))
    return Image.fromarray((np.asarray(enlarged) + noise).clip(0, 255).astype(np.uint8))


def save(index, folder, rng):
    image = photo(rng)
    exif = Image.Exif()
    exif[0x0112] = int(rng.integers(1, 9))
    name = f"{index:03}"
    kinds = [
        lambda: image.save(folder / f"{name}.jpg", quality=85),
        lambda: image.save(folder / f"{name}.jpg", quality=90, subsampling=0, exif=exif),
        lambda: image.save(folder / f"{name}.jpg", quality=85, progressive=True),
        lambda: image.convert("L").save(folder / f"{name}.jpg", quality=80),
        lambda: image.convert("CMYK").save(folder / f"{name}.jpg", quality=85),
        lambda: image.save(folder / f"{name}.png", compress_level=6),
        lambda: image.convert("RGBA").save(folder / f"{name}.png", compress_level=3),
        lambda: image.quantize(200).save(folder / f"{name}.png"),
        lambda: image.save(folder / f"{name}.webp", quality=80),
        lambda: image.quantize(128).save(folder / f"{name}.gif"),
        lambda: image.save(folder / f"{name}.bmp"),
    ]
    # as folders of photographs are: half of them plain JPEG
    kinds[0 if index % 2 == 0 else index // 2 % len(kinds)]()


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    for index in range(int(sys.argv[2]) if len(sys.argv) > 2 else 200):
        save(index, folder, rng)


if __name__ == "__main__":
    main()
