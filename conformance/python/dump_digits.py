"""Makes the reference of the bundled model: encoded images in, everything the model returns out.

Usage: python conformance/python/dump_digits.py
"""

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import AutoImageProcessor, Dinov2ForImageClassification

from references import outputs_of, save_reference

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("zero", "three", "eight")


def main():
    torch.set_num_threads(1)
    folder = ROOT / "models" / "digits"
    model = Dinov2ForImageClassification.from_pretrained(folder, attn_implementation="eager").eval()
    files = [(ROOT / "examples" / "images" / "digits" / f"{name}.png").read_bytes() for name in NAMES]
    images = [Image.open(io.BytesIO(data)) for data in files]
    pixel_values = AutoImageProcessor.from_pretrained(folder)(images, return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        result = model(pixel_values, output_hidden_states=True)
    tensors = {f"image_file.{i}": torch.from_numpy(np.frombuffer(data, np.uint8).copy()) for i, data in enumerate(files)}
    save_reference(
        ROOT / "conformance" / "fixtures" / "digits.safetensors",
        "Dinov2ForImageClassification",
        {**tensors, "pixel_values": pixel_values, **outputs_of(result)},
    )


if __name__ == "__main__":
    main()
