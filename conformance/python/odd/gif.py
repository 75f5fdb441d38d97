"""GIF files of every kind."""

import io

import numpy as np
from PIL import Image

from odd.damage import damaged
from odd.gif_parts import blocks, comment, control, gif_frame, screen, table

GIF_KINDS = {}


def gif_kind(function):
    GIF_KINDS[function.__name__] = function
    return function


def sizes(rng, low=1, high=41):
    return int(rng.integers(low, high)), int(rng.integers(low, high))


def any_table(rng, kind=None):
    size_code = int(rng.integers(0, 8))
    return size_code, table(rng, size_code, kind or rng.choice(["random", "random", "random", "ramp"]))


def maybe_tables(rng):
    """The table of the screen and of the frame."""
    return (
        any_table(rng) if rng.random() < 0.7 else None,
        any_table(rng) if rng.random() < 0.4 else None,
    )


def maybe_control(rng):
    if rng.random() < 0.5:
        return b""
    return control(rng, int(rng.integers(0, 256 if rng.random() < 0.2 else 4)) if rng.random() < 0.7 else None, int(rng.integers(0, 5)))


def whole(rng, frame_options=None, width=None, height=None, sw=None, sh=None, left=0, top=0, before=b"", between=b"", trailer=b";", background=None):
    w, h = sizes(rng)
    w, h = width if width is not None else w, height if height is not None else h
    options = dict(interlace=bool(rng.random() < 0.3))
    options.update(frame_options or {})
    g, l = maybe_tables(rng)
    options.setdefault("local", l)
    return (
        screen(rng, w if sw is None else sw, h if sh is None else sh, g, int(rng.integers(0, 256)) if background is None else background)
        + before + maybe_control(rng) + between
        + gif_frame(rng, w, h, left, top, **options) + trailer
    )


@gif_kind
def plain(rng):
    return whole(rng)


@gif_kind
def smaller_frame(rng):
    w, h = sizes(rng, 1, 20)
    left, top = sizes(rng, 0, 15)
    return whole(rng, width=w, height=h, sw=w + left + int(rng.integers(0, 9)), sh=h + top + int(rng.integers(0, 9)), left=left, top=top)


@gif_kind
def frame_over(rng):
    left, top = sizes(rng, 0, 15)
    sw, sh = sizes(rng, 0, 30)
    return whole(rng, sw=sw, sh=sh, left=left, top=top)


@gif_kind
def zero_screen(rng):
    return whole(rng, sw=0 if rng.random() < 0.8 else 5, sh=0)


@gif_kind
def zero_frame(rng):
    return whole(rng, width=0 if rng.random() < 0.5 else 4, height=0, sw=9, sh=9)


@gif_kind
def tables(rng):
    kinds = [None, "ramp", "random"]
    g, l = rng.choice(kinds), rng.choice(kinds)
    w, h = sizes(rng)
    return (
        screen(rng, w, h, any_table(rng, g) if g else None)
        + (control(rng, int(rng.integers(0, 256))) if rng.random() < 0.5 else b"")
        + gif_frame(rng, w, h, local=any_table(rng, l) if l else None, bits=int(rng.integers(2, 9))) + b";"
    )


@gif_kind
def stray_bytes(rng):
    choices = [b"\0", b"\0\0\0", b"\x01\x02", b"abc"]
    return whole(rng, before=choices[rng.integers(4)], between=choices[rng.integers(4)])


@gif_kind
def code_sizes(rng):
    w, h = sizes(rng)
    bits = int(rng.choice([0, 1, 2, 8, 9, 10, 11, 12, 13, 255]))
    if bits > 12:
        return whole(rng, dict(bits=bits, lzw=dict(random=True)))
    return whole(rng, dict(bits=bits, lzw=dict(walk=True) if bits else dict(random=True)))


