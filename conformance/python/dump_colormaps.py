"""Writes matplotlib's colour maps as `rendering/colormap-tables.ts`, and what tests hold them and colours of values against.

Usage: python conformance/python/dump_colormaps.py
"""

import hashlib
import json
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Normalize
from PIL import Image

ROOT = Path(__file__).parents[2]
LISTED = ["viridis", "inferno", "magma", "plasma", "turbo"]
# bytes are cut off, so that these backwards are not their bytes backwards
BOTH_WAYS = ["Spectral", "Spectral_r", "gray", "gray_r"]

HEAD = f"""/**
 * matplotlib's colour maps, written by `conformance/python/dump_colormaps.py` of matplotlib {matplotlib.__version__}: the first colour, and what
 * each channel of each further one is more than that of the one before, as a letter: e is 0, a is -4, m is 8.
 */
export const COLORMAP_TABLES: Readonly<Record<string, readonly [first: readonly number[], steps: string]>> = {{
"""


def table(name):
    return colormaps[name](np.arange(256), bytes=True)[:, :3]


def row(name):
    colours = table(name).astype(int)
    steps = np.diff(colours, axis=0).ravel()
    assert -4 <= steps.min() and steps.max() <= 8, name
    letters = "".join(chr(ord("e") + step) for step in steps)
    return f"  {name}: [\n    [{', '.join(map(str, colours[0]))}],\n    '{letters}',\n  ],\n"


def coloured():
    """Values as matplotlib colours them, over their own range and over a given one."""
    rng = np.random.default_rng(17)
    values = rng.normal(size=(6, 9)).astype(np.float32)
    cases = []
    for colormap, given in [("viridis", None), ("Spectral_r", [-0.7, 1.1]), ("gray", [0, 2]), ("turbo", [0.3, 0.3])]:
        norm = Normalize() if given is None else Normalize(*given)
        colours = colormaps[colormap](norm(values), bytes=True)[..., :3]
        cases.append({"colormap": colormap, "range": given, "colours": colours.ravel().tolist()})
    return {"width": 9, "height": 6, "values": values.ravel().astype(float).tolist(), "cases": cases}


def resized():
    """A plane of floats as Pillow resizes it in its mode F."""
    values = np.random.default_rng(18).normal(size=(4, 5)).astype(np.float32)
    cases = []
    for name in ["nearest", "bilinear", "bicubic"]:
        plane = Image.fromarray(values).resize((13, 9), Image.Resampling[name.upper()])
        cases.append({"interpolation": name, "values": np.asarray(plane).ravel().astype(float).tolist()})
    return {"width": 5, "height": 4, "values": values.ravel().astype(float).tolist(), "cases": cases}


def main():
    rows = "".join(row(name) for name in LISTED + BOTH_WAYS)
    (ROOT / "rendering/colormap-tables.ts").write_text(f"{HEAD}{rows}}};\n")
    names = [*LISTED, *(f"{name}_r" for name in LISTED), *BOTH_WAYS]
    digests = {name: hashlib.sha256(table(name).tobytes()).hexdigest() for name in sorted(names)}
    fixture = {"digests": digests, "coloured": coloured(), "resized": resized()}
    (ROOT / "conformance/fixtures/colormaps.json").write_text(json.dumps(fixture) + "\n")


main()
