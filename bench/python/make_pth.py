"""Writes a safetensors file as the `.pth` file that `torch.save` makes of the same tensors.

Usage: python make_pth.py SOURCE.safetensors TARGET.pth
"""

import sys

import torch
from safetensors.torch import load_file

source, target = sys.argv[1:]
torch.save(load_file(source), target)
