"""Trains the bundled digit classifier and writes `models/digits` and the example images.

Usage: python models/train_digits.py        (a few minutes on two cores; requirements in conformance/python)

A small Dinov2ForImageClassification, trained from random weights on scikit-learn's copy of the "Optical Recognition
of Handwritten Digits" data set (UCI, CC BY 4.0): 1,797 images of 8×8 pixels. Images reach the model as they reach
it at run time: as PNG files of 64×64 pixels, through the image processor that is saved beside the weights.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from transformers import BitImageProcessor, Dinov2Config, Dinov2ForImageClassification

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "models" / "digits"
EXAMPLES = ROOT / "examples" / "pictures" / "digits"
SIDE = 64
EPOCHS = 60


def image(digit):
    """An 8×8 digit with levels 0…16 as a 64×64 image: dark ink on white paper."""
    levels = (255 - np.clip(digit * 16, 0, 255)).astype(np.uint8)
    return Image.fromarray(levels, "L").resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGB")


def shifted(pixels, generator):
    """A batch moved by up to three pixels, the paper's white at the border."""
    padded = torch.nn.functional.pad(pixels, (3, 3, 3, 3), mode="replicate")
    dy, dx = torch.randint(0, 7, (2,), generator=generator).tolist()
    return padded[:, :, dy : dy + pixels.shape[2], dx : dx + pixels.shape[3]]


def accuracy(model, pixels, labels):
    model.eval()
    with torch.no_grad():
        predicted = torch.cat([model(part).logits.argmax(-1) for part in pixels.split(256)])
    return (predicted == labels).float().mean().item(), predicted


def main():
    torch.manual_seed(0)
    torch.set_num_threads(2)
    digits = load_digits()
    images = [image(digit) for digit in digits.images]
    labels = torch.tensor(digits.target)
    processor = BitImageProcessor(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}, resample=3,
        image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5],
    )
    pixels = processor(images, return_tensors="pt")["pixel_values"]
    indices = np.arange(len(labels))
    rest, test = train_test_split(indices, test_size=360, random_state=0, stratify=digits.target)
    train, validation = train_test_split(rest, test_size=180, random_state=0, stratify=digits.target[rest])

    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    config = Dinov2Config(
        hidden_size=96, num_hidden_layers=4, num_attention_heads=3, mlp_ratio=4, image_size=32, patch_size=4,
        layerscale_value=0.5, num_labels=10, id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)},
        problem_type="single_label_classification",
    )
    model = Dinov2ForImageClassification(config)
    steps = EPOCHS * math.ceil(len(train) / 64)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=2e-3, total_steps=steps, pct_start=0.15)
    generator = torch.Generator().manual_seed(1)
    best = (0.0, None)
    for epoch in range(EPOCHS):
        model.train()
        order = torch.from_numpy(train)[torch.randperm(len(train), generator=generator)]
        for batch in order.split(64):
            loss = model(shifted(pixels[batch], generator), labels=labels[batch]).loss
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        value, _ = accuracy(model, pixels[validation], labels[validation])
        if value >= best[0]:
            best = (value, {k: v.clone() for k, v in model.state_dict().items()})
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}, validation {value:.4f}", flush=True)
    model.load_state_dict(best[1])
    held_out, predicted = accuracy(model, pixels[test], labels[test])
    print(f"held-out accuracy {held_out:.4f}")

    model.save_pretrained(FOLDER)
    processor.save_pretrained(FOLDER)
    EXAMPLES.mkdir(parents=True, exist_ok=True)
    for label in range(10):
        known = next(i for i, p in zip(test, predicted) if labels[i] == label and p == label)
        images[known].save(EXAMPLES / f"{names[label]}.png")
    summary = {
        "validationAccuracy": round(best[0], 4), "heldOutAccuracy": round(held_out, 4), "heldOutImages": len(test),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
    (FOLDER / "training.json").write_text(json.dumps(summary, indent=2) + "\n")


if __name__ == "__main__":
    main()
