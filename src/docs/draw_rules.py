"""Draws one image under the maps of all rules of a run, for the page of methods.

    jobs/camatlas explain --images ONE.csv --model M.pt --out RUN --method grad-cam,score-cam,…
    python src/docs/draw_rules.py RUN src/docs/all-rules.jpg

Needs pyarrow, NumPy and Pillow. Maps are enlarged bilinearly, each from zero to its own maximum.
"""

import glob
import sys

import numpy as np
import pyarrow.parquet as pq
from PIL import Image, ImageDraw, ImageFont

COLUMNS, WIDTH, GAP, TITLE = 5, 208, 10, 26
STOPS = np.array([[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]], dtype=float)


def heat(share):
    at = np.clip(share, 0, 1) * (len(STOPS) - 1)
    low = np.minimum(at.astype(int), len(STOPS) - 2)
    return STOPS[low] + (STOPS[low + 1] - STOPS[low]) * (at - low)[..., None]


def tile(photo, row):
    values = np.array(row["map"], dtype=np.float32).reshape(row["map_height"], row["map_width"])
    large = np.asarray(Image.fromarray(values).resize(photo.size, Image.BILINEAR))
    share = large / max(large.max(), 1e-30)
    grey = np.asarray(photo.convert("L"), dtype=float)[..., None]
    return Image.fromarray((0.35 * grey + 0.65 * heat(share)).astype(np.uint8))


def main(run, out):
    names = ["path", "method", "map", "map_height", "map_width", "rule"]
    rows = [row for file in glob.glob(f"{run}/explanations/*/*.parquet")
            for row in pq.ParquetFile(file).read(columns=names).to_pylist()]
    first = min(row["path"] for row in rows)
    rows = sorted((row for row in rows if row["path"] == first), key=lambda row: row["rule"])
    photo = Image.open(first.removeprefix("file:")).convert("RGB")
    photo = photo.resize((WIDTH, round(photo.height * WIDTH / photo.width)), Image.LANCZOS)
    tiles = [("the picture", photo)] + [(row["method"], tile(photo, row)) for row in rows]
    lines = -(-len(tiles) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * (WIDTH + GAP) - GAP, lines * (photo.height + TITLE + GAP) - GAP), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=16)
    for index, (name, picture) in enumerate(tiles):
        x, y = index % COLUMNS * (WIDTH + GAP), index // COLUMNS * (photo.height + TITLE + GAP)
        pen.text((x, y + 3), name, fill="black", font=font)
        page.paste(picture, (x, y + TITLE))
    page.save(out, quality=88)


if __name__ == "__main__":
    main(*sys.argv[1:])
