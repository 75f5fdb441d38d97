"""Blocks of EXIF and XMP that name an orientation, in all the ways that files have."""

import struct

#: types of TIFF whose values Python's struct packs
NUMBERS = {1: "B", 3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 11: "f", 12: "d", 13: "L", 16: "Q"}


#: maker, resolution and its unit, in the types that they have
OTHERS = {0x010F: (2, 5, b"maker"), 0x011A: (5, 1, b"\0\0\1\0\0\0\1\0"), 0x0128: (3, 1, b"\2\2")}


def value_of(rng, order, orientation):
    """Type, count and bytes of a value, the orientation first: one SHORT, or anything else."""
    kind = rng.choice([3] * 16 + [*NUMBERS, 2, 5, 7, 10])
    count = rng.choice([1, 1, 1, 1, 2, 3])
    if kind in (2, 7):
        return kind, count, (b"%d" % orientation) * count
    if kind in (5, 10):
        below = rng.choice([1, 1, 2, 0])
        packed = struct.pack(order + ("LL" if kind == 5 else "ll"), orientation * max(below, 1), below)
        return kind, count, packed * count
    return kind, count, struct.pack(order + NUMBERS[kind] * count, orientation, *range(count - 1))


def exif(rng, orientation):
    """A TIFF structure with `Exif\\0\\0` before it: mostly one SHORT, sometimes damaged or in another type."""
    order = rng.choice("<>")
    tags = [0x010F, 0x011A, 0x0112, 0x0128][rng.randrange(3) :]
    entries, beyond = b"", b""
    start = 8 + 2 + 12 * len(tags) + 4
    for tag in tags:
        kind, count, value = OTHERS.get(tag) or value_of(rng, order, orientation)
        if len(value) > 4:
            entries += struct.pack(order + "HHLL", tag, kind, count, start + len(beyond))
            beyond += value
        else:
            entries += struct.pack(order + "HHL", tag, kind, count) + value.ljust(4, b"\0")
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "L", 8)
    block = head + struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "L", 0) + beyond
    if rng.random() < 0.05:
        block = block[: rng.randrange(len(block))]
    return b"Exif\0\0" + block


def xmp(rng, orientation):
    """A packet of XMP, as an attribute, an element, or in a spelling that Pillow passes over."""
    form = rng.choice([b'tiff:Orientation="%d"', b"<tiff:Orientation>%d</tiff:Orientation>", b"tiff:Orientation='%d'"])
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description ' + form % orientation + b"/></x:xmpmeta>"


def sources(rng):
    """Which blocks a file gets: often none, sometimes two that disagree."""
    kinds = rng.choice([(), (), ("exif",), ("exif",), ("xmp",), ("exif", "xmp")])
    make = {"exif": exif, "xmp": xmp}
    return {kind: make[kind](rng, rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 6, 8, 0, 9])) for kind in kinds}
