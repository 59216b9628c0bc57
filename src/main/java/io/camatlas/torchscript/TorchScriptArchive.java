package io.camatlas.torchscript;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript file: a zip of weights, a pickle that names the root class, and the classes' code
 * as canonical text. Works for traced and scripted files of PyTorch 1.4 and later.
 *
 * <p>Only the code and the head of the pickle are held in memory. Immutable.
 */
public final class TorchScriptArchive {
  private static final Pattern DRAWING =
      Pattern.compile(
          "\\b(?:rand|randn|randint|rand_like|randn_like|randint_like|randperm|normal|bernoulli"
              + "|multinomial|poisson|uniform|random|exponential|geometric|log_normal|cauchy)_?\\(");

  private static final int MAX_ENTRIES = 200_000;
  private static final long MAX_TEXT_BYTES = 64L << 20;
  private static final long MAX_BYTES = 64L << 30;
  private static final long MAX_EXPANSION = 20;

  private final Path file;
  private final String prefix;
  private final String rootType;
  private final Map<String, String> sources;
  private final Map<String, ScriptClass> classes;

  private TorchScriptArchive(
      Path file, String prefix, String rootType, Map<String, String> sources) {
    this.file = file;
    this.prefix = prefix;
    this.rootType = rootType;
    this.sources = Collections.unmodifiableMap(sources);
    Map<String, ScriptClass> read = new HashMap<>();
    sources.forEach(
        (qualifier, text) -> {
          for (ScriptClass parsed : ScriptParser.classes(qualifier, text)) {
            read.put(parsed.qualifiedName(), parsed);
          }
        });
    this.classes = Collections.unmodifiableMap(read);
  }

  /**
   * Reads an archive's code.
   *
   * @param file a file written by {@code torch.jit.save}
   * @throws ArchiveException if it is not there or is not a TorchScript archive; the message says
   *     what it is and what to do
   */
  public static TorchScriptArchive open(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return read(file, zip);
    } catch (NoSuchFileException e) {
      throw new ArchiveException(
          "No model file " + file + "; give the path of a TorchScript file.");
    } catch (ZipException e) {
      throw new ArchiveException(
          file
              + " is not a TorchScript archive ("
              + e.getMessage()
              + "); write one with torch.jit.save, or with jobs/export_model.py.",
          e);
    } catch (IOException e) {
      throw new ArchiveException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static TorchScriptArchive read(Path file, ZipFile zip) throws IOException {
    if (zip.size() > MAX_ENTRIES) {
      throw new ArchiveException(
          file + " has " + zip.size() + " entries; at most " + MAX_ENTRIES + " are read.");
    }
    String prefix = null;
    long bytes = 0;
    Set<String> names = new HashSet<>();
    for (ZipEntry entry : Collections.list(zip.entries())) {
      String name = entry.getName();
      if (name.startsWith("/") || name.contains("\\") || List.of(name.split("/")).contains("..")) {
        throw new ArchiveException(
            file + " holds the entry '" + name + "', which leads out of the archive.");
      }
      if (!names.add(name)) {
        throw new ArchiveException(file + " holds the entry '" + name + "' twice.");
      }
      bytes += Math.max(0, entry.getSize());
      if (name.endsWith("/data.pkl") && name.indexOf('/') == name.length() - 9) {
        prefix = name.substring(0, name.length() - 8);
      }
    }
    long length = Files.size(file);
    // PyTorch stores weights as they are; what unpacks to many times its size was made to harm.
    if (bytes > MAX_BYTES || bytes > MAX_TEXT_BYTES + MAX_EXPANSION * length) {
      throw new ArchiveException(
          file
              + " has "
              + length
              + " bytes but unpacks to "
              + bytes
              + "; at most "
              + Math.min(MAX_BYTES, MAX_TEXT_BYTES + MAX_EXPANSION * length)
              + " are loaded. Write it with torch.jit.save.");
    }
    if (prefix == null) {
      throw new ArchiveException(
          file
              + " is a zip without data.pkl, not a TorchScript archive; write one with"
              + " torch.jit.save, or with jobs/export_model.py.");
    }
    Map<String, String> sources = new TreeMap<>();
    long textBytes = 0;
    String codeFolder = prefix + "code/";
    for (String name : names) {
      if (name.startsWith(codeFolder) && name.endsWith(".py")) {
        byte[] text = bytes(zip, name);
        textBytes += text.length;
        if (textBytes > MAX_TEXT_BYTES) {
          throw new ArchiveException(
              file + " holds more than " + MAX_TEXT_BYTES + " bytes of code; it is not loaded.");
        }
        sources.put(
            name.substring(codeFolder.length(), name.length() - 3).replace('/', '.'),
            new String(text, StandardCharsets.UTF_8));
      }
    }
    if (sources.isEmpty()) {
      throw new ArchiveException(
          file
              + " holds a state_dict or a pickled module, not TorchScript code; export the model"
              + " with torch.jit.trace or torch.jit.script, or with jobs/export_model.py.");
    }
    return new TorchScriptArchive(
        file, prefix, rootType(file, bytes(zip, prefix + "data.pkl")), sources);
  }

  private static byte[] bytes(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry.getSize() > MAX_TEXT_BYTES) {
      throw new ArchiveException(
          "The archive's entry " + name + " has " + entry.getSize() + " bytes; it is not loaded.");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readNBytes((int) Math.min(MAX_TEXT_BYTES, Integer.MAX_VALUE - 8));
    }
  }

