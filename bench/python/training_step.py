"""Training steps of PyTorch for `bench/training-step.ts`: a line of standard input is a step, answered by its seconds."""

import json
import sys
import time

import torch
from transformers import Dinov2Config, Dinov2ForImageClassification

settings = json.loads(sys.argv[1])
if settings["threads"] > 0:
    torch.set_num_threads(settings["threads"])
config = Dinov2Config(
    hidden_size=settings["hiddenSize"],
    num_attention_heads=settings["numAttentionHeads"],
    image_size=settings["imageSize"],
    num_labels=10,
)
model = Dinov2ForImageClassification(config).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
batch = settings["batch"]
pixels = torch.randn(batch, 3, 224, 224, generator=torch.Generator().manual_seed(0))
labels = torch.arange(batch) % 10

for _ in sys.stdin:
    start = time.perf_counter()
    model(pixel_values=pixels, labels=labels).loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    print(time.perf_counter() - start, flush=True)
