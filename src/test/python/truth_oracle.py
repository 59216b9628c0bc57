"""The localization metrics, written out literally in float64: the reference for the tests.

Running it writes golden/truth/cases.json: maps, annotations and what the published definitions give.

Definitions: pointing game with a circle of 15 pixels (arXiv:1608.00507, arXiv:1910.08485); energy-based pointing game
(arXiv:1910.01279); MaxBoxAcc, MaxBoxAccV2 and PxAP (arXiv:2001.07437, arXiv:2007.04178). Maps are enlarged bilinearly
with half-pixel centres and clamped edges, which is cv2.resize with INTER_LINEAR (checked below).

Needs numpy and opencv-python-headless.
"""

import json
import math
import pathlib

import cv2
import numpy as np

OUT = pathlib.Path(__file__).resolve().parent.parent / "resources/golden/truth/cases.json"
THRESHOLDS = [0.001 * i for i in range(1000)]


def upsampled(small, height, width):
    """Pixel by pixel from the definition."""
    h, w = small.shape
    out = np.zeros((height, width))
    for y in range(height):
        for x in range(width):
            v = min(max((y + 0.5) * h / height - 0.5, 0), h - 1)
            u = min(max((x + 0.5) * w / width - 0.5, 0), w - 1)
            r, c = math.floor(v), math.floor(u)
            r2, c2 = min(r + 1, h - 1), min(c + 1, w - 1)
            a, b = v - r, u - c
            out[y, x] = (
                (1 - a) * (1 - b) * small[r, c]
                + (1 - a) * b * small[r, c2]
                + a * (1 - b) * small[r2, c]
                + a * b * small[r2, c2]
            )
    reference = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    assert np.allclose(out, reference, atol=1e-6), np.abs(out - reference).max()
    return out


class Case:
    """One image: sizes as in PixelMapping, boxes and masks in pixels of the original."""

    def __init__(self, name, small, original, resized, offset, plane, boxes, masks=None, ignore=None):
        self.name = name
        self.small = np.asarray(small, dtype=np.float32).astype(np.float64)
        self.width, self.height = original
        self.resized_width, self.resized_height = resized
        self.left, self.top = offset
        self.plane_width, self.plane_height = plane
        self.boxes = boxes
        self.masks = masks
        self.ignore = ignore

    def to_plane(self, box):
        """Clipped to the plane, edges in floats."""
        x0, y0, x1, y1 = box
        sx, sy = self.resized_width, self.resized_height
        xs = [min(max(x * sx / self.width - self.left, 0), self.plane_width) for x in (x0, x1)]
        ys = [min(max(y * sy / self.height - self.top, 0), self.plane_height) for y in (y0, y1)]
        return xs[0], ys[0], xs[1], ys[1]

    def to_original(self, x, y):
        return (
            (x + self.left) * self.width / self.resized_width,
            (y + self.top) * self.height / self.resized_height,
        )

    def visible(self):
        """Numbers of the objects of which the plane shows something."""
        kept = []
        for i, box in enumerate(self.boxes):
            x0, y0, x1, y1 = self.to_plane(box)
            if (x1 - x0) * (y1 - y0) > 0:
                kept.append(i)
        return kept

    def target(self):
        """Pixels of the original that show an object."""
        grid = np.zeros((self.height, self.width), dtype=bool)
        for i in self.visible():
            if self.masks:
                grid |= self.masks[i]
            else:
                x0, y0, x1, y1 = self.boxes[i]
                for y in range(self.height):
                    for x in range(self.width):
                        if x0 <= x + 0.5 < x1 and y0 <= y + 0.5 < y1:
                            grid[y, x] = True
        return grid


def hits(case, x_plane, y_plane):
    x, y = (math.floor(v) for v in case.to_original(x_plane, y_plane))
    rows, columns = np.nonzero(case.target())
    return bool(((rows - y) ** 2 + (columns - x) ** 2 < 15**2).any())


def stretched(plane):
    if plane.max() == plane.min():
        return np.zeros_like(plane)
    plane = plane - plane.min()
    return plane / plane.max()


