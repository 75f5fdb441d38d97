"""Makes `conformance/fixtures/bicubic.safetensors`: PyTorch's weights of bicubic resampling along one axis, to the bit.

Usage: python conformance/python/dump_bicubic.py

`{mode}.{n}.{m}` is [m, n]: what m outputs take from each of n inputs, found by resampling unit vectors. The modes are
those of `layers/pos-embed.ts`.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

# some of these tell one order of rounding from another in a single weight
SIZES = (
    (37, 16), (37, 22), (37, 26), (37, 37), (37, 38), (37, 64), (16, 9), (16, 41),
    (6, 4), (6, 5), (6, 17), (6, 37), (6, 42), (2, 7), (1, 3), (5, 1),
)


def weights(n, m, **options):
    # the other axis keeps its length, so its weights are 1 and 0
    units = torch.eye(n).reshape(n, 1, n, 1).expand(n, 1, n, 8).contiguous()
    resampled = torch.nn.functional.interpolate(units, mode="bicubic", **options)
    return resampled[:, 0, :, 3].T.contiguous()


def main():
    torch.set_num_threads(1)
    tensors = {}
    for n, m in SIZES:
        tensors[f"bicubic.{n}.{m}"] = weights(n, m, size=(m, 8))
        tensors[f"bicubic-offset.{n}.{m}"] = weights(n, m, scale_factor=((m + 0.1) / n, 1.0))
        tensors[f"bicubic-antialias.{n}.{m}"] = weights(n, m, size=(m, 8), antialias=True)
    save_file(tensors, Path(__file__).resolve().parent.parent / "fixtures" / "bicubic.safetensors")


if __name__ == "__main__":
    main()
