"""The Python wrapper of the ML stage, on scenes of the demo and its model.

Needs PySpark of the Spark that CamAtlas was built for, and a built CamAtlas: CAMATLAS_TARGET names
Maven's folder of results (default: target of this checkout), CAMATLAS_MASTER Spark's master.
"""

import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
TARGET = pathlib.Path(os.environ.get("CAMATLAS_TARGET", ROOT / "target"))
sys.path.insert(0, str(ROOT / "notebooks/pyspark"))

from pyspark.errors import IllegalArgumentException
from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import SparkSession

from camatlas_ml import SmoothGradCam

MODEL = str(ROOT / "src/main/resources/io/camatlas/demo/model.pt")
JARS = [str(TARGET / "camatlas.jar")] + sorted(str(jar) for jar in (TARGET / "lib").glob("*.jar"))

OFFLINE = "-Dai.djl.offline=true -DOPT_OUT_TRACKING=true"


class SmoothGradCamTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        master = os.environ.get("CAMATLAS_MASTER", "local[2]")
        builder = (
            SparkSession.builder.master(master)
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.warehouse.dir", cls.folder.name + "/warehouse")
            .config("spark.driver.extraJavaOptions", OFFLINE)
            .config("spark.executor.extraJavaOptions", OFFLINE)
            .config("spark.jars", ",".join(JARS))
        )
        cls.spark = builder.getOrCreate()
        cls.spark.sparkContext.setLogLevel("ERROR")
        demo = cls.spark.sparkContext._jvm.io.camatlas.demo
        scenes = cls.spark.sparkContext._jvm.java.io.File(cls.folder.name, "data").toPath()
        demo.DemoDataset.write(scenes, demo.DemoSettings.audit(1, 3))
        cls.files = (
            cls.spark.read.format("binaryFile")
            .option("recursiveFileLookup", "true")
            .load(cls.folder.name + "/data/images")
            .selectExpr("path", "content", "split(path, '/')[size(split(path, '/')) - 2] AS label")
        )

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()
        cls.folder.cleanup()

    def stage(self, **more):
        return SmoothGradCam(model=MODEL, samples=2, outputCol="cam", **more)

    def rows(self, stage):
        return stage.transform(self.files).orderBy("path").collect()

    def test_parameters_are_those_of_java(self):
        stage = SmoothGradCam()
        java = {param.name(): param for param in stage._java_obj.params()}
        self.assertEqual({param.name for param in stage.params}, set(java))
        for param in stage.params:
            self.assertEqual(param.doc, java[param.name].doc())
            if param.name == "threshold":  # What the sidecar may say has no default.
                self.assertFalse(stage.isDefined(param))
                self.assertFalse(stage._java_obj.isDefined(java[param.name]))
                continue
            default = stage._java_obj.getDefault(java[param.name]).get()
            self.assertEqual(stage.getOrDefault(param), default, param.name)
            self.assertIs(type(stage.getOrDefault(param)), type(default), param.name)

    def test_values_go_to_java_and_come_back(self):
        stage = SmoothGradCam(sigma=1, seed=1 << 40, noShortcut=True).setLayer("features.12")
        stage.setParams(samples=3, maxBytes=1000)
        stage._transfer_params_to_java()
        self.assertEqual(stage._java_obj.getSigma(), 1.0)
        self.assertEqual(stage._java_obj.getSeed(), 1 << 40)
        self.assertEqual(stage._java_obj.getLayer(), "features.12")
        self.assertEqual(stage._java_obj.getSamples(), 3)
        self.assertTrue(stage._java_obj.getNoShortcut())
        self.assertEqual(stage._java_obj.getMaxBytes(), 1000)
        self.assertEqual(stage.getLayer(), "features.12")
        self.assertEqual(stage.copy({stage.samples: 5}).getSamples(), 5)
        with self.assertRaises(TypeError):
            SmoothGradCam(samples="many")

    def test_images_get_a_struct(self):
        rows = self.rows(self.stage(labelCol="label", targets="label,predicted"))
        self.assertEqual(len(rows), 10)
        for row in rows:
            self.assertIsNone(row.cam.failure)
            first = row.cam.explanations[0]
            self.assertEqual(len(first.map), first.map_height * first.map_width)
            self.assertEqual(first.target, row.label)

    def test_pixels_are_images_too(self):
        pixels = (
            self.spark.read.format("image")
            .option("recursiveFileLookup", "true")
            .load(self.folder.name + "/data/images")
        )
        found = self.stage(inputCol="image", method="grad-cam").transform(pixels)
        self.assertEqual(found.where("cam.failure IS NULL").count(), 10)

    def test_saved_stages_and_pipelines_come_back(self):
        stage = self.stage(sigma=0.2, seed=7)
        expected = self.rows(stage)
        place = self.folder.name + "/stage"
        stage.write().overwrite().save(place)
        again = SmoothGradCam.load(place)
        self.assertEqual(again.uid, stage.uid)
        self.assertEqual(again.getSigma(), 0.2)
        self.assertEqual(self.rows(again), expected)
        place = self.folder.name + "/pipeline"
        Pipeline(stages=[stage]).fit(self.files).write().overwrite().save(place)
        loaded = PipelineModel.load(place)
        self.assertIsInstance(loaded.stages[0], SmoothGradCam)
        self.assertEqual(self.rows(loaded), expected)
        place = self.folder.name + "/unfitted"
        Pipeline(stages=[stage]).save(place)
        self.assertEqual(Pipeline.load(place).getStages()[0].getSeed(), 7)

    def test_streams_give_what_batches_give(self):
        table = self.folder.name + "/table"
        self.files.repartition(3).write.parquet(table)
        stream = self.stage().transform(
            self.spark.readStream.schema(self.files.schema).parquet(table)
        )
        query = (
            stream.writeStream.format("memory")
            .queryName("explained")
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination(120)
        found = self.spark.table("explained").orderBy("path").collect()
        self.assertEqual(found, self.rows(self.stage()))

    def test_all_problems_are_told_at_once(self):
        stage = self.stage(layer="features.41", method="grad-cma", inputCol="contents")
        with self.assertRaises(IllegalArgumentException) as raised:
            stage.transform(self.files)
        for part in ("inputCol is 'contents'", "No layer 'features.41'", "method is 'grad-cma'"):
            self.assertIn(part, str(raised.exception))


if __name__ == "__main__":
    unittest.main(warnings="ignore")
