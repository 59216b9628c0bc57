"""Smooth Grad-CAM++ over a column of images, as a stage of PySpark's pipelines.

A thin wrapper of the Java class io.camatlas.ml.SmoothGradCam, whose jars the session needs::

    spark = SparkSession.builder.config("spark.jars", "camatlas-VERSION-cluster.jar").getOrCreate()

    from camatlas_ml import SmoothGradCam

    cam = SmoothGradCam(model="resnet50.pt", layer="layer4", samples=8, outputCol="cam")
    files = spark.read.format("binaryFile").load("photos/*.jpg")
    explained = cam.transform(files)
    explained.selectExpr("path", "explode(cam.explanations) AS e").select(
        "path", "e.target", "e.map", "e.localization.entropy_nats"
    ).show()
    explained.where("cam.failure IS NOT NULL").select("path", "cam.failure.*").show()

The input is a column of encoded files, or the structs of Spark's source "image"; the dataset may be
a stream. Parameters are the options of "camatlas explain" with the same defaults; explainParams()
lists them. Whatever is wrong with them, with the columns or with the model is an
IllegalArgumentException of transform(), all at once and before any work.

Import this module before PipelineModel.load() reads a pipeline with the stage.
"""

import sys
from typing import Any, Optional

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaTransformer

__all__ = ["SmoothGradCam"]

_JAVA_PACKAGE = "io.camatlas.ml"


class _Reader(JavaMLReader):
    """Knows where the Java class is; PySpark looks for a class named like this module."""

    @classmethod
    def _java_loader_class(cls, clazz: Any) -> str:
        return _JAVA_PACKAGE + "." + clazz.__name__


