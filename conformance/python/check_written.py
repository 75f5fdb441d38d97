"""Checks that transformers loads what this library wrote, and computes the same from it.

Usage: python conformance/python/check_written.py SOURCE WRITTEN...

SOURCE is a folder that transformers saved; each WRITTEN is what this library made of it, in any dtype and number of
files. A written model must load without a missing or unexpected tensor, have the source's configuration and, to the bit,
the source's weights cast to its dtype, and give the outputs that those weights give.
"""

import argparse
import sys
from pathlib import Path

import torch
import transformers
from transformers import AutoConfig, AutoImageProcessor

IGNORED = ("dtype", "_name_or_path")


def load(folder, dtype):
    architecture = AutoConfig.from_pretrained(folder).architectures[0]
    model, report = getattr(transformers, architecture).from_pretrained(folder, dtype=dtype, output_loading_info=True)
    problems = {key: value for key, value in report.items() if value}
    assert not problems, f"{folder}: expected every tensor to be used, got {problems}"
    return model.eval()


def plain(config):
    return {key: value for key, value in config.to_dict().items() if key not in IGNORED}


def outputs(model):
    size = model.config.image_size
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randn((1, model.config.num_channels, size, size), generator=generator)
    with torch.no_grad():
        first = next(iter(model.float()(pixels).values()))
    # a backbone gives several maps
    return torch.cat([each.flatten() for each in first]) if isinstance(first, tuple) else first


def check(source, folder):
    written = load(folder, "auto")
    expected = load(source, torch.float32).to(written.dtype)
    assert plain(expected.config) == plain(written.config), f"{folder}: the configuration differs"
    state = written.state_dict()
    for name, value in expected.state_dict().items():
        assert state[name].dtype == value.dtype, f"{folder}: {name}: expected {value.dtype}, got {state[name].dtype}"
        assert torch.equal(state[name], value), f"{folder}: {name}: the values differ"
    dtype = written.dtype
    assert torch.equal(outputs(expected), outputs(written)), f"{folder}: the outputs differ"
    if (Path(source) / "preprocessor_config.json").exists():
        settings = [AutoImageProcessor.from_pretrained(each).to_dict() for each in (source, folder)]
        assert settings[0] == settings[1], f"{folder}: the image processor differs"
    files = len(list(Path(folder).glob("*.safetensors")))
    print(f"{folder}: {dtype}, {files} file(s), {len(state)} tensors: equal")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("written", nargs="+")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for folder in arguments.written:
        check(arguments.source, folder)


if __name__ == "__main__":
    sys.exit(main())
