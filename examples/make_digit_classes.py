"""Writes the folders of `examples/pictures/digit-classes`: a folder for each class, in `train` and in `test`.

Usage: python examples/make_digit_classes.py        (scikit-learn and Pillow)

The images are among the 360 that `models/train_digits.py` holds out, so that the bundled model has not seen them; 8×8 pixels, as the
data set has them.
"""

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

FOLDER = Path(__file__).resolve().parent / "pictures" / "digit-classes"
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TRAIN, TEST = 12, 8


def main():
    digits = load_digits()
    indices = np.arange(len(digits.target))
    _, held_out = train_test_split(indices, test_size=360, random_state=0, stratify=digits.target)
    for label, name in enumerate(NAMES):
        chosen = [i for i in sorted(held_out) if digits.target[i] == label][: TRAIN + TEST]
        for part, members in (("train", chosen[:TRAIN]), ("test", chosen[TRAIN:])):
            folder = FOLDER / part / name
            folder.mkdir(parents=True, exist_ok=True)
            for i in members:
                ink = 255 - np.clip(digits.images[i] * 16, 0, 255)
                Image.fromarray(ink.astype(np.uint8), "L").save(folder / f"{i:04}.png", optimize=True)


if __name__ == "__main__":
    main()
