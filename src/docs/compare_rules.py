"""Writes the tables in which all rules stand beside one another, for the page of faithfulness.

    python src/docs/compare_rules.py --model M.pt --images pictures.csv --work DIR > tables.md

Explains the pictures once, by all rules that the model allows, judges each rule, and goes on where it was stopped. Needs
pyarrow. `--skip` leaves rules out, such as `cam` where the model has no linear head.
"""

import argparse
import glob
import pathlib
import re
import subprocess
import sys

import pyarrow.parquet as pq

CAMATLAS = pathlib.Path(__file__).resolve().parents[2] / "jobs/camatlas"


def camatlas(*words):
    print(" ".join(map(str, words)), file=sys.stderr, flush=True)
    ran = subprocess.run([str(CAMATLAS), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if ran.returncode:
        sys.exit(ran.stdout)
    return ran.stdout


def rows(folder, table):
    return [row for file in sorted(glob.glob(f"{folder}/{table}/**/*.parquet", recursive=True))
            for row in pq.ParquetFile(file).read().to_pylist()]


def short(mean, low, high):
    return f"{mean:.2f} ({low:.2f}, {high:.2f})".replace("-", "−")


def of_all(table, **wanted):
    return next(row for row in table
                if row["class"] is None and all(row[key] == value for key, value in wanted.items()))


def curves(folder, kind="explanation", road="road"):
    found = of_all(rows(folder, "faithfulness"), map_kind=kind)
    cells = [short(*(found[name][key] for key in ("mean", "ci_low", "ci_high")))
             for name in ("insertion_auc", "deletion_auc", "average_drop")]
    return cells + again(folder, [(road, 10), (road, 30), (road, 50)])


def again(folder, asked):
    sanity = rows(folder, "sanity")
    cells = []
    for measure, degree in asked:
        row = of_all(sanity, measure=measure, degree=degree)
        cells.append(short(row["mean"], row["ci_low"], row["ci_high"]))
    return cells


def line(*cells):
    print("| " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--skip", default="cam")
    parser.add_argument("--each", default="6", help="maps of each class that are judged")
    parser.add_argument("--truth", default="", help="where objects are, as in atlas: another table then")
    parser.add_argument("--explain", default="", help="further options of explain, in one text")
    given = parser.parse_args()
    rules = [name for name in re.findall(r"^([a-z][a-z0-9+-]*)$", camatlas("rules"), re.MULTILINE)
             if name not in given.skip.split(",")]
    run = f"{given.work}/run"
    camatlas("explain", "--model", given.model, "--images", given.images, "--out", run, "--method", ",".join(rules),
             "--samples", 8, *given.explain.split())
    folders = []
    for index, name in enumerate(rules):
        folder = f"{given.work}/{index:02}-{name}"
        if not pathlib.Path(folder, "_SUCCESS").exists() and not rows(folder, "sanity"):
            camatlas("faithfulness", "--from", run, "--rule", index, "--sample", given.each, "--again", given.each,
                     "--steps", 15, "--out", folder, "--overwrite")
        folders.append(folder)
    maps = of_all(rows(folders[0], "faithfulness"), map_kind="explanation")["insertion_auc"]["n"]
    print(f"{maps} maps, {given.each} of each class.\n")
    line("map", "insertion", "deletion", "average drop", "kept at 10 %", "kept at 30 %", "kept at 50 %")
    line(*["---"] * 7)
    for name, folder in zip(rules, folders):
        line(f"`{name}`", *curves(folder))
    # A random map has the grid of the rule's own, and finer ones are easier to fill in again.
    line("random map", *curves(folders[0], "random", "road_random"))
    pixels = [folder for folder in folders if of_all(rows(folder, "faithfulness"))["layer"] == "(input)"]
    if pixels:
        line("random map of pixels", *curves(pixels[0], "random", "road_random"))
    print()
    asked = [("randomised", 2), ("randomised", 4), ("entropy_rise", 4), ("other_class", 0), ("sensitivity", 0),
             ("coherency", 0), ("complexity", 0), ("adcc", 0)]
    line("rule", "half shuffled", "all shuffled", "entropy", "another class", "sensitivity", "coherency", "complexity",
         "ADCC")
    line(*["---"] * 9)
    for name, folder in zip(rules, folders):
        line(f"`{name}`", *again(folder, asked))
    if given.truth:
        atlas = f"{given.work}/atlas"
        if not rows(atlas, "localization_truth"):
            camatlas("atlas", "--from", run, "--truth", given.truth, "--out", atlas, "--overwrite")
        print()
        line("rule", "peak on the object", "energy on it", "box")
        line(*["---"] * 4)
        truth = rows(atlas, "localization_truth")
        for name in rules:
            row = of_all(truth, method=name)
            line(f"`{name}`", *(f"{row[number]:.2f}" for number in ("pointing", "energy", "max_box_acc")))


if __name__ == "__main__":
    main()
