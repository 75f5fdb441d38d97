"""The twin of `conformance/seeded-weights.ts`: the same weights, bit for bit, from names alone."""

import math
import re

import numpy as np


def hash_name(name):
    """FNV-1a."""
    value = 0x811C9DC5
    for byte in name.encode("ascii"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def mix(counter, key):
    """The finaliser of MurmurHash3 over counters and a key, in uint32."""
    h = (counter * np.uint32(0x9E3779B1)) ^ np.uint32(key)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def scale_of(name, shape):
    if name.endswith("lambda1"):
        return 0.3, 0.2
    if re.search(r"norm.*weight$", name):
        return 1.0, 0.2
    if name.endswith("bias"):
        return 0.0, 0.1
    if re.search(r"token|position", name):
        return 0.0, 0.5
    return 0.0, math.sqrt(3 / math.prod(shape[1:]))


def seeded_values(name, shape):
    """The values of a tensor, named as transformers names it in files."""
    offset, scale = (np.float32(x) for x in scale_of(name, shape))
    counter = np.arange(math.prod(shape), dtype=np.uint32)
    uniform = (mix(counter, hash_name(name)) >> np.uint32(8)).astype(np.float32) * np.float32(2**-23) - np.float32(1)
    return (offset + scale * uniform).reshape(shape)
