"""Makes what Pillow 13 makes of noise that is much taller than wide, where it resizes rows before columns.

Run from the project's root, after make_image_fixtures.py, with Pillow 13 and numpy installed:

    python src/test/python/make_pillow13_fixtures.py
"""

import os

import PIL
from PIL import Image

ROOT = os.path.join("src", "test", "resources", "io", "camatlas", "image")
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def main():
    assert PIL.__version__.startswith("13."), PIL.__version__
    for name in ("tall", "long", "same"):
        picture = Image.open(os.path.join(ROOT, "files", f"noise-{name}.png")).convert("RGB")
        for kind, filter in FILTERS.items():
            resized = picture.resize((97, 31), filter)
            resized.save(os.path.join(ROOT, "expected", f"noise-{name}.rows.{kind}.png"), optimize=True)
            grey = picture.convert("L").resize((97, 31), filter).convert("RGB")
            grey.save(os.path.join(ROOT, "expected", f"noise-{name}.rows.{kind}.grey.png"), optimize=True)


if __name__ == "__main__":
    main()