class SmoothGradCam(JavaTransformer, JavaMLReadable, JavaMLWritable):
    """Appends a struct of what was found in each image, or of why nothing was.

    Each parameter may be given by its name, or set and read by setX and getX.
    """

    inputCol = Param(
        Params._dummy(),
        "inputCol",
        "Column of images: binary, each an encoded file, or the image struct of Spark's "
        "source image.",
        TypeConverters.toString,
    )
    outputCol = Param(
        Params._dummy(),
        "outputCol",
        "New column: a struct of what was found, or of why nothing was.",
        TypeConverters.toString,
    )
    labelCol = Param(
        Params._dummy(),
        "labelCol",
        "Column with each image's class, by name or index; targets=label needs it. Default: "
        "none.",
        TypeConverters.toString,
    )
    imageIdCol = Param(
        Params._dummy(),
        "imageIdCol",
        "Column with what log lines call an image. Default: none.",
        TypeConverters.toString,
    )
    model = Param(
        Params._dummy(),
        "model",
        "TorchScript archive, traced or scripted, here or on a Hadoop file system. Required.",
        TypeConverters.toString,
    )
    sidecar = Param(
        Params._dummy(),
        "sidecar",
        "Its description; default: the same name ending in .json.",
        TypeConverters.toString,
    )
    entry = Param(
        Params._dummy(),
        "entry",
        "Method of the model that takes the images.",
        TypeConverters.toString,
    )
    output = Param(
        Params._dummy(),
        "output",
        "Field, key or index of the scores; default: the first tensor returned.",
        TypeConverters.toString,
    )
    classes = Param(
        Params._dummy(),
        "classes",
        "Names of the classes, a line each.",
        TypeConverters.toString,
    )
    scores = Param(
        Params._dummy(),
        "scores",
        "What the scores are: logits (default), probabilities or log-probabilities.",
        TypeConverters.toString,
    )
    resize = Param(
        Params._dummy(),
        "resize",
        "none, the shorter side (256), or height and width (128x128), in pixels.",
        TypeConverters.toString,
    )
    crop = Param(
        Params._dummy(),
        "crop",
        "none, or the centre crop (224 or 224x224), in pixels.",
        TypeConverters.toString,
    )
    interpolation = Param(
        Params._dummy(),
        "interpolation",
        "bilinear or bicubic, antialiased.",
        TypeConverters.toString,
    )
    channels = Param(
        Params._dummy(),
        "channels",
        "rgb, bgr or gray.",
        TypeConverters.toString,
    )
    mean = Param(
        Params._dummy(),
        "mean",
        "Mean of each channel, pixels being 0 to 1.",
        TypeConverters.toString,
    )
    std = Param(
        Params._dummy(),
        "std",
        "Standard deviation of each channel.",
        TypeConverters.toString,
    )
    layer = Param(
        Params._dummy(),
        "layer",
        "Layers by dotted path; layer#1 is the first of several calls, else the last is "
        "taken. Default: the sidecar's, else the last with spatial output.",
        TypeConverters.toString,
    )
    targets = Param(
        Params._dummy(),
        "targets",
        "Classes to explain: label, predicted, top-K, names or indices of classes.",
        TypeConverters.toString,
    )
    method = Param(
        Params._dummy(),
        "method",
        "smooth-grad-cam++, grad-cam++, grad-cam, cam, xgrad-cam, layer-cam; each gives a map "
        "of its own, and all share the passes.",
        TypeConverters.toString,
    )
    samples = Param(
        Params._dummy(),
        "samples",
        "Noisy copies of each image; 0 is the paper's default, no noise.",
        TypeConverters.toInt,
    )
    sigma = Param(
        Params._dummy(),
        "sigma",
        "Standard deviation of the noise.",
        TypeConverters.toFloat,
    )
    noiseScale = Param(
        Params._dummy(),
        "noiseScale",
        "sigma in units of the input's maximum minus minimum, or of the normalised input.",
        TypeConverters.toString,
    )
    seed = Param(
        Params._dummy(),
        "seed",
        "Seed of the noise; noise depends on it and on the image.",
        TypeConverters.toInt,
    )
    score = Param(
        Params._dummy(),
        "score",
        "Differentiate the score or its exponential.",
        TypeConverters.toString,
    )
    numerator = Param(
        Params._dummy(),
        "numerator",
        "Derivative above the line of alpha: as Grad-CAM++ derives it, or as Smooth "
        "Grad-CAM++ prints it, the first.",
        TypeConverters.toString,
    )
    alpha = Param(
        Params._dummy(),
        "alpha",
        "alpha as printed, or divided by its sum.",
        TypeConverters.toString,
    )
    filters = Param(
        Params._dummy(),
        "filters",
        "Feature maps that the sum runs over; default all. Lists with ; between them give a "
        "map each.",
        TypeConverters.toString,
    )
    perFilter = Param(
        Params._dummy(),
        "perFilter",
        "Also one map for each of the filters.",
        TypeConverters.toBoolean,
    )
    subset = Param(
        Params._dummy(),
        "subset",
        "Neurons of the layer's grid that the sum runs over, as row:column; default all. "
        "Lists with ; between them give a map each.",
        TypeConverters.toString,
    )
    region = Param(
        Params._dummy(),
        "region",
        "A subset is two corners of a rectangle instead of single neurons.",
        TypeConverters.toBoolean,
    )
    batch = Param(
        Params._dummy(),
        "batch",
        "Images or noisy copies that the device holds at once; bounds its memory.",
        TypeConverters.toInt,
    )
    noShortcut = Param(
        Params._dummy(),
        "noShortcut",
        "Make noisy copies also where the code proves that they change nothing: scores affine "
        "in the layer's output.",
        TypeConverters.toBoolean,
    )
    device = Param(
        Params._dummy(),
        "device",
        "Where the network runs.",
        TypeConverters.toString,
    )
    precision = Param(
        Params._dummy(),
        "precision",
        "What the network computes with; maps and statistics are float32 always.",
        TypeConverters.toString,
    )
    decoders = Param(
        Params._dummy(),
        "decoders",
        "Threads of each task that read and decode images ahead of the device; 0 none, -1 "
        "chooses: the task's cores beside a GPU; beside the CPU one if images lie on other "
        "machines, else none.",
        TypeConverters.toInt,
    )
    maxPixels = Param(
        Params._dummy(),
        "maxPixels",
        "Larger images are failures, found from the header.",
        TypeConverters.toInt,
    )
    maxBytes = Param(
        Params._dummy(),
        "maxBytes",
        "Larger files are failures.",
        TypeConverters.toInt,
    )

    @keyword_only
    def __init__(
        self,
        *,
        inputCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        labelCol: Optional[str] = None,
        imageIdCol: Optional[str] = None,
        model: Optional[str] = None,
        sidecar: Optional[str] = None,
        entry: Optional[str] = None,
        output: Optional[str] = None,
        classes: Optional[str] = None,
        scores: Optional[str] = None,
        resize: Optional[str] = None,
        crop: Optional[str] = None,
        interpolation: Optional[str] = None,
        channels: Optional[str] = None,
        mean: Optional[str] = None,
        std: Optional[str] = None,
        layer: Optional[str] = None,
        targets: Optional[str] = None,
        method: Optional[str] = None,
        samples: Optional[int] = None,
        sigma: Optional[float] = None,
        noiseScale: Optional[str] = None,
        seed: Optional[int] = None,
        score: Optional[str] = None,
        numerator: Optional[str] = None,
        alpha: Optional[str] = None,
        filters: Optional[str] = None,
        perFilter: Optional[bool] = None,
        subset: Optional[str] = None,
        region: Optional[bool] = None,
        batch: Optional[int] = None,
        noShortcut: Optional[bool] = None,
        device: Optional[str] = None,
        precision: Optional[str] = None,
        decoders: Optional[int] = None,
        maxPixels: Optional[int] = None,
        maxBytes: Optional[int] = None,
    ) -> None:
        super().__init__()
        self._java_obj = self._new_java_obj(_JAVA_PACKAGE + ".SmoothGradCam", self.uid)
        self._transfer_params_from_java()  # The defaults.
        self._set(**self._input_kwargs)

    def setParams(self, **parameters: Any) -> "SmoothGradCam":
        """Sets parameters by their names."""
        return self._set(**parameters)

    @classmethod
    def read(cls) -> JavaMLReader:
        """Reads a stage that was saved, by Python or by Java."""
        return _Reader(cls)


def _accessors(name: str) -> None:
    def get(self: SmoothGradCam) -> Any:
        return self.getOrDefault(name)

    def put(self: SmoothGradCam, value: Any) -> SmoothGradCam:
        return self._set(**{name: value})

    param = getattr(SmoothGradCam, name)
    for prefix, function, doc in (("get", get, "Value of "), ("set", put, "Sets ")):
        function.__name__ = prefix + name[0].upper() + name[1:]
        function.__doc__ = doc + name + ": " + param.doc
        setattr(SmoothGradCam, function.__name__, function)


for _name in [name for name, value in vars(SmoothGradCam).items() if isinstance(value, Param)]:
    _accessors(_name)

# PipelineModel.load() looks for a stage's Python class in the module named like its Java package.
sys.modules[_JAVA_PACKAGE] = sys.modules[__name__]
