#!/usr/bin/env python3
"""Runs notebooks/databricks/camatlas.ipynb from start to end, and fails if a cell does.

    run_notebook.py --folder camatlas-demo --jars 'target/camatlas.jar:target/lib/*' [--write executed.ipynb]

Needs what notebooks/requirements.txt names, and a Java 17.
"""

import argparse
import os
import pathlib
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HOME = pathlib.Path(__file__).resolve().parents[3]
NOTEBOOK = HOME / "notebooks" / "databricks" / "camatlas.ipynb"


def pictures(cell):
    return sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True, help="what demo, audit, explain or atlas wrote")
    parser.add_argument("--jars", required=True, help="class path of CamAtlas")
    parser.add_argument("--before", default="", help="a folder to compare with")
    parser.add_argument("--pictures", type=int, default=10, help="the fewest that must be drawn")
    parser.add_argument("--write", help="where the executed notebook is kept")
    given = parser.parse_args()

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # On Databricks the session is not the notebook's to stop; here it must go before its process.
    last = nbformat.v4.new_code_cell("spark.stop()")
    if any(cell.outputs or cell.execution_count for cell in code):
        sys.exit(f"{NOTEBOOK} holds outputs; clear them before you commit it.")

    os.environ["CAMATLAS_FOLDER"] = str(pathlib.Path(given.folder).resolve())
    os.environ["CAMATLAS_JARS"] = os.pathsep.join(
        str(pathlib.Path(jar).absolute()) for jar in given.jars.split(os.pathsep)
    )
    if given.before:
        os.environ["CAMATLAS_BEFORE"] = str(pathlib.Path(given.before).resolve())
    # Executors are Python processes of this interpreter, not of the first one on the path.
    os.environ["PYSPARK_PYTHON"] = sys.executable

    notebook.cells.append(last)
    try:
        NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    except CellExecutionError as failed:
        sys.exit(str(failed))
    finally:
        notebook.cells.remove(last)
        if given.write:
            nbformat.write(notebook, given.write)

    drawn = sum(pictures(cell) for cell in code)
    print(f"{len(code)} cells ran and drew {drawn} pictures.")
    if drawn < given.pictures:
        sys.exit(f"Only {drawn} pictures were drawn; there must be at least {given.pictures}.")


if __name__ == "__main__":
    main()
