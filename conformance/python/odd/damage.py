"""Files that are cut off, or wrong in a few bytes."""


def damaged(rng, name, data):
    """One file of ten."""
    if rng.random() < 0.9:
        return name, data
    data = bytearray(data)
    if rng.random() < 0.4:
        return f"{name}, file cut", bytes(data[: int(rng.integers(6, len(data) + 1))])
    for _ in range(rng.integers(1, 4)):
        near = rng.random() < 0.5
        data[int(rng.integers(6, min(len(data), 80) if near else len(data)))] = int(rng.integers(0, 256))
    return f"{name}, file bits", bytes(data)
