"""Makes what every engine of the benchmark reads: the same seeded weights in each one's format, inputs, and the truth.

Usage: python bench/python/prepare.py FOLDER CASE… [--fixed-size] [--quantised] [--kernels]
       CASE: SIZE/IMAGE/BATCH, for instance base/224/1; SIZE is small, base or large

FOLDER/SIZE/         a folder as published: config.json, model.safetensors, preprocessor_config.json, onnx/model.onnx
FOLDER/SIZE/onnx/model_static_IMAGE.onnx       with --fixed-size: for images of one size
FOLDER/SIZE/onnx/model_quantized.onnx          with --quantised: weights and activations in 8 bits
FOLDER/SIZE/IMAGE/BATCH/pixel_values.f32       [B, 3, H, W], little-endian
FOLDER/SIZE/IMAGE/BATCH/last_hidden_state.f64  [B, T, D] as PyTorch computes it in float64
FOLDER/kernels/      with --kernels: single products and attentions as ONNX

What is there already is left alone. The weights are those of `conformance/seeded-weights.ts`.
"""

import argparse
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
from transformers import BitImageProcessor, Dinov2Config, Dinov2Model

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "conformance" / "python"))
from full_size import SIZES, fill  # noqa: E402
from kernel_models import write_kernels  # noqa: E402
from seeded_weights import seeded_values  # noqa: E402


class LastHiddenState(torch.nn.Module):
    """The output every engine is asked for, and no other."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model(pixel_values).last_hidden_state


def build(size, **fields):
    model = Dinov2Model(Dinov2Config(image_size=518, patch_size=14, **SIZES[size], **fields)).eval()
    fill(model)
    return model


def write_published(folder, size):
    """The folder as transformers saves it, with the names of its files up to version 4."""
    model = build(size)
    model.save_pretrained(folder)
    processor = BitImageProcessor(
        size={"shortest_edge": 256},
        crop_size={"height": 224, "width": 224},
        resample=3,
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
        do_convert_rgb=True,
    )
    processor.save_pretrained(folder)


def write_onnx(path, size, image=None):
    """What PyTorch's exporter makes, with a free batch, in one file: for images of one height and width, or of all.

    Attention is exported as its products and softmax. As PyTorch's fused function it becomes a graph that guards
    against rows without keys: no faster, and with twice the memory, of which onnxruntime-web has too little at 1022.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    free = {0: torch.export.Dim("batch")}
    if image is None:
        free |= {2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    side = image or 224
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            LastHiddenState(build(size, attn_implementation="eager")),
            (torch.zeros(2, 3, side, side),),
            path,
            input_names=["pixel_values"],
            output_names=["last_hidden_state"],
            dynamic_shapes={"pixel_values": free},
            dynamo=True,
            external_data=False,
        )


def write_quantised(target, source):
    """onnxruntime's dynamic quantisation with its defaults, as the models that transformers.js calls q8 are made."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType.QUInt8)


def write_case(folder, size, image, batch):
    folder.mkdir(parents=True, exist_ok=True)
    values = seeded_values("pixel_values.token", [batch, 3, image, image]) * np.float32(4)
    values.astype("<f4").tofile(folder / "pixel_values.f32")
    model = build(size).double()
    with torch.no_grad():
        outputs = [model(torch.from_numpy(values[i : i + 1]).double()).last_hidden_state for i in range(batch)]
    torch.cat(outputs).numpy().astype("<f8").tofile(folder / "last_hidden_state.f64")


def once(target, make):
    """Runs `make` unless `target`, the last file it writes, is there."""
    if target.exists():
        return
    print(target, file=sys.stderr, flush=True)
    make()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--fixed-size", action="store_true")
    parser.add_argument("--quantised", action="store_true")
    parser.add_argument("--kernels", action="store_true")
    arguments = parser.parse_intermixed_args()
    for case in arguments.cases:
        size, image, batch = case.split("/")
        published = arguments.folder / size
        once(published / "preprocessor_config.json", lambda: write_published(published, size))
        free = published / "onnx" / "model.onnx"
        once(free, lambda: write_onnx(free, size))
        fixed = published / "onnx" / f"model_static_{image}.onnx"
        if arguments.fixed_size:
            once(fixed, lambda: write_onnx(fixed, size, int(image)))
        quantised = published / "onnx" / "model_quantized.onnx"
        if arguments.quantised:
            once(quantised, lambda: write_quantised(quantised, free))
        folder = published / image / batch
        once(folder / "last_hidden_state.f64", lambda: write_case(folder, size, int(image), int(batch)))
    if arguments.kernels:
        write_kernels(arguments.folder / "kernels")


if __name__ == "__main__":
    main()
