"""Makes `conformance/fixtures/torch/`: small files of torch.save, and what torch reads from them.

Usage: python conformance/python/dump_torch_files.py

`{name}.pth` is what is read, `{expected}.safetensors` what has to come of it; `index.json` says which belongs to which, and
from which container of the file the weights are. Zip files are the same bytes every time; legacy files name their
storages by addresses in memory, so their bytes change.
"""

import argparse
import datetime
import decimal
import enum
import functools
import json
import pathlib
import re
import uuid
from collections import OrderedDict, deque, namedtuple

import numpy as np
import torch
from safetensors.torch import save_file

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
TARGET = FIXTURES / "torch"


def values(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def dtypes():
    """A tensor of every dtype that safetensors has too, with NaN, infinities and extremes."""
    floats = torch.tensor([1.5, -0.0, float("nan"), float("inf"), -65504.0, 1e-7])
    tensors = {
        f"float.{dtype}".replace("torch.", ""): floats.to(dtype)
        for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    }
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8):
        limits = torch.iinfo(dtype)
        tensors[f"integer.{dtype}".replace("torch.", "")] = torch.tensor([limits.min, 3, limits.max], dtype=dtype)
    for dtype in (torch.uint16, torch.uint32, torch.uint64):
        tensors[f"integer.{dtype}".replace("torch.", "")] = torch.tensor([0, 3, 250], dtype=dtype)
    tensors["bool"] = torch.tensor([[True, False, True]])
    return tensors


def views():
    """Tensors that share storages, or stand in them otherwise than row by row."""
    base = values(4, 6, seed=1)
    wide = values(3, 5, seed=2).double()
    half = values(2, 3, 4, seed=3).half()
    return {
        "base": base,
        "shared": base,
        "flat": base.view(-1),
        "transposed": base.T,
        "rows": base[1:3],
        "columns": base[:, 2:5],
        "steps": base[::2, ::3],
        "wide.transposed": wide.T,
        "wide.column": wide[:, 3],
        "half.permuted": half.permute(2, 0, 1),
        "channels_last": values(2, 3, 2, 2, seed=4).to(memory_format=torch.channels_last),
        "bytes.steps": torch.arange(20, dtype=torch.uint8)[1::3],
        "expanded": values(1, 3, seed=5).expand(4, 3),
        "windows": torch.arange(6).unfold(0, 3, 1),
        "one_column": values(4, 1, seed=6).T,
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 4),
        "empty.rows": base[4:],
    }


def module():
    torch.manual_seed(0)
    return torch.nn.Sequential(OrderedDict(norm=torch.nn.BatchNorm1d(3), head=torch.nn.Linear(3, 2)))


def training(weights):
    """What a training run keeps."""
    model = module()
    optimizer = torch.optim.AdamW(model.parameters())
    model(values(4, 3, seed=7)).sum().backward()
    optimizer.step()
    return {
        "student": model.state_dict(),
        "teacher": {f"module.backbone.{name}": value for name, value in weights.items()},
        "optimizer": optimizer.state_dict(),
        "dino_loss": {"center": torch.zeros(1, 4)},
        "epoch": 3,
        "args": argparse.Namespace(lr=1e-3, output_dir=pathlib.PurePosixPath("run"), crops=(0.4, 1.0), name=None),
        "best": np.float64(0.5),
        "history": np.arange(3),
        "device": torch.device("cpu"),
        "seen": {1, 2},
        "spectrum": torch.zeros(2, dtype=torch.complex64),
        "rng_state": torch.arange(4, dtype=torch.uint8),
    }


class Stage(enum.Enum):
    TUNED = 2


class Settings(dict):
    """A dict of one's own."""


class Note:
    """An object of one's own, without a dict of attributes and with keywords to be made from."""

    __slots__ = ("text", "note")

    def __new__(cls, *, text):
        note = super().__new__(cls)
        note.text, note.note = text, note
        return note

    def __getnewargs_ex__(self):
        return (), {"text": self.text}


Point = namedtuple("Point", "x y")


