"""Writes numbers of torch's CPU generator to `conformance/fixtures/random.json`.

Usage: python conformance/python/dump_random.py        (the same bytes every time)

Each list is a run of calls on one generator, in this order, so that each call also tests the state that the ones before leave.
"""

import json
from pathlib import Path

import torch

PATH = Path(__file__).resolve().parent.parent / "fixtures" / "random.json"
SEEDS = (0, 42, 2**32 + 5, -1)
CALLS = [
    ("rand", []),
    ("uniform", [-0.3, 0.7]),
    ("uniform", [0.08, 1]),
    ("randint", [1000]),
    ("randint", [2**28 - 1]),
    ("randint", [2**28]),
    ("randint", [2**40]),
    ("rand64", []),
    ("seed", []),
    ("randperm", [0]),
    ("randperm", [1]),
    ("randperm", [12]),
    ("normal", [1, 0.5, 2]),
    ("randperm", [1257]),
    ("normal", [6, 0, 1]),
    ("normal", [16, 0, 1]),
    ("normal", [37, 3, 0.01]),
    ("normal", [2, 0, 1]),
    ("rand", []),
]


def call(g, name, arguments):
    match name:
        case "rand":
            return torch.rand((), generator=g).item()
        case "rand64":
            return torch.rand((), dtype=torch.float64, generator=g).item()
        case "uniform":
            return torch.empty(()).uniform_(*arguments, generator=g).item()
        case "randint":
            return torch.randint(arguments[0], (), generator=g).item()
        case "seed":
            # more digits than JSON's numbers have in JavaScript
            return str(torch.empty((), dtype=torch.int64).random_(generator=g).item())
        case "randperm":
            return torch.randperm(arguments[0], generator=g).tolist()
        case "normal":
            count, mean, deviation = arguments
            return torch.empty(count).normal_(mean, deviation, generator=g).tolist()


def main():
    runs = []
    for seed in SEEDS:
        g = torch.Generator().manual_seed(seed)
        results = [call(g, name, arguments) for name, arguments in CALLS]
        # of the long permutation its sum weighted by place is enough
        i = CALLS.index(("randperm", [1257]))
        results[i] = sum(place * value for place, value in enumerate(results[i]))
        runs.append({"seed": seed, "results": results})
    PATH.write_text(json.dumps({"calls": CALLS, "runs": runs}) + "\n")


main()
