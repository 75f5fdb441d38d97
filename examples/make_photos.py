"""Saves the example photographs, from the copies that scikit-image ships.

Usage: python examples/make_photos.py        (requirements in conformance/python)
"""

from pathlib import Path

import skimage.data
from PIL import Image

FOLDER = Path(__file__).resolve().parent / "pictures" / "photos"
WIDTH = 640

for name in ("astronaut", "camera", "chelsea", "coffee", "rocket"):
    image = Image.fromarray(getattr(skimage.data, name)())
    image.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    image.save(FOLDER / f"{name}.jpg", quality=85)
