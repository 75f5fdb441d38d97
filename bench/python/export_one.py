"""Loads a model, or exports it as ONNX for images of 224 pixels, and says how much memory the process has had.

Usage: python export_one.py load|export FOLDER [TARGET]

Prints bytes. `bench/onnx-export.ts` runs it.
"""

import resource
import sys
import warnings

import torch
from transformers import Dinov2Model


class LastHiddenState(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        output = self.model(pixel_values)
        return output.last_hidden_state, output.pooler_output


mode, folder, *target = sys.argv[1:]
model = Dinov2Model.from_pretrained(folder, local_files_only=True, attn_implementation="eager").eval()
if mode == "export":
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            LastHiddenState(model),
            (torch.zeros(2, 3, 224, 224),),
            target[0],
            input_names=["pixel_values"],
            output_names=["last_hidden_state", "pooler_output"],
            dynamic_shapes={"pixel_values": {0: torch.export.Dim("batch")}},
            dynamo=True,
            external_data=False,
            verbose=False,
        )
# the unit is bytes on macOS, kibibytes elsewhere
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