  /** The first global that the pickle names is the root module's class. */
  private static String rootType(Path file, byte[] pickle) {
    String text = new String(pickle, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("c__torch__");
    int moduleEnd = at < 0 ? -1 : text.indexOf('\n', at);
    int nameEnd = moduleEnd < 0 ? -1 : text.indexOf('\n', moduleEnd + 1);
    if (nameEnd < 0) {
      throw new ArchiveException(file + ": its data.pkl names no module class.");
    }
    return text.substring(at + 1, moduleEnd) + "." + text.substring(moduleEnd + 1, nameEnd);
  }

  /** The file that was read. */
  public Path file() {
    return file;
  }

  /** The root module's class, for example {@code __torch__.torchvision.models.resnet.ResNet}. */
  public String rootType() {
    return rootType;
  }

  /** All classes of the code. */
  Collection<ScriptClass> types() {
    return classes.values();
  }

  ScriptClass rootClass() {
    return type(rootType)
        .orElseThrow(
            () ->
                new ArchiveException(file + ": the code of its root " + rootType + " is missing."));
  }

  /** The class behind a type's text, if it is one of the archive's own. */
  Optional<ScriptClass> type(String qualifiedName) {
    return Optional.ofNullable(classes.get(qualifiedName));
  }

  /** The text of all code files by their dotted names. */
  Map<String, String> sources() {
    return sources;
  }

  /** Whether the code computes with quantised numbers, through which there are no gradients. */
  public boolean isQuantised() {
    return sources.values().stream().anyMatch(text -> text.contains("ops.quantized."));
  }

  /**
   * Whether the code draws random numbers, be it only while training. Dropout is left out: where it
   * is on, any two passes differ.
   */
  public boolean drawsRandomNumbers() {
    return sources.values().stream().anyMatch(text -> DRAWING.matcher(text).find());
  }

  /** The text of one code file by its dotted name. */
  String source(String qualifier) {
    return sources.get(qualifier);
  }

  /**
   * Writes a copy whose code differs; weights are copied byte for byte. Entries are stored, not
   * compressed.
   *
   * @param target the new file, replaced if it is there
   * @param changed code files by dotted name, new ones included
   */
  void writeTo(Path target, Map<String, String> changed) throws IOException {
    Map<String, byte[]> replacements = new LinkedHashMap<>();
    changed.forEach(
        (qualifier, text) ->
            replacements.put(
                prefix + "code/" + qualifier.replace('.', '/') + ".py",
                text.getBytes(StandardCharsets.UTF_8)));
    byte[] buffer = new byte[1 << 16];
    try (ZipFile zip = new ZipFile(file.toFile());
        OutputStream raw = Files.newOutputStream(target);
        ZipOutputStream out = new ZipOutputStream(raw)) {
      out.setMethod(ZipOutputStream.STORED);
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName();
        // The debug entries hold line numbers of the text that has changed.
        boolean stale =
            name.endsWith(".debug_pkl")
                && replacements.containsKey(name.substring(0, name.length() - 10));
        if (entry.isDirectory() || stale || replacements.containsKey(name)) {
          continue;
        }
        ZipEntry copy = entry(name);
        copy.setSize(entry.getSize());
        copy.setCompressedSize(entry.getSize());
        copy.setCrc(entry.getCrc());
        out.putNextEntry(copy);
        long left = entry.getSize();
        try (InputStream in = zip.getInputStream(entry)) {
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            left -= n;
            if (left < 0) {
              throw new ArchiveException(
                  file + " holds the entry '" + name + "', which is longer than it says.");
            }
            out.write(buffer, 0, n);
          }
        }
        out.closeEntry();
      }
      for (Map.Entry<String, byte[]> replacement : replacements.entrySet()) {
        byte[] text = replacement.getValue();
        CRC32 crc = new CRC32();
        crc.update(text);
        ZipEntry entry = entry(replacement.getKey());
        entry.setSize(text.length);
        entry.setCompressedSize(text.length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(text);
        out.closeEntry();
      }
    }
  }

  /** An entry that says nothing of when it was written: one archive gives the same bytes always. */
  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(LocalDateTime.of(1980, 2, 1, 0, 0));
    return entry;
  }
}
