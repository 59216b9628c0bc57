package io.camatlas.spark.doctor;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.NativeEngine;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkException;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ScoresDifferException;
import io.camatlas.torchscript.ArchiveException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * What one process has.
 *
 * @param where the process, for people
 * @param facts what was found, by name, in the order to show
 * @param gaps what is missing, in one sentence each that says how to mend it
 */
public record Diagnosis(String where, Map<String, String> facts, List<String> gaps)
    implements Serializable {
  private static final int PASSES = 5;
  private static final long LEAST_DISK = 2L << 30;
  private static final Path NVIDIA = Path.of("/proc/driver/nvidia/version");

  /**
   * A small model that every device is to run.
   *
   * @param archive the probed archive
   * @param plan what it returns, and its scores of a fixed image
   */
  public record Trial(byte[] archive, ProbePlan plan) implements Serializable {}

  /**
   * Looks at this process.
   *
   * @param device where networks are to run
   * @param address index of the GPU that Spark gave, or {@link DeviceChoice#NONE}
   */
  static Diagnosis of(String where, DeviceChoice device, int address, Trial trial) {
    Diagnosis found = new Diagnosis(where, new LinkedHashMap<>(), new ArrayList<>());
    found.java();
    found.pictures();
    found.disk();
    if (found.engine()) {
      found.devices(device, address, trial);
    }
    return found;
  }

  private void java() {
    facts.put(
        "Java",
        System.getProperty("java.version")
            + " ("
            + System.getProperty("java.vendor")
            + "), "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores");
    facts.put("Spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    if (Runtime.version().feature() < 17) {
      gaps.add("Java is older than 17; set JAVA_HOME to a JDK 17.");
    }
  }

  private void pictures() {
    try {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", png);
      new ImageDecoder(DecodeLimits.DEFAULT).decode(png.toByteArray());
      facts.put("OpenCV", "decodes pictures");
    } catch (IOException | ImageException | LinkageError | RuntimeException e) {
      facts.put("OpenCV", "fails");
      gaps.add(
          "OpenCV's native library does not load ("
              + e.getMessage()
              + "); CamAtlas has it for Linux and macOS on x86-64 and ARM.");
    }
  }

  private void disk() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      facts.put("Disk", gigabytes(free) + " free in " + folder);
      if (free < LEAST_DISK) {
        gaps.add(
            "Only "
                + gigabytes(free)
                + " are free in "
                + folder
                + ", where models and natives are unpacked; free some, or set java.io.tmpdir.");
      }
    } catch (IOException e) {
      facts.put("Disk", "unknown");
      gaps.add("The folder " + folder + " cannot be written to; set java.io.tmpdir to another.");
    }
  }

  private boolean engine() {
    try {
      facts.put("PyTorch", NativeEngine.get().getVersion());
      facts.put("Natives", NativeEngine.lookedFor());
      return true;
    } catch (NetworkException e) {
      facts.put("PyTorch", "does not load");
      gaps.add(e.getMessage());
      return false;
    }
  }

  private void devices(DeviceChoice choice, int address, Trial trial) {
    int gpus = NativeEngine.get().getGpuCount();
    boolean driver = Files.exists(NVIDIA);
    if (driver || gpus > 0) {
      facts.put("CUDA", "driver " + driverVersion() + ", runtime " + runtimeVersion());
    }
    facts.put("GPUs", gpus == 0 ? "none" : String.valueOf(gpus));
    if (driver && gpus == 0 && choice != DeviceChoice.CPU) {
      gaps.add(
          "NVIDIA's driver is here but PyTorch sees no GPU; give it a CUDA build and libcudart.so,"
              + " as the page on GPUs shows step by step. "
              + NativeEngine.lookedFor());
    }
    List<Device> devices = new ArrayList<>();
    try {
      Device first = choice.device(address);
      devices.add(first);
      for (int i = 0; first.isGpu() && address == DeviceChoice.NONE && i < gpus; i++) {
        if (i != first.getDeviceId()) {
          devices.add(Device.gpu(i));
        }
      }
    } catch (IllegalStateException e) {
      gaps.add(e.getMessage());
    }
    devices.forEach(device -> run(device, trial));
  }

  /** Runs the trial on a device and compares its scores. */
  private void run(Device device, Trial trial) {
    String name = device.isGpu() ? "GPU " + device.getDeviceId() : "CPU";
    Path file = null;
    try {
      file = Files.createTempFile("camatlas-doctor-", ".pt");
      Files.write(file, trial.archive());
      try (Network network = Network.load(file, device)) {
        double difference = trial.plan().canary().check(network, trial.plan().input());
        long start = System.nanoTime();
        for (int i = 0; i < PASSES; i++) {
          trial.plan().canary().check(network, trial.plan().input());
        }
        double milliseconds = (System.nanoTime() - start) / 1e6 / PASSES;
        facts.put(
            name,
            String.format(
                Locale.ROOT,
                "%sruns the demo's network in %.1f ms, scores equal to %.1g",
                device.isGpu() ? memory(device) : "",
                milliseconds,
                difference));
      }
    } catch (IOException
        | ArchiveException
        | NetworkException
        | ScoresDifferException
        | IllegalStateException e) {
      facts.put(name, "fails");
      gaps.add(name + " does not run the demo's network: " + e.getMessage());
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A small file in the folder for temporary ones.
    }
  }

  private static String memory(Device device) {
    try {
      long most = CudaUtils.getGpuMemory(device).getMax();
      return gigabytes(most)
          + ", compute capability "
          + CudaUtils.getComputeCapability(device.getDeviceId())
          + "; ";
    } catch (RuntimeException | LinkageError e) {
      return "memory unknown; ";
    }
  }

  private static String runtimeVersion() {
    try {
      return CudaUtils.getCudaVersionString();
    } catch (RuntimeException | LinkageError e) {
      return "not found";
    }
  }

  private static String driverVersion() {
    try {
      String line = Files.readAllLines(NVIDIA).get(0);
      return line.replaceFirst(".*?(\\d+\\.\\d+[.\\d]*).*", "$1");
    } catch (IOException | RuntimeException e) {
      return "unknown";
    }
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
