"""Draws docs/digits.png from the output of the command.

Usage: npx dinov2 classify examples/pictures/digits --model models/digits --top-k 1 --json | python docs/make_digits_image.py
"""

import json
import sys

from PIL import Image, ImageDraw, ImageFont

TILE, TEXT, COLUMNS = 128, 44, 5
rows = [json.loads(line) for line in sys.stdin]
sheet = Image.new("RGB", (COLUMNS * (TILE + 12) + 12, -(-len(rows) // COLUMNS) * (TILE + TEXT) + 12), "white")
draw = ImageDraw.Draw(sheet)
for i, row in enumerate(rows):
    x, y = 12 + i % COLUMNS * (TILE + 12), 12 + i // COLUMNS * (TILE + TEXT)
    sheet.paste(Image.open(row["image"]).resize((TILE, TILE), Image.Resampling.NEAREST), (x, y))
    draw.rectangle((x, y, x + TILE - 1, y + TILE - 1), outline="#999")
    best = row["labels"][0]
    draw.text((x, y + TILE + 6), f"{best['label']} {best['score']:.4f}", fill="#222", font=ImageFont.load_default(18))
sheet.save("docs/digits.png", optimize=True)
