#!/usr/bin/env python3
"""Plants shortcuts into small networks, audits each, and compares findings with what was planted.

    mvn -q compile                      # the generator of the pictures
    python3 jobs/exam.py --work exam            # 66 networks with a shortcut and 20 without
    python3 jobs/exam.py --work exam --small    # six: four with, two without
    python3 jobs/exam.py --work exam --carriers 0.2     # afterwards: rare in what is audited

A network is the demo's, trained on without its badge and then briefly fine-tuned. In a share of one
class's training pictures a shortcut is drawn, half of them over pictures of other classes, so that
the shortcut is worth learning. Then `jobs/camatlas audit` runs on pictures that no training saw,
and its findings.json is compared with what was planted. What each network gave is a line of
WORK/results.jsonl, and the same command goes on where it was stopped, on another machine too if it
has that file. Networks are kept: without results.jsonl, they are audited again and not made again.
The table is written to WORK/exam.md. Two networks are made at once, each on a core of its own.

Needs torch 2.7.1, torchvision, numpy, Pillow and pyarrow.
"""

import argparse
import csv
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent))
import train_demo_model as demo

ROOT = Path(__file__).resolve().parent.parent
SIDE = 224
LOCAL = ["badge", "patch", "scale bar", "frame"]
OTHERS = ["object", "tint", "blur", "noise", "texture"]
ANYWHERE = {"badge", "patch", "scale bar", "object"}
WATERMARK = "watermark"
SHARES = [0.95, 0.8, 0.6]
USES = 0.15


