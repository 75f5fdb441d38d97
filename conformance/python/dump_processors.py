"""Makes images as other processors than DINOv2's prepare them, under `conformance/fixtures/processors`.

Usage: python conformance/python/dump_processors.py        (the same bytes every time)

`transformers-*`: files of other classes with the same steps, read by transformers as AutoImageProcessor reads them.
`timm-*`: timm's transforms for evaluation, of a `pretrained_cfg`. The tensors are those of `dump_images.py`.
"""

import io
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from timm.data import create_transform, resolve_data_config
from transformers import AutoImageProcessor

from dump_images import encode, photo
from references import sort_metadata

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "processors"
CLASSES = {
    "vit": dict(image_processor_type="ViTImageProcessor", size={"height": 28, "width": 30}),
    "vit-defaults": dict(image_processor_type="ViTImageProcessorFast"),
    "vit-old": dict(feature_extractor_type="ViTFeatureExtractor", size=28, resample=2),
    "vit-list": dict(image_processor_type="ViTImageProcessor", size=[20, 33], image_mean=0.4, image_std=0.25),
    "vit-crop": dict(image_processor_type="ViTImageProcessor", size=40, do_center_crop=True, crop_size=[21, 30]),
    "clip": dict(image_processor_type="CLIPImageProcessor", size=32, crop_size=28),
    "clip-old": dict(feature_extractor_type="CLIPFeatureExtractor", size=40, crop_size=28, do_normalize=False),
    "deit": dict(image_processor_type="DeiTImageProcessor", size=34, crop_size={"height": 28, "width": 28}),
    "beit": dict(feature_extractor_type="BeitFeatureExtractor", size=27, do_center_crop=True, crop_size=23),
    "siglip": dict(image_processor_type="SiglipImageProcessor", size=28),
    "blip": dict(image_processor_type="BlipImageProcessor", size=30, resample=1),
    "pvt": dict(image_processor_type="PvtImageProcessor", size=29),
    "mobilenet": dict(image_processor_type="MobileNetV1ImageProcessor", size={"shortest_edge": 37}, crop_size=30),
    "chinese-clip": dict(image_processor_type="ChineseCLIPImageProcessor", size={"height": 35, "width": 29}, crop_size=28),
}
IMAGENET = dict(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
TIMM = {
    # 61 × 47 at 28 is 36 × 28: eight columns too many; at 29, 37 × 29: nine, and at 31, eleven
    "even": dict(input_size=[3, 28, 28], crop_pct=1.0, **IMAGENET),
    "odd-up": dict(input_size=[3, 28, 28], crop_pct=0.9, mean=[0.707223, 0.578729, 0.703617], std=[0.211883, 0.230117, 0.177517]),
    "odd-down": dict(input_size=[3, 30, 30], crop_pct=0.95, interpolation="bilinear", **IMAGENET),
    "defaults": dict(input_size=[3, 28, 28]),
    "padded": dict(input_size=[3, 29, 29], crop_pct=1.2, interpolation="lanczos", **IMAGENET),
    "padded-and-cropped": dict(input_size=[3, 30, 30], crop_pct=1.1, interpolation="nearest"),
    "squash": dict(input_size=[3, 28, 28], crop_pct=0.9, crop_mode="squash", interpolation="box", **IMAGENET),
    "half": dict(input_size=[3, 31, 31], crop_pct=0.875, mean=[0.5], std=[0.5], interpolation="hamming"),
}


def save(name, data, tensors, **metadata):
    path = FOLDER / f"{name}.safetensors"
    encoded = torch.from_numpy(np.frombuffer(data, dtype=np.uint8).copy())
    save_file({"image_file": encoded, **tensors}, path, metadata=metadata)
    sort_metadata(path)


def of_transformers(name, settings, data):
    image = Image.open(io.BytesIO(data))
    tensors = {}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "preprocessor_config.json").write_text(json.dumps(settings))
        for backend in ("torchvision", "pil"):
            processor = AutoImageProcessor.from_pretrained(folder, backend=backend)
            values = processor(image, return_tensors="pt")["pixel_values"][0]
            plain = processor(image, return_tensors="pt", do_rescale=False, do_normalize=False)["pixel_values"][0]
            tensors[f"resized.{backend}"] = plain.to(torch.uint8)
            if values.shape[-1] < 200:
                tensors[f"pixel_values.{backend}"] = values.to(torch.float32)
    save(f"transformers-{name}", data, tensors, settings=json.dumps(settings))


def of_timm(name, pretrained_cfg, data):
    image = Image.open(io.BytesIO(data))
    transform = create_transform(**resolve_data_config({}, pretrained_cfg=pretrained_cfg), is_training=False)
    resized = transform.transforms[1](transform.transforms[0](image))
    tensors = {
        "resized.timm": torch.from_numpy(np.array(resized)).permute(2, 0, 1).contiguous(),
        "pixel_values.timm": transform(image),
    }
    save(f"timm-{name}", data, tensors, pretrained_cfg=json.dumps(pretrained_cfg))


def main():
    torch.set_num_threads(1)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    data = encode(photo(61, 47), "PNG")
    for name, settings in CLASSES.items():
        of_transformers(name, settings, data)
    # Pillow runs the vertical pass first
    tall = encode(photo(40, 120), "PNG")
    for resample in (1, 2, 3):
        of_transformers(f"tall-{resample}", dict(image_processor_type="ViTImageProcessor", size=[40, 29], resample=resample), tall)
    # the middle of a new pixel falls on the border of two, or next to it
    for name, size, to in (("down", (23, 35), [14, 23]), ("up", (6, 4), [20, 141]), ("small", (6, 2), [41, 61])):
        settings = dict(image_processor_type="ViTImageProcessor", size=to, resample=0)
        of_transformers(f"nearest-{name}", settings, encode(photo(*size), "PNG"))
    for name, pretrained_cfg in TIMM.items():
        of_timm(name, pretrained_cfg, data)


if __name__ == "__main__":
    main()
