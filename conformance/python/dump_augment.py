"""Writes torchvision's random crops and flips to `conformance/fixtures/augment.safetensors`.

Usage: python conformance/python/dump_augment.py        (the same bytes every time)

`crops` [120, 7]: height and width of an image, then top, left, height, width of its crop, and whether it is flipped,
all drawn one after another from one seed. `image`, and of each backend and filter its augmented pixels [4, H, W, 3],
from seeds 0 to 3.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torchvision.transforms import InterpolationMode, RandomResizedCrop, v2

PATH = Path(__file__).resolve().parent.parent / "fixtures" / "augment.safetensors"
SIZES = [(48, 37), (333, 500), (1, 200), (200, 1), (64, 1000), (224, 224), (17, 19), (3000, 4000), (518, 517), (2, 3)]
FILTERS = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}


def crops():
    torch.manual_seed(11)
    rows = []
    for i in range(120):
        height, width = SIZES[i % len(SIZES)]
        scale, ratio = [((0.08, 1.0), (3 / 4, 4 / 3)), ((0.4, 0.9), (0.5, 3.0))][i // 60]
        box = RandomResizedCrop.get_params(torch.empty(3, height, width), scale, ratio)
        rows.append([height, width, *box, int(torch.rand(1) < 0.5)])
    return torch.tensor(rows, dtype=torch.int32)


def augmented(image, backend, mode, seed):
    torch.manual_seed(seed)
    steps = v2.Compose([v2.RandomResizedCrop((15, 21), interpolation=mode, antialias=True), v2.RandomHorizontalFlip()])
    if backend == "pil":
        return torch.from_numpy(np.asarray(steps(Image.fromarray(image.numpy()))).copy())
    return steps(image.permute(2, 0, 1)).permute(1, 2, 0).contiguous()


def main():
    y, x = torch.meshgrid(torch.arange(26.0), torch.arange(31.0), indexing="ij")
    waves = [127 + 120 * torch.sin(x * a + y * b) for a, b in ((0.9, 0.3), (0.2, 1.1), (0.5, -0.7))]
    image = torch.stack(waves, -1).round().to(torch.uint8)
    tensors = {"crops": crops(), "image": image}
    for backend in ("torchvision", "pil"):
        for name, mode in FILTERS.items():
            tensors[f"{backend}.{name}"] = torch.stack([augmented(image, backend, mode, seed) for seed in range(4)])
    save_file(tensors, PATH)


main()