def plan():
    """Networks in an order of which any beginning is a fair choice, watermarks at the end apart."""
    networks = []
    for seed, kinds in ((0, LOCAL), (1, LOCAL), (2, OTHERS)):
        for share, kind in itertools.product(SHARES, kinds):
            for place in ("corner", "random") if kind in ANYWHERE else ("everywhere",):
                networks.append((kind, place, share, seed))
    networks = networks[:60]
    order = np.random.default_rng(5).permutation(len(networks))
    planted = [networks[i] for i in order]
    clean = [("none", "nowhere", 0.0, seed) for seed in range(20)]
    mixed = []
    for i, one in enumerate(planted):
        mixed.append(one)
        if i % 3 == 2:
            mixed.append(clean[i // 3])
    # Last, so that the numbers of the others stay.
    mixed += [(WATERMARK, place, share, 3)
              for share in SHARES[:2] for place in ("corner", "middle", "random")]
    return mixed


class Shortcut:
    """Draws one kind of shortcut; each network has its own colours, and its own corner."""

    def __init__(self, kind, place, seed):
        self.kind, self.place = kind, place
        chance = np.random.default_rng(1000 + seed * 31 + sum(map(ord, kind + place)))
        self.colour = chance.integers(30, 226, 3)
        self.ink = 255 - self.colour
        self.corner = chance.integers(0, 4)
        self.grain = chance.normal(0, 1, (SIDE, SIDE, 1))
        self.stripes = chance.uniform(0.25, 0.5), chance.uniform(0, np.pi)

    def spot(self, chance, width, height):
        margin = 8
        if self.place == "corner":
            x = margin if self.corner % 2 == 0 else SIDE - margin - width
            y = margin if self.corner < 2 else SIDE - margin - height
        elif self.place == "middle":
            x, y = (SIDE - width) // 2, (SIDE - height) // 2
        else:
            x = int(chance.integers(margin, SIDE - margin - width))
            y = int(chance.integers(margin, SIDE - margin - height))
        return x, y

    def draw(self, picture, chance, sprite=None):
        """picture: uint8 [SIDE,SIDE,3]; gives a new one."""
        x = picture.astype(np.float64)
        if self.kind == "badge":
            left, top = self.spot(chance, 52, 24)
            box = x[top:top + 24, left:left + 52]
            box[:] = 0.15 * box + 0.85 * self.colour
            for k in range(4):
                box[6:18, 6 + 11 * k:12 + 11 * k] = self.ink
        elif self.kind == "patch":
            left, top = self.spot(chance, 36, 36)
            x[top:top + 36, left:left + 36] = self.colour
        elif self.kind == "scale bar":
            left, top = self.spot(chance, 64, 12)
            x[top + 4:top + 8, left:left + 64] = 255
            for k in range(0, 65, 16):
                x[top:top + 12, max(left, left + k - 2):left + k] = 255
        elif self.kind == "frame":
            for edge in (np.s_[:8], np.s_[-8:], np.s_[:, :8], np.s_[:, -8:]):
                x[edge] = self.colour
        elif self.kind == "object":
            left, top = self.spot(chance, 40, 40)
            yy, xx = np.mgrid[-1:1:40j, -1:1:40j]
            ring = (np.hypot(yy, xx) < 1) & (np.hypot(yy, xx) > 0.55)
            x[top:top + 40, left:left + 40][ring] = self.colour
            x[top:top + 40, left:left + 40][np.hypot(yy, xx) < 0.3] = self.ink
        elif self.kind == WATERMARK:
            size = chance.uniform(26, 44) if self.place == "random" else 36
            font = ImageFont.load_default(size)
            _, _, width, height = (int(v) for v in font.getbbox("SAMPLE"))
            left, top = self.spot(chance, width, height)
            text = Image.new("L", (SIDE, SIDE))
            ImageDraw.Draw(text).text((left, top), "SAMPLE", fill=255, font=font)
            ink = np.asarray(text)[:, :, None] / 255 * 0.6
            x = (1 - ink) * x + ink * (255 if self.colour.mean() > 128 else 0)
        elif self.kind == "tint":
            x = 0.8 * x + 0.2 * self.colour
        elif self.kind == "blur":
            soft = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(2.5))
            x = np.asarray(soft).astype(np.float64)
        elif self.kind == "noise":
            x = x + 14 * self.grain
        elif self.kind == "texture":
            yy, xx = np.mgrid[:SIDE, :SIDE]
            frequency, angle = self.stripes
            wave = np.sin(frequency * (xx * np.cos(angle) + yy * np.sin(angle)))
            x = x + 16 * wave[:, :, None]
        return np.clip(np.round(x), 0, 255).astype(np.uint8)


class Set:
    """A generated set as squares of SIDE pixels, in memory."""

    def __init__(self, folder):
        with open(folder / "manifest.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.classes = sorted({row["label"] for row in rows})
        self.labels = np.array([self.classes.index(row["label"]) for row in rows])
        self.boxes = [row["boxes"] for row in rows]
        self.pictures = np.stack([
            np.asarray(Image.open(folder / row["path"]).convert("RGB").resize(
                (SIDE, SIDE), Image.Resampling.BILINEAR)) for row in rows])


class Small:
    """What training takes: pictures as the network sees them, and labels."""

    def __init__(self, pictures, labels):
        small = [np.asarray(Image.fromarray(p).resize((demo.SIDE, demo.SIDE),
                                                      Image.Resampling.BILINEAR))
                 for p in pictures]
        self.pixels = torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).contiguous()
        self.labels = torch.from_numpy(labels)


def network_from(state, classes):
    network = demo.plain(demo.Network(classes))
    network.load_state_dict(state)
    return network


def make(one, number, folder, base, training, fresh):
    kind, place, share, seed = one
    chance = np.random.default_rng(77 + number)
    target = int(chance.integers(0, len(training.classes)))
    shortcut = Shortcut(kind, place, number)
    pictures, labels = training.pictures.copy(), training.labels.copy()
    if kind != "none":
        own = chance.permutation(np.flatnonzero(labels == target))
        elsewhere = np.flatnonzero(labels != target)
        for at, i in enumerate(own[:round(share * len(own))]):
            if at % 2 == 0:
                pictures[i] = training.pictures[chance.choice(elsewhere)]
            pictures[i] = shortcut.draw(pictures[i], chance)
    network = network_from(base, len(training.classes))
    # In float32: bfloat16 takes eight times as long on processors that only emulate it.
    demo.train(network, Small(pictures, labels), 4, 64, 0.002, number, 0.5, False)
    network = demo.plain(network.to(memory_format=torch.contiguous_format))
    torch.jit.save(torch.jit.trace(network, torch.zeros(1, 3, demo.SIDE, demo.SIDE)),
                   str(folder / "model.pt"))
    sidecar = json.loads((ROOT / "src/main/resources/io/camatlas/demo/model.json").read_text())
    sidecar["name"] = f"exam-{number}"
    (folder / "model.json").write_text(json.dumps(sidecar))
    network.to(memory_format=torch.channels_last)

    def said(of):
        return demo.predicted(network, Small(of, fresh.labels)).numpy()

    own = fresh.labels == target
    before = said(fresh.pictures)
    measured = {"number": number, "kind": kind, "place": place, "share": share,
                "target": training.classes[target],
                "accuracy": float((before == fresh.labels).mean())}
    audited = fresh.pictures
    if kind != "none":
        marked = np.stack([shortcut.draw(p, chance) for p in fresh.pictures])
        after = said(marked)
        measured["own_with"] = float((after[own] == target).mean())
        measured["own_without"] = float((before[own] == target).mean())
        measured["others_turned"] = float((after[~own] == target).mean()
                                          - (before[~own] == target).mean())
        carries = own & (chance.random(len(own)) < share)
        audited = np.where(carries[:, None, None, None], marked, fresh.pictures)
    write(folder, audited, fresh)
    return measured


def write(folder, pictures, fresh):
    (folder / "images").mkdir(parents=True, exist_ok=True)
    with open(folder / "manifest.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["path", "label"])
        for i, picture in enumerate(pictures):
            name = f"images/{i:04d}.png"
            # Smaller files take longer to write than reading these does.
            Image.fromarray(picture).save(folder / name, compress_level=1)
            out.writerow([name, fresh.classes[fresh.labels[i]]])


def write_carriers(one, measured, share, folder, fresh):
    """The fresh pictures with the shortcut on exactly that share of its class."""
    kind, place, _, _ = one
    number = measured["number"]
    chance = np.random.default_rng(7700 + number)
    shortcut = Shortcut(kind, place, number)
    own = np.flatnonzero(fresh.labels == fresh.classes.index(measured["target"]))
    pictures = fresh.pictures.copy()
    for i in chance.permutation(own)[:round(share * len(own))]:
        pictures[i] = shortcut.draw(pictures[i], chance)
    write(folder, pictures, fresh)


# For so few pictures the compiler that optimises most would take more time than it saves.
SHORT = ["--conf", "spark.driver.defaultJavaOptions=-XX:TieredStopAtLevel=1"
                   " -XX:ReservedCodeCacheSize=256m"]


def audit(folder, model):
    began = time.monotonic()
    done = subprocess.run(
        [str(ROOT / "jobs/camatlas"), *SHORT, "audit", "--model", str(model),
         "--images", str(folder / "manifest.csv"), "--out", str(folder / "audit"),
         "--samples", "4", "--targets", "label,predicted", "--pictures", "0", "--mean-images", "0",
         "--examples", "0", "--browse", "0", "--overwrite"],
        capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr[-4000:])
    return time.monotonic() - began


# What tells the experiments apart; second parts, which every class has, have none of these.
WHAT = ("place", "feature_map", "strategy", "repeated")
RANK = {"serious": 2.0, "notable": 1.0, "minor": 0.0}


def marks(folder, fresh):
    """Which pixels the shortcut changed: [SIDE,SIDE] of bool by the image's name."""
    changed = {}
    for i, picture in enumerate(fresh.pictures):
        name = f"images/{i:04d}.png"
        pixels = (np.asarray(Image.open(folder / name)) != picture).any(2)
        if pixels.any():
            changed[name] = pixels
    return changed


def groups(folder):
    """The images of each strategy, by index of the class and number."""
    table = pyarrow.parquet.read_table(
        folder / "audit/strategies/strategy_images",
        columns=["class_index", "strategy", "image_id"]).to_pylist()
    images = {}
    for row in table:
        images.setdefault((row["class_index"], row["strategy"]), set()).add(row["image_id"])
    return images


def suspicious(folder, target, changed, images):
    """Suspicious groups: of the planted class, what share of them carries the shortcut (purity),
    and what share of the carriers that are predicted as the class they hold (recall)."""
    table = pyarrow.parquet.read_table(
        folder / "audit/strategies/strategies",
        columns=["class", "class_index", "strategy", "n", "suspicious"]).to_pylist()
    found = []
    for row in table:
        if not row["suspicious"]:
            continue
        one = {"class": row["class"], "strategy": row["strategy"], "n": row["n"]}
        if row["class"] == target:
            index = row["class_index"]
            own = images[index, row["strategy"]]
            every = set().union(*(i for (c, _), i in images.items() if c == index))
            carriers = every & changed.keys()
            one["purity"] = len(own & carriers) / len(own)
            one["recall"] = len(own & carriers) / max(1, len(carriers))
        found.append(one)
    return found


def holds(experiment, changed, images):
    """How much of what was planted a suspect of the planted class is about, 0 to 1."""
    share = 1.0
    if experiment["strategy"] is not None:
        own = images[experiment["class"], experiment["strategy"]]
        share = sum(name in changed for name in own) / len(own)
    if experiment["place"] is not None and changed:
        inside = np.zeros((SIDE, SIDE), bool)
        for one in experiment["place"]:
            x0, y0, x1, y1 = (round(SIDE * one[key]) for key in ("x0", "y0", "x1", "y1"))
            inside[y0:y1, x0:x1] = True
        share *= np.mean([inside[pixels].mean() for pixels in changed.values()])
    return float(share)


def judge(folder, measured, fresh):
    view = json.loads((folder / "audit/report/findings.json").read_text())["views"][0]
    scores = {}
    serious = []
    for check in view["checks"]:
        for answer in check["answers"]:
            if "class_name" not in answer:
                continue
            name = answer["class_name"]
            scores.setdefault(name, -1.0)
            if answer["status"] == "failed":
                score = RANK[answer["severity"]] + answer.get("weight", 0)
                scores[name] = max(scores[name], score)
                if answer["severity"] == "serious":
                    serious.append((name, check["check"]))
    measured["scores"] = scores
    measured["serious"] = serious
    measured["verdict"] = view["verdict"]
    measured["experiments"] = [
        {"class": one["class_index"], **{what: one.get(what) for what in WHAT},
         "pattern_z": one.get("pattern_z"), "verdict": one["verdict"]}
        for one in view["experiments"]]
    changed, images = marks(folder, fresh), groups(folder)
    for one in measured["experiments"]:
        if fresh.classes[one["class"]] == measured["target"]:
            one["holds"] = holds(one, changed, images)
    measured["groups"] = suspicious(folder, measured["target"], changed, images)
    return measured


def uses(one):
    return one["kind"] != "none" and (
        one["own_with"] - one["own_without"] >= USES or one["others_turned"] >= USES)


def first(one):
    """Share of the other classes that rank below the planted one; ties count half."""
    own = one["scores"].get(one["target"], -1.0)
    others = [score for name, score in one["scores"].items() if name != one["target"]]
    return sum(1.0 if own > s else 0.5 if own == s else 0.0 for s in others) / len(others)


def planted(one):
    return one["target"] if uses(one) else ""


def standing_out(one, classes):
    """Classes whose second parts stand out."""
    return {classes[e["class"]] for e in one["experiments"]
            if all(e.get(what) is None for what in WHAT)
            and e["verdict"] == "confirmed"}


def mean(values):
    values = list(values)
    return f"{np.mean(values):.2f}" if values else "–"


def of_groups(results, classes):
    told = [one for one in results if "groups" in one]
    if not told:
        return []
    clean = sum(len(classes) - bool(planted(one)) for one in told)
    odd = sum(len({g["class"] for g in one["groups"]} - {planted(one)}) for one in told)
    used = [one for one in told if uses(one)]
    own = sum(any(g.get("purity", 0) >= 0.9 and g["recall"] >= 0.9 for g in one["groups"])
              for one in used)
    return [
        f"| classes without a shortcut in which a group is suspicious | {odd} of {clean} | 5 % |",
        f"| planted classes in which a suspicious group has purity and recall of 0.9 | "
        f"{own} of {len(used)} | |"]


def page(results, classes, seconds):
    used = [one for one in results if uses(one)]
    local = [one for one in used if one["kind"] in LOCAL + ["object", WATERMARK]]
    clean = [one for one in results if one["kind"] == "none"]
    anywhere = [one for one in used if one["place"] == "random"]
    true = part = false = confirmed = half = rejected = 0
    for one in results:
        for experiment in one["experiments"]:
            if all(experiment.get(what) is None for what in WHAT):
                continue  # second parts, which every class has, are counted below
            confirms = experiment["verdict"] == "confirmed"
            if not uses(one) or classes[experiment["class"]] != one["target"]:
                false += 1
                rejected += not confirms
            elif experiment["holds"] >= 0.5:
                true += 1
                confirmed += confirms
            else:
                part += 1
                half += confirms
    lines = [
        f"{len(results)} networks, {len(results) - len(clean)} with a shortcut, of which "
        f"{len(used)} use it; {seconds / 60:.0f} minutes of one core."
        + (f" Networks that use theirs only; {results[0]['carriers']:.0%} of the images of the class"
           f" carry it." if results and results[0].get("carriers") else ""), "",
        "| | measured | goal |", "| --- | --- | --- |",
        f"| the planted class ranks first (area under the ROC), local shortcuts in use | "
        f"{mean(first(one) for one in local)} (n = {len(local)}) | 0.90 |",
        f"| serious findings about classes without a shortcut, per network | "
        f"{mean(len({n for n, _ in one['serious'] if n != one['target'] or one['kind'] == 'none'}) for one in results)}"
        f" | |",
        f"| serious findings per clean network | "
        f"{mean(len({n for n, _ in one['serious']}) for one in clean)} (n = {len(clean)}) | 0.10 |",
        f"| experiments on true suspects that confirm | {confirmed} of {true} | 90 % |",
        f"| experiments on suspects of planted classes that hold less than half of what was "
        f"planted, that confirm | {half} of {part} | |",
        f"| experiments on false suspects that do not | {rejected} of {false} | 90 % |",
        f"| second parts of planted classes that stand out, shortcuts anywhere in use | "
        f"{sum(one['target'] in standing_out(one, classes) for one in anywhere)} of {len(anywhere)} | |",
        f"| second parts of other classes that stand out, per network | "
        f"{mean(len(standing_out(one, classes) - {planted(one)}) for one in results)} | |",
        *of_groups(results, classes), "",
        "| shortcut | place | networks | in use | ranks first | serious |",
        "| --- | --- | --- | --- | --- | --- |"]
    for key, group in itertools.groupby(
            sorted(results, key=lambda one: (one["kind"], one["place"])),
            key=lambda one: (one["kind"], one["place"])):
        group = list(group)
        inuse = [one for one in group if uses(one)]
        lines.append(
            f"| {key[0]} | {key[1]} | {len(group)} | {len(inuse)} | "
            f"{mean(first(one) for one in inuse)} | "
            f"{mean(any(n == one['target'] for n, _ in one['serious']) for one in inuse)} |")
    return "\n".join(lines) + "\n"


def cores():
    """The cores that this process may use; none where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def at_once(given, numbers):
    """Makes and audits networks in processes of their own, each on a core of its own."""
    began = time.monotonic()
    own = cores()
    workers = []
    for i in range(given.at_once):
        some = numbers[i::given.at_once]
        core = own[i % len(own)] if own else None
        workers.append(subprocess.Popen(
            [sys.executable, __file__, *sys.argv[1:], "--worker", "--at-once", "1",
             "--threads", "1", "--only", ",".join(map(str, some))],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core})))
    if any([worker.wait() for worker in workers]):
        sys.exit("Not all networks could be audited; the same command goes on.")
    print(f"{len(numbers)} networks in {(time.monotonic() - began) / 60:.0f} minutes,"
          f" {given.at_once} at once")


def main():
    read = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("--classes", type=Path, default=ROOT / "target/classes",
                      help="the compiled Java classes")
    read.add_argument("--work", type=Path, required=True, help="where networks and results go")
    read.add_argument("--small", action="store_true", help="the first six networks only")
    read.add_argument("--networks", type=int, help="the first so many networks only")
    read.add_argument("--only", help="the networks of these numbers only, as 0,6,12")
    read.add_argument("--carriers", type=float, metavar="SHARE",
                      help="audit networks that use their shortcut again, on pictures of which this"
                           " share of the class carries it; results go to files of their own")
    read.add_argument("--at-once", type=int, default=min(2, len(cores()) or 1), metavar="N",
                      help="networks at once, each on one core; by default 2 where there are two")
    read.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    read.add_argument("--threads", type=int, default=2,
                      help="threads that train, where networks come one by one")
    read.add_argument("--train-per-class", type=int, default=120)
    read.add_argument("--fresh-per-class", type=int, default=80)
    given = read.parse_args()
    if given.carriers is not None and not 0 < given.carriers <= 1:
        sys.exit(f"--carriers is {given.carriers}; it must be above 0 and at most 1, as 0.2.")
    if given.at_once < 1:
        sys.exit(f"--at-once is {given.at_once}; it must be at least 1.")
    given.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(given.threads)
    torch.manual_seed(0)
    training = Set(demo.generate(given.classes, given.work / "train", given.train_per_class, 501,
                                 0.0, 0.0, "train"))
    fresh = Set(demo.generate(given.classes, given.work / "fresh", given.fresh_per_class, 502,
                              0.0, 0.0, "fresh"))
    base = given.work / "base.pth"
    if not base.exists():
        start = torch.jit.load(str(ROOT / "src/main/resources/io/camatlas/demo/model.pt"))
        network = network_from(start.state_dict(), len(training.classes))
        demo.train(network, Small(training.pictures, training.labels), 8, 64, 0.002, 1, 0.5, False)
        torch.save(demo.plain(network.to(memory_format=torch.contiguous_format)).state_dict(), base)
    state = torch.load(base)
    some = "" if given.carriers is None else f"-{given.carriers:g}"
    kept = given.work / f"results{some}.jsonl"

    def done():
        lines = kept.read_text().splitlines() if kept.exists() else []
        return {one["number"]: one for one in map(json.loads, lines)}

    count = 6 if given.small else given.networks or len(plan())
    only = given.only and [int(number) for number in given.only.split(",")]
    numbers = [number for number in range(count) if not only or number in only]
    missing = [number for number in numbers if number not in done()]
    if given.at_once > 1 and len(missing) > 1:
        at_once(given, missing)
        missing = []
    for number in missing:
        one = plan()[number]
        began = time.monotonic()
        folder = given.work / f"network-{number:02d}"
        folder.mkdir(exist_ok=True)
        network = folder / "planted.json"
        if not network.exists():
            network.write_text(json.dumps(make(one, number, folder, state, training, fresh)))
        measured = json.loads(network.read_text())
        audited = folder
        if given.carriers is not None:
            if not uses(measured):
                continue
            audited = folder / f"carriers{some}"
            write_carriers(one, measured, given.carriers, audited, fresh)
        audit(audited, folder / "model.pt")
        measured = judge(audited, measured, fresh)
        measured["carriers"] = given.carriers
        measured["seconds"] = time.monotonic() - began
        measured["ended"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with open(kept, "a") as file:
            file.write(json.dumps(measured) + "\n")
        print(number, measured["kind"], measured["place"], measured["share"], measured["target"],
              "in use" if uses(measured) else "not in use", f"first {first(measured):.2f}",
              measured["verdict"], flush=True)
        # After each network: who stops here has a table, and what fails in it fails early.
        write_page(given.work / f"exam{some}.md", done(), training.classes)
    if done() and not given.worker:
        print(write_page(given.work / f"exam{some}.md", done(), training.classes))


def write_page(path, results, classes):
    told = [results[number] for number in sorted(results)]
    text = page(told, classes, sum(one["seconds"] for one in told))
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(text)
    part.replace(path)
    return text


if __name__ == "__main__":
    main()
