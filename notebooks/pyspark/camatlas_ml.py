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

    # Generated parameters, made from the options of the command; GeneratedFilesTest renews them.
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
        "Column with each image's class, by name or index; needed if targets holds label. "
        "Default: none.",
        TypeConverters.toString,
    )
    imageIdCol = Param(
        Params._dummy(),
        "imageIdCol",
        "Column with the name that log messages use for an image. Default: none.",
        TypeConverters.toString,
    )
    model = Param(
        Params._dummy(),
        "model",
        "TorchScript archive, traced or scripted, on this machine or a Hadoop file system. "
        "Required.",
        TypeConverters.toString,
    )
    sidecar = Param(
        Params._dummy(),
        "sidecar",
        "Description of the model. Default: the file beside it with the same name, ending in "
        ".json.",
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
        "Field, key or index of the scores. Default: the first tensor that is returned.",
        TypeConverters.toString,
    )
    classes = Param(
        Params._dummy(),
        "classes",
        "Names of the classes, one per line. Default: those of the sidecar.",
        TypeConverters.toString,
    )
    scores = Param(
        Params._dummy(),
        "scores",
        "What the scores are: logits, probabilities or log-probabilities of classes that "
        "exclude one another; multi-label (a logit for each label, before a sigmoid) or "
        "multi-label-probabilities. Default: what the sidecar says, else logits.",
        TypeConverters.toString,
    )
    threshold = Param(
        Params._dummy(),
        "threshold",
        "Of a model of several labels: the probability from which on an image is said to have "
        "a label. Default: what the sidecar says for each class, else 0.5.",
        TypeConverters.toFloat,
    )
    resize = Param(
        Params._dummy(),
        "resize",
        "Size to scale images to, in pixels: none, the shorter side (256), or height and "
        "width (128x128).",
        TypeConverters.toString,
    )
    crop = Param(
        Params._dummy(),
        "crop",
        "Size of the centre crop, in pixels: none, 224 or 224x224.",
        TypeConverters.toString,
    )
    interpolation = Param(
        Params._dummy(),
        "interpolation",
        "How images are scaled; always antialiased.",
        TypeConverters.toString,
    )
    resizeAs = Param(
        Params._dummy(),
        "resizeAs",
        "Whose resize is followed to the last bit: Pillow's up to version 12, or that of "
        "Pillow 13, which differs in images much taller than wide. Default: what the sidecar "
        "says, else pillow-12.",
        TypeConverters.toString,
    )
    channels = Param(
        Params._dummy(),
        "channels",
        "Order of the colours that the model expects.",
        TypeConverters.toString,
    )
    mean = Param(
        Params._dummy(),
        "mean",
        "Mean of each channel, for pixels from 0 to 1.",
        TypeConverters.toString,
    )
    std = Param(
        Params._dummy(),
        "std",
        "Standard deviation of each channel, for pixels from 0 to 1.",
        TypeConverters.toString,
    )
    labelSeparator = Param(
        Params._dummy(),
        "labelSeparator",
        "Of a model of several labels: what stands between two labels of an image, or the "
        "word space or tab. ?NAME is an uncertain label, ~NAME one of which nothing is known.",
        TypeConverters.toString,
    )
    emptyLabel = Param(
        Params._dummy(),
        "emptyLabel",
        "Of a model of several labels: texts that say that an image has none of the labels.",
        TypeConverters.toString,
    )
    otherLabels = Param(
        Params._dummy(),
        "otherLabels",
        "Of a model of several labels: whether labels that are no classes of the model end "
        "the job before it begins, as misspelt ones would count as absent, or are ignored.",
        TypeConverters.toString,
    )
    uncertainLabels = Param(
        Params._dummy(),
        "uncertainLabels",
        "Of a model of several labels: how uncertain labels (-1 in a column of a class) are "
        "read: unknown (not counted for their class), present or absent.",
        TypeConverters.toString,
    )
    missingLabels = Param(
        Params._dummy(),
        "missingLabels",
        "Of a model of several labels: how labels are read of which nothing is said (an empty "
        "cell in a column of a class): unknown, present or absent.",
        TypeConverters.toString,
    )
    maxPixels = Param(
        Params._dummy(),
        "maxPixels",
        "Images with more pixels than this become failures; only their header is read.",
        TypeConverters.toInt,
    )
    maxBytes = Param(
        Params._dummy(),
        "maxBytes",
        "Files with more bytes than this become failures.",
        TypeConverters.toInt,
    )
    layer = Param(
        Params._dummy(),
        "layer",
        "Layers to explain, by dotted path. If a layer is called several times, its last call "
        "counts; layer#1 is the first. Default: the layer that the sidecar names, else the "
        "last one with a grid that the scores depend on.",
        TypeConverters.toString,
    )
    layout = Param(
        Params._dummy(),
        "layout",
        "What the layers return, one for all or one for each: channels-first, channels-last, "
        "tokens:1+14x14 (one token, then 14 rows of 14) or tokens-first:1+14x14 (the same, "
        "before the batch). Default: found from the layer's output and the network's "
        "convolutions.",
        TypeConverters.toString,
    )
    allowRandom = Param(
        Params._dummy(),
        "allowRandom",
        "Explain a model that gives one image different scores in two passes. Its maps are "
        "then those of one pass among many.",
        TypeConverters.toBoolean,
    )
    targets = Param(
        Params._dummy(),
        "targets",
        "Classes to explain: label, predicted, top-K, names or indices of classes.",
        TypeConverters.toString,
    )
    scoreOver = Param(
        Params._dummy(),
        "scoreOver",
        "Pixels that a class's score is the mean over, if the model scores every pixel "
        "(segmentation): those where the class wins, those of the image's mask or boxes, or "
        "the whole picture.",
        TypeConverters.toString,
    )
    method = Param(
        Params._dummy(),
        "method",
        "How maps are computed: smooth-grad-cam++, grad-cam++, grad-cam, cam, xgrad-cam, "
        "layer-cam, smooth-grad-cam, smooth-xgrad-cam, smooth-layer-cam, eigen-cam, "
        "score-cam, ablation-cam, occlusion, saliency, smooth-grad, smooth-grad-squared, "
        "gradient-x-input or integrated-gradients. Several methods give a map each and share "
        "the passes.",
        TypeConverters.toString,
    )
    samples = Param(
        Params._dummy(),
        "samples",
        "Noisy copies of each image. 0, the default in the paper, adds no noise.",
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
        "Unit of sigma: the input's range (maximum minus minimum), or 1 in the normalised "
        "input (absolute).",
        TypeConverters.toString,
    )
    seed = Param(
        Params._dummy(),
        "seed",
        "Seed of the noise. An image's noise depends on the seed and the image alone.",
        TypeConverters.toInt,
    )
    score = Param(
        Params._dummy(),
        "score",
        "What is differentiated: the score (logit) or its exponential (exp).",
        TypeConverters.toString,
    )
    numerator = Param(
        Params._dummy(),
        "numerator",
        "Numerator of alpha: the second derivative, as Grad-CAM++ derives it, or the first, "
        "as the Smooth Grad-CAM++ paper prints it.",
        TypeConverters.toString,
    )
    alpha = Param(
        Params._dummy(),
        "alpha",
        "Whether alpha is used as printed (raw) or divided by its sum (normalized).",
        TypeConverters.toString,
    )
    patch = Param(
        Params._dummy(),
        "patch",
        "Side of the square that is covered, in cells of the layer's grid. 0: a seventh of "
        "the grid's shorter side.",
        TypeConverters.toInt,
    )
    pixelGrid = Param(
        Params._dummy(),
        "pixelGrid",
        "Maps of pixels are pooled, by their mean, to so many cells along the image's shorter "
        "side.",
        TypeConverters.toInt,
    )
    pathSteps = Param(
        Params._dummy(),
        "pathSteps",
        "Points between the mean colour and the image at which integrated-gradients takes "
        "gradients, as Gauss and Legendre place them.",
        TypeConverters.toInt,
    )
    filters = Param(
        Params._dummy(),
        "filters",
        "Feature maps to sum over, by index. Default: all. Separate lists with ; to get a map "
        "for each.",
        TypeConverters.toString,
    )
    perFilter = Param(
        Params._dummy(),
        "perFilter",
        "Also make a map for each of the filters alone.",
        TypeConverters.toBoolean,
    )
    subset = Param(
        Params._dummy(),
        "subset",
        "Neurons of the layer's grid to sum over, as row:column. Default: all. Separate lists "
        "with ; to get a map for each.",
        TypeConverters.toString,
    )
    region = Param(
        Params._dummy(),
        "region",
        "The neurons of subset are two corners of a rectangle.",
        TypeConverters.toBoolean,
    )
    noShortcut = Param(
        Params._dummy(),
        "noShortcut",
        "Run noisy copies even where the code proves that they change nothing, because the "
        "scores are affine in the layer's output.",
        TypeConverters.toBoolean,
    )
    batch = Param(
        Params._dummy(),
        "batch",
        "Images or noisy copies that the device holds at once; bounds its memory. -1 chooses: "
        "8, except that a run of explain tries several sizes for 1,000 images or more on "
        "GPUs.",
        TypeConverters.toInt,
    )
    device = Param(
        Params._dummy(),
        "device",
        "Where the network runs. auto uses a GPU if there is one.",
        TypeConverters.toString,
    )
    precision = Param(
        Params._dummy(),
        "precision",
        "Numbers that the network computes with. Maps and statistics are always float32.",
        TypeConverters.toString,
    )
    decoders = Param(
        Params._dummy(),
        "decoders",
        "Threads of each task that read and decode images ahead of the device. 0 uses none. "
        "-1 chooses: all cores of the task if it has a GPU; otherwise one thread if the "
        "images are on other machines, else none.",
        TypeConverters.toInt,
    )
    # End of generated parameters.

    @keyword_only
    def __init__(
        self,
        *,
        # Generated arguments.
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
        threshold: Optional[float] = None,
        resize: Optional[str] = None,
        crop: Optional[str] = None,
        interpolation: Optional[str] = None,
        resizeAs: Optional[str] = None,
        channels: Optional[str] = None,
        mean: Optional[str] = None,
        std: Optional[str] = None,
        labelSeparator: Optional[str] = None,
        emptyLabel: Optional[str] = None,
        otherLabels: Optional[str] = None,
        uncertainLabels: Optional[str] = None,
        missingLabels: Optional[str] = None,
        maxPixels: Optional[int] = None,
        maxBytes: Optional[int] = None,
        layer: Optional[str] = None,
        layout: Optional[str] = None,
        allowRandom: Optional[bool] = None,
        targets: Optional[str] = None,
        scoreOver: Optional[str] = None,
        method: Optional[str] = None,
        samples: Optional[int] = None,
        sigma: Optional[float] = None,
        noiseScale: Optional[str] = None,
        seed: Optional[int] = None,
        score: Optional[str] = None,
        numerator: Optional[str] = None,
        alpha: Optional[str] = None,
        patch: Optional[int] = None,
        pixelGrid: Optional[int] = None,
        pathSteps: Optional[int] = None,
        filters: Optional[str] = None,
        perFilter: Optional[bool] = None,
        subset: Optional[str] = None,
        region: Optional[bool] = None,
        noShortcut: Optional[bool] = None,
        batch: Optional[int] = None,
        device: Optional[str] = None,
        precision: Optional[str] = None,
        decoders: Optional[int] = None,
        # End of generated arguments.
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
