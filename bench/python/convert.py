"""The conversion that `bench/conversion.ts` compares with: a .pth file to float16 safetensors, as one would write it.

Usage: python convert.py SOURCE.pth TARGET.safetensors
"""

import sys

import torch
from safetensors.torch import save_file

source, target = sys.argv[1:]
state = torch.load(source, map_location="cpu", weights_only=True)
save_file({name: value.half() for name, value in state.items()}, target, metadata={"format": "pt"})