def beside(weights):
    """Weights, and objects of many classes."""
    optimizer = torch.optim.AdamW(module().parameters())
    knot = ([],)
    knot[0].append(knot)
    return {
        "saved": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
        "stage": Stage.TUNED,
        "window": deque([0.5, 0.25], maxlen=4),
        "crop": slice(1, 9, 2),
        "factory": functools.partial(torch.nn.Linear, bias=False),
        "model": weights,
        "optimizer": optimizer,
        "scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 3),
        "net": module(),
        "settings": Settings(lr=1e-3, inner=Settings(size=(2, 3))),
        "notes": [Note(text="a"), Note(text="b")],
        "point": Point(1, 2),
        "pattern": re.compile("a+"),
        "run": uuid.UUID(int=5),
        "cost": decimal.Decimal("1.5"),
        "phase": 1 + 2j,
        "names": frozenset({"a"}),
        "steps": range(4),
        "knot": knot,
        "type": torch.nn.Linear,
        "generator": np.random.default_rng(0),
        "table": np.array([("a", 1)], dtype=[("name", "U1"), ("size", "i4")]),
    }


def main():
    TARGET.mkdir(exist_ok=True)
    index = {}

    def expect(name, tensors):
        save_file({key: value.detach().contiguous().clone() for key, value in tensors.items()}, TARGET / f"{name}.safetensors")

    def save(name, saved, expected, container=None, **options):
        torch.save(saved, TARGET / f"{name}.pth", **options)
        index[name] = {"expected": expected, **({"container": container} if container else {})}

    legacy = {"_use_new_zipfile_serialization": False}
    expect("dtypes", dtypes())
    save("dtypes-zip", dtypes(), "dtypes")
    save("dtypes-legacy", dtypes(), "dtypes", **legacy)
    expect("views", views())
    save("views-zip", views(), "views")
    save("views-legacy", views(), "views", **legacy)
    for protocol in (3, 4, 5):
        save(f"protocol-{protocol}-zip", dtypes(), "dtypes", pickle_protocol=protocol)
    save("protocol-4-legacy", dtypes(), "dtypes", pickle_protocol=4, **legacy)

    expect("module", module().state_dict())
    save("state-dict", module().state_dict(), "module")
    save("parameters", dict(module().named_parameters()) | dict(module().named_buffers()), "module")

    weights = {"cls_token": values(1, 1, 4, seed=8), "patch_embed.proj.weight": values(4, 3, 1, 1, seed=9)}
    expect("teacher", {f"module.backbone.{name}": value for name, value in weights.items()})
    save("training-zip", training(weights), "teacher", container="teacher")
    save("training-legacy", training(weights), "teacher", container="teacher", **legacy)
    both = {f"{role}.backbone.{name}": value for role in ("student", "teacher") for name, value in weights.items()}
    expect("both", both)
    save("student-and-teacher", {"model": both, "iteration": 9}, "both", container="model")
    save("nested", {"state_dict": {"teacher": {"backbone": weights}, "x": weights["cls_token"]}}, "weights", container="state_dict.teacher.backbone")
    expect("weights", weights)
    save("only-container", {"network": weights, "epoch": 1}, "weights", container="network")

    save("beside-zip", beside(weights), "weights", container="model")
    save("beside-protocol-4-zip", beside(weights), "weights", container="model", pickle_protocol=4)
    save("beside-legacy", beside(weights), "weights", container="model", **legacy)
    save("dict-of-ones-own", Settings(state_dict=Settings(weights), epoch=1), "weights", container="state_dict")
    save("whole-module-zip", module(), "module")
    save("whole-module-legacy", {"model": module(), "epoch": 1}, "module", container="model", **legacy)
    both = {"state_dict": {name: value + 1 for name, value in weights.items()}, "state_dict_ema": weights}
    save("moving-average", {"epoch": 1, "arch": "vit", **both, "version": 2}, "weights", container="state_dict_ema")

    torch.serialization.set_crc32_options(False)
    save("without-checksums", dtypes(), "dtypes")
    torch.serialization.set_crc32_options(True)

    for name, saved in {
        "complex": {"weight": torch.zeros(2, dtype=torch.complex64)},
        "float8": {"weight": torch.zeros(2).to(torch.float8_e4m3fn)},
        "sparse": {"weight": torch.eye(2).to_sparse()},
        "conjugate": {"weight": torch.zeros(2, dtype=torch.complex64).conj().imag},
        "tensor": torch.zeros(2),
    }.items():
        torch.save(saved, TARGET / f"refused-{name}.pth")
    torch.jit.script(module()).save(str(TARGET / "refused-script.pth"))
    (TARGET / "index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main()
