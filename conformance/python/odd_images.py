"""Makes odd images, and what Pillow and transformers make of each.

Usage: python conformance/python/odd_images.py FILE [--images 2000] [--first 0] [--seed 1] [--most-bytes N] [--readable]

FILE is one safetensors file. For each image it holds `0.image_file` (an encoded image) and, if it can be read, `0.rgb`
[H, W, 3] (upright, alpha on white). The metadata's `images` is a JSON list of `{"kind", "error"}`: what is odd about
each, and what Pillow raises. An image is made from the seed and its number alone. Those whose file and pixels take more than
`--most-bytes` are left out and, with `--readable`, those that Pillow refuses or whose bits are damaged.

Some JPEGs are transcoded by libjpeg-turbo's `jpegtran` where it is installed (Debian: libjpeg-turbo-progs).
"""

import argparse
import io
import json
import random
import warnings

import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors.torch import save_file
from transformers.image_transforms import convert_to_rgb

from odd import bmp, gif, jpeg, png, webp

MAKERS = [png.make] * 8 + [jpeg.make] * 8 + [webp.make] * 4 + [gif.make] * 3 + [bmp.make] * 2


def image(seed, number):
    """What is odd about an image, and its file."""
    rng = random.Random(f"{seed}:{number}")
    width, height = (rng.choice([rng.randint(1, 9), rng.randint(1, 40)]) for _ in range(2))
    return rng.choice(MAKERS)(rng, width, height)


def answer(data):
    """RGB as transformers gives it to a resizer, or the text of an error."""
    try:
        opened = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        return convert_to_rgb(opened, return_numpy=True), None
    except Exception as error:  # whatever a decoder raises is its answer
        return None, f"{type(error).__name__}: {error}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-bytes", type=int, default=2**20)
    parser.add_argument("--readable", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    tensors, images = {}, []
    number = options.first
    while len(images) < options.images:
        kind, data = image(options.seed, number)
        rgb, error = answer(data)
        number += 1
        if options.readable and (error or "file bits" in kind or "pixels bits" in kind):
            continue
        if len(data) + (0 if rgb is None else rgb.size) > options.most_bytes:
            continue
        index = len(images)
        tensors[f"{index}.image_file"] = torch.from_numpy(np.frombuffer(data, dtype=np.uint8).copy())
        if rgb is not None:
            tensors[f"{index}.rgb"] = torch.from_numpy(rgb.copy())
        images.append({"kind": f"{number - 1}: {kind}", "error": error})
    save_file(tensors, options.file, metadata={"images": json.dumps(images)})
    print(f"{len(images)} images, of which Pillow reads {sum(p['error'] is None for p in images)}")


if __name__ == "__main__":
    main()
