"""Writes what scikit-learn's PCA makes of small features to `conformance/fixtures/pca.safetensors`.

Usage: python conformance/python/dump_pca.py        (the same bytes every time on one machine)
       python conformance/python/dump_pca.py --sizes FOLDER    (features of the sizes of models, for `conformance/pca.ts`)

Features are float32, and the PCA is made of them in float64. `split` is two kinds of patches on a grid, with the split of the DINOv2
paper written out: Otsu's threshold on the first component, the side with fewer patches at the border, a PCA of it, and colours.
"""

import sys
from pathlib import Path

import numpy as np
import sklearn
from safetensors.numpy import save_file
from sklearn.decomposition import PCA

PATH = Path(__file__).resolve().parent.parent / "fixtures" / "pca.safetensors"
SMALL = {"steep": (60, 24, 1), "flat": (48, 32, 0), "wide": (12, 40, 0.5), "odd": (30, 7, 0.5)}
SIZES = [(256, 384), (1369, 384), (5329, 384), (256, 768), (1369, 768), (5329, 768), (256, 1024), (1369, 1024), (1369, 1536), (5329, 1536)]
ROWS, COLUMNS = 7, 9
RANGE = (0.01, 0.99)


def features(rng, n, d, decay):
    """normal in d directions whose deviations fall as powers, beside a mean, as a model's do; without decay all alike"""
    turn = np.linalg.qr(rng.standard_normal((d, d)))[0]
    x = rng.standard_normal((n, d)) * np.arange(1, d + 1.0) ** -decay @ turn.T + 2 * rng.standard_normal(d)
    return x.astype(np.float32)


def reference(x, k=3):
    pca = PCA(k, svd_solver="full").fit(x.astype(np.float64))
    return pca, {
        "mean": pca.mean_,
        "components": np.ascontiguousarray(pca.components_),
        "explained_variance": pca.explained_variance_,
        "explained_variance_ratio": pca.explained_variance_ratio_,
        "scores": pca.transform(x.astype(np.float64)),
    }


def otsu(scores):
    s = np.sort(scores)
    n = len(s)
    between = [i * (n - i) * (s[:i].mean() - s[i:].mean()) ** 2 for i in range(1, n)]
    i = int(np.argmax(between)) + 1
    return (s[i - 1] + s[i]) / 2


def split(rng):
    row, column = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    front = ((row - 3) / 2.5) ** 2 + ((column - 4) / 3.2) ** 2 < 1
    x = features(rng, ROWS * COLUMNS, 16, 0.7)
    x[front] += 3 * rng.standard_normal(16).astype(np.float32)
    first, _ = reference(x, 1)
    scores = first.transform(x.astype(np.float64))[:, 0]
    threshold = otsu(scores)
    above = scores > threshold
    border = (row == 0) | (column == 0) | (row == ROWS - 1) | (column == COLUMNS - 1)
    mask = above if border[above].mean() < border[~above].mean() else ~above
    pca, values = reference(x[mask])
    projected = pca.transform(x.astype(np.float64))
    low, high = np.quantile(projected[mask], RANGE, axis=0)
    colours = np.floor(255 * np.clip((projected - low) / (high - low), 0, 1) + 0.5).astype(np.uint8)
    colours[~mask] = 0
    return x, values | {"threshold": np.array([threshold]), "mask": mask.astype(np.uint8), "colours": colours}


def main():
    if "--sizes" in sys.argv:
        folder = Path(sys.argv[sys.argv.index("--sizes") + 1])
        for i, (n, d) in enumerate(SIZES):
            for decay in (0.6, 0):
                x = features(np.random.default_rng(i), n, d, decay)
                save_file({"features": x} | reference(x)[1], folder / f"{'flat' if decay == 0 else 'steep'}-{n}-{d}.safetensors")
        print(sklearn.__version__)
        return
    rng = np.random.default_rng(17)
    tensors = {}
    for name, (n, d, decay) in SMALL.items():
        x = features(rng, n, d, decay)
        tensors |= {f"{name}.{key}": value for key, value in ({"features": x} | reference(x)[1]).items()}
    x, values = split(rng)
    tensors |= {f"split.{key}": value for key, value in ({"features": x} | values).items()}
    save_file({key: np.ascontiguousarray(value) for key, value in tensors.items()}, PATH, {"scikit-learn": sklearn.__version__})


if __name__ == "__main__":
    main()