def iou(a, b):
    wide = min(a[2], b[2]) - max(a[0], b[0]) + 1
    high = min(a[3], b[3]) - max(a[1], b[1]) + 1
    both = max(0, wide) * max(0, high)
    area = lambda box: (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
    return both / (area(a) + area(b) - both)


def guesses(scores, t):
    """Boxes of all outlines at one threshold, and which is the largest's."""
    height, width = scores.shape
    grey = (scores * 255).astype(np.uint8)
    _, binary = cv2.threshold(grey, int(t * float(grey.max())), 255, cv2.THRESH_BINARY)
    outlines, _ = cv2.findContours(binary, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return [(0, 0, 0, 0)], 0
    boxes = []
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        boxes.append((x, y, min(x + w, width - 1), min(y + h, height - 1)))
    areas = [cv2.contourArea(outline) for outline in outlines]
    return boxes, areas.index(max(areas))


def evaluate(case):
    plane = upsampled(case.small, case.plane_height, case.plane_width)
    kept = case.visible()
    result = {"croppedOut": len(case.boxes) - len(kept), "measured": bool(kept)}
    if not kept:
        return result, None
    covered = np.zeros(plane.shape, dtype=bool)
    for i in kept:
        x0, y0, x1, y1 = case.to_plane(case.boxes[i])
        for y in range(case.plane_height):
            for x in range(case.plane_width):
                covered[y, x] |= x0 <= x + 0.5 < x1 and y0 <= y + 0.5 < y1
    blank = bool(plane.max() == 0)
    row, column = np.unravel_index(plane.argmax(), plane.shape)
    result["blank"] = blank
    result["peakHit"] = not blank and hits(case, column + 0.5, row + 0.5)
    result["centreHit"] = hits(case, case.plane_width / 2, case.plane_height / 2)
    result["energy"] = None if blank else float(plane[covered].sum() / plane.sum())
    result["coverage"] = float(covered.mean())

    scores = stretched(plane)
    truth = [tuple(int(v) for v in case.to_plane(case.boxes[i])) for i in kept]
    table = []
    for t in THRESHOLDS:
        boxes, largest = guesses(scores, t)
        best = [max(iou(box, object_) for object_ in truth) for box in boxes]
        table.append([best[largest] >= 0.5] + [max(best) >= delta for delta in (0.3, 0.5, 0.7)])
    by_level = {}
    for t, row_ in zip(THRESHOLDS, table):
        bits = sum(2**i for i, hit in enumerate(row_) if hit)
        assert by_level.setdefault(int(t * 255), bits) == bits
    assert sorted(by_level) == list(range(255))
    result["boxHits"] = "".join("%x" % by_level[level] for level in range(255))

    histograms = None
    if case.masks:
        edges = THRESHOLDS + [1.0, 2.0, 3.0]
        mask = np.zeros(plane.shape, dtype=int)
        target = case.target()
        for y in range(case.plane_height):
            for x in range(case.plane_width):
                u, v = (math.floor(w) for w in case.to_original(x + 0.5, y + 0.5))
                if not (0 <= u < case.width and 0 <= v < case.height):
                    mask[y, x] = 2
                elif target[v, u]:
                    mask[y, x] = 1
                elif case.ignore is not None and case.ignore[v, u]:
                    mask[y, x] = 2
        histograms = [np.histogram(scores[mask == value], bins=edges)[0] for value in (1, 0)]
        result["objectPixels"] = {str(i): int(n) for i, n in enumerate(histograms[0]) if n}
        result["backgroundPixels"] = {str(i): int(n) for i, n in enumerate(histograms[1]) if n}
    return result, (np.array(table), histograms)


def total(parts):
    """The metrics over several images, by 1000 thresholds, and 1002 bins of which two lie beyond 1."""
    tables = np.mean([table for table, _ in parts], axis=0)
    best = tables.max(axis=0)
    masks = [histograms for _, histograms in parts if histograms]
    positive = np.sum([m[0] for m in masks], axis=0)[::-1].cumsum().astype(float)
    negative = np.sum([m[1] for m in masks], axis=0)[::-1].cumsum().astype(float)
    recall = positive / positive[-1]
    some = (positive + negative) != 0
    precision = np.where(some, positive / np.maximum(1, positive + negative), 0)
    return {
        "maxBoxAcc": float(best[0]),
        "maxBoxAccV2": [float(v) for v in best[1:]],
        "pxap": float((precision[1:] * np.diff(recall)).sum()),
    }


def rectangle(width, height, x0, y0, x1, y1):
    grid = np.zeros((height, width), dtype=bool)
    grid[y0:y1, x0:x1] = True
    return grid


def ellipse(width, height, cx, cy, rx, ry):
    y, x = np.mgrid[0:height, 0:width] + 0.5
    return ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1


def cases():
    random = np.random.default_rng(20200123)
    hill = lambda h, w, r, c, s: np.exp(-((np.arange(h)[:, None] - r) ** 2 + (np.arange(w)[None, :] - c) ** 2) / s)
    yield Case("one object under a hill", hill(7, 7, 2, 4, 4.0) + 0.1 * random.random((7, 7)),
               (90, 60), (56, 56), (0, 0), (56, 56), [(36, 6, 72, 34)])
    yield Case("two hills, two objects", hill(7, 7, 1, 1, 1.5) + 0.9 * hill(7, 7, 5, 5, 2.0) + 0.05 * random.random((7, 7)),
               (80, 80), (56, 56), (0, 0), (56, 56), [(0, 0, 30, 33), (45, 42, 78, 80)])
    yield Case("cropped, one object outside", random.random((4, 4)),
               (120, 60), (80, 40), (20, 0), (40, 40), [(0, 5, 20, 50), (50, 10, 100, 55)])
    yield Case("all objects outside", random.random((4, 4)),
               (120, 60), (80, 40), (20, 0), (40, 40), [(0, 5, 20, 50)])
    yield Case("padded, with a mask", hill(5, 5, 2, 2, 3.0) + 0.2 * random.random((5, 5)),
               (50, 30), (40, 24), (0, -8), (40, 40), [(12, 4, 40, 28)],
               [ellipse(50, 30, 26, 16, 14, 12)])
    yield Case("blank, with a mask", np.zeros((3, 3)), (32, 32), (32, 32), (0, 0), (32, 32), [(0, 0, 9, 9)],
               [rectangle(32, 32, 0, 0, 9, 9)])
    yield Case("flat", np.full((3, 3), 2.5), (32, 32), (32, 32), (0, 0), (32, 32), [(0, 0, 1, 1)])
    yield Case("a ring around a hole", 1 - 0.9 * hill(7, 7, 3, 3, 3.0) + 0.02 * random.random((7, 7)),
               (48, 48), (48, 48), (0, 0), (48, 48), [(14, 14, 33, 33)],
               [ellipse(48, 48, 24, 24, 9, 9)], ellipse(48, 48, 24, 24, 12, 12))
    yield Case("noise, two masks, ignored rim", random.random((7, 7)) ** 3,
               (64, 48), (48, 48), (0, 0), (48, 48), [(4, 4, 30, 30), (34, 10, 60, 44)],
               [ellipse(64, 48, 17, 17, 13, 13), ellipse(64, 48, 47, 27, 13, 17)],
               ellipse(64, 48, 47, 27, 15, 19))
    yield Case("one large object", hill(2, 3, 1, 0, 2.0), (33, 47), (32, 32), (0, 0), (32, 32), [(1, 20, 20, 46)])


def runs(grid):
    """Lengths down the columns, background first."""
    lengths, value, n = [], False, 0
    for pixel in grid.T.reshape(-1):
        if pixel != value:
            lengths.append(n)
            value, n = pixel, 0
        n += 1
    return lengths + [n]


def main():
    written, parts = [], []
    for case in cases():
        result, part = evaluate(case)
        if part:
            parts.append(part)
        written.append({
            "name": case.name,
            "map": case.small.tolist(),
            "mapping": [case.width, case.height, case.resized_width, case.resized_height,
                        case.left, case.top, case.plane_width, case.plane_height],
            "boxes": [list(map(float, box)) for box in case.boxes],
            "masks": [runs(mask) for mask in case.masks or []],
            "ignore": [] if case.ignore is None else runs(case.ignore),
            "expected": result,
        })
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({
        "origin": "src/test/python/truth_oracle.py, OpenCV " + cv2.__version__,
        "tolerance": 1e-12,
        "cases": written,
        "total": total(parts),
    }, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