@gif_kind
def lzw_odd(rng):
    options = {}
    for name in ("no_clear", "no_end", "clear_often", "clears", "long"):
        if rng.random() < 0.3:
            options[name] = True
    if options.get("no_clear"):
        options.pop("clears", None)
    if rng.random() < 0.3:
        options["block"] = int(rng.choice([1, 2, 3, 254]))
    return whole(rng, dict(lzw=options))


@gif_kind
def lzw_walk(rng):
    return whole(rng, dict(bits=int(rng.integers(1, 9)), lzw=dict(walk=True)))


@gif_kind
def lzw_random(rng):
    w, h = sizes(rng, 1, 12)
    return whole(rng, dict(bits=int(rng.integers(0, 13)), lzw=dict(random=True)), width=w, height=h)


@gif_kind
def lzw_big(rng):
    return whole(rng, dict(bits=8), width=int(rng.integers(80, 130)), height=int(rng.integers(80, 130)))


@gif_kind
def lzw_short(rng):
    return whole(rng, dict(lzw=dict(short=int(rng.integers(1, 4)), no_end=bool(rng.random() < 0.5))))


@gif_kind
def lzw_short_then_more(rng):
    w, h = sizes(rng)
    return whole(rng, dict(lzw=dict(short=1, no_end=True)), trailer=gif_frame(rng, w, h) + b";")


@gif_kind
def early_end(rng):
    return whole(rng, dict(lzw=dict(early_end=True)))


@gif_kind
def no_trailer(rng):
    data = whole(rng, trailer=b"")
    return data[: len(data) - int(rng.integers(0, 3))]


@gif_kind
def extensions(rng):
    parts = [
        comment(rng), comment(rng, b""), comment(rng, b"x" * 600),
        b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", b"!\xff\x0bNETSCAPE2.0\0", b"!\xff\x0bNETSCAPE2.0\x02\x01\0\0",
        b"!\xff\x0bXMP DataXMP" + blocks(b'<x tiff:Orientation="6"/>', rng), b"!\xff\0", b"!\xff\x03abc\0",
        b"!\x01\x0c" + bytes(12) + b"\x05hello\0", b"!\x01\0", b"!\x77\x02ab\0",
        b"!\xf9\0", control(rng, 1, size=1), control(rng, 1, size=2), control(rng, 1, size=3), control(rng, None, size=3),
        control(rng, 2), control(rng, None), b"!\xf9\x06\x01\0\0\x03\0\0\0", b"!\xf9\x04\x01\0\0\x02\x01a\0",
    ]
    chosen = b"".join(parts[rng.integers(len(parts))] for _ in range(rng.integers(1, 4)))
    return whole(rng, before=chosen)


@gif_kind
def transparent_twice(rng):
    return whole(rng, before=control(rng, int(rng.integers(0, 4))), between=control(rng, None))


@gif_kind
def animated(rng):
    w, h = sizes(rng)
    more = b"".join(maybe_control(rng) + gif_frame(rng, *sizes(rng), *sizes(rng, 0, 5)) for _ in range(2))
    return whole(rng, width=w, height=h, trailer=more + b";")


@gif_kind
def no_image(rng):
    return screen(rng, 5, 5, any_table(rng)) + rng.choice([b"", b";", comment(rng) + b";", b"!", b"!\xf9", b",", b",\0\0"])


@gif_kind
def of_pillow(rng):
    w, h = sizes(rng)
    image = Image.fromarray(rng.integers(0, 256, (h, w, 3), dtype=np.uint8)).quantize(int(rng.integers(2, 257)))
    out = io.BytesIO()
    options = dict(interlace=int(rng.integers(0, 2)))
    if rng.random() < 0.5:
        options["transparency"] = int(rng.integers(0, 5))
    if rng.random() < 0.3:
        options.update(save_all=True, append_images=[image.rotate(180)], disposal=int(rng.integers(0, 4)))
    image.save(out, "GIF", **options)
    return out.getvalue()


def make(random, _width, _height):
    rng = np.random.default_rng(random.getrandbits(32))
    name, function = list(GIF_KINDS.items())[rng.integers(len(GIF_KINDS))]
    return damaged(rng, f"gif {name}", function(rng))
