"""Similarity maps and mutual nearest patches by brute force in NumPy: conformance/fixtures/similarity.safetensors."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

GRIDS = {"a": (7, 9), "b": (6, 8)}
DIM = 24
RATIO = 0.5


def unit(features):
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def main():
    random = np.random.default_rng(5)
    a, b = (random.normal(size=(rows * columns, DIM)) for rows, columns in GRIDS.values())
    # some of them show the same
    b[5:40] = a[20:55] + np.linspace(0.2, 1, 35)[:, None] * random.normal(size=(35, DIM))
    a, b = a.astype(np.float32), b.astype(np.float32)
    cosines = unit(a.astype(np.float64)) @ unit(b.astype(np.float64)).T
    forward, backward = cosines.argmax(1), cosines.argmax(0)
    pairs = [(i, j) for i, j in enumerate(forward) if backward[j] == i]

    def second(i, j):
        columns = GRIDS["b"][1]
        far = [
            k
            for k in range(len(b))
            if max(abs(k // columns - j // columns), abs(k % columns - j % columns)) > 1
        ]
        return cosines[i, far].max()

    def distance(cosine):
        return np.sqrt(max(0, 2 - 2 * cosine))

    sure = [(i, j) for i, j in pairs if distance(cosines[i, j]) <= RATIO * distance(second(i, j))]
    save_file(
        {
            "a": a,
            "b": b,
            "cosines": cosines.astype(np.float32),
            "pairs": np.array(pairs, np.int32),
            "sure": np.array(sure, np.int32),
        },
        Path(__file__).parents[1] / "fixtures" / "similarity.safetensors",
        metadata={"grids": str([list(grid) for grid in GRIDS.values()]), "ratio": str(RATIO)},
    )
    print(len(pairs), len(sure))


if __name__ == "__main__":
    main()
