package io.camatlas.spark.input;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.camatlas.model.LabelSets;
import io.camatlas.spark.storage.FileRange;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Row;

/**
 * The images of one WebDataset shard. Consecutive files with the same key form a sample; the key is
 * the path up to the first dot of the file name. Each picture in a sample is an image, and its
 * {@code cls} or {@code json} file gives the label.
 *
 * <p>A damaged shard gives the images before the damage, and one unreadable row for the rest. The
 * pictures of a sample whose label cannot be read are unreadable rows, too, since they would count
 * as having no label. Names of entries are never used as paths.
 */
final class ShardRows implements Iterator<Row>, AutoCloseable {
  /**
   * The file extensions of pictures: those that WebDataset knows, others of formats that are read,
   * and some that are not, of which each image is a failure that says so.
   */
  private static final Set<String> PICTURES =
      Set.of(
          "jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm", "pbm", "pnm",
          "jpe", "jfif", "jp2", "j2k", "jxl", "heic", "heif", "avif");

  private static final Pattern NAME = Pattern.compile("((?:.*/)?[^./]+)\\.([^/]*)", Pattern.DOTALL);

  /** Fields of a sample's {@code json} that give its label. */
  private static final List<String> LABELS = List.of("label", "class");

  /** Those that give several, as a list or as a text. */
  private static final List<String> SEVERAL = List.of("labels", "label");

  private static final int LONGEST_LABEL = 1 << 20;
  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** Python writes NaN, which is not JSON. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final TarEntries entries;
  private final String shard;
  private final String name;
  private final Optional<LabelSets> labels;
  private final boolean packing;
  private final long modified;
  private final Deque<Row> ready = new ArrayDeque<>();
  private final List<Picture> pictures = new ArrayList<>();
  private String key = "";
  private String cls;
  private String json;

  /** Why its labels cannot be told in one text; a phrase that follows the shard. */
  private String clash;

  /** Why the sample's {@code cls} or {@code json} cannot be read; phrases that follow the shard. */
  private String wrongCls;

  private String wrongJson;
  private Map<String, String> further = Map.of();
  private boolean ended;

  private record Picture(String name, TarEntries.Entry entry) {}

  /**
   * @param shard path of an uncompressed tar file
   * @param name name of the shard, which begins the names of its images
   * @param labels how several labels of a sample are written; empty if it has one
   * @param packing whether it may have one or several
   */
  ShardRows(
      Path shard, String name, Optional<LabelSets> labels, boolean packing, Configuration hadoop)
      throws IOException {
    FileSystem files = shard.getFileSystem(hadoop);
    FileStatus status = files.getFileStatus(shard);
    boolean local = files instanceof LocalFileSystem || files instanceof RawLocalFileSystem;
    this.shard = shard.toString();
    this.name = name;
    this.labels = labels;
    this.packing = packing;
    this.modified = status.getModificationTime();
    this.entries = new TarEntries(files.open(shard), status.getLen(), local);
  }

  @Override
  public boolean hasNext() {
    try {
      while (ready.isEmpty() && !ended) {
        advance();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("The shard has no more images.");
    }
    return ready.remove();
  }

  private void advance() throws IOException {
    TarEntries.Entry entry;
    try {
      entry = entries.next();
    } catch (TarEntries.Damage e) {
      flush();
      ended = true;
      String id = name + "/damaged at " + entries.headerOffset();
      String why =
          "is damaged at byte " + entries.headerOffset() + " and is not read past that point: ";
      ready.add(row(id, HadoopFiles.unreadable(shard, why + e.getMessage()), null, null, Map.of()));
      return;
    }
    if (entry == null) {
      flush();
      ended = true;
    } else if (!entry.folder()) {
      add(entry);
    }
  }

  private void add(TarEntries.Entry entry) throws IOException {
    // 'tar -cf shard.tar .' writes './' before every name.
    Matcher matcher = NAME.matcher(entry.name().replaceFirst("^(\\./)+", ""));
    if (!matcher.matches()) {
      return;
    }
    if (!matcher.group(1).equals(key)) {
      flush();
      key = matcher.group(1);
    }
    String extension = matcher.group(2).toLowerCase(Locale.ROOT);
    if (PICTURES.contains(extension.substring(extension.lastIndexOf('.') + 1))) {
      pictures.add(new Picture(matcher.group(1) + "." + matcher.group(2), entry));
    } else if (extension.equals("cls")) {
      wrongCls = wrong(entry);
      cls = wrongCls == null ? text(entry).strip() : null;
    } else if (extension.equals("json")) {
      wrongJson = wrong(entry);
      if (wrongJson == null) {
        readSample(entry);
      }
    }
  }

  /** Why an entry is not read as a label; null if it is. */
  private static String wrong(TarEntries.Entry entry) {
    if (!entry.file()) {
      return link(entry);
    }
    return entry.length() <= LONGEST_LABEL
        ? null
        : "contains %s, which has %d bytes; a label may have %d"
            .formatted(entry.name(), entry.length(), LONGEST_LABEL);
  }

  private static String link(TarEntries.Entry entry) {
    return "contains the link " + entry.name() + ", and links are not followed";
  }

  private String text(TarEntries.Entry entry) throws IOException {
    String text = new String(entries.data(entry), StandardCharsets.UTF_8);
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  private void readSample(TarEntries.Entry entry) throws IOException {
    String text = text(entry);
    JsonNode sample;
    try {
      sample = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      wrongJson = "contains " + entry.name() + ", which is no JSON: " + e.getOriginalMessage();
      return;
    }
    if (sample.isMissingNode()) {
      wrongJson = "contains " + entry.name() + ", which is no JSON: it is empty";
      return;
    }
    Map<String, String> values = new TreeMap<>();
    sample
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isValueNode() && !isNothing(field.getValue())) {
                String value = field.getValue().asText();
                values.put(
                    field.getKey(),
                    value.substring(0, Math.min(value.length(), ImagesTable.LONGEST_METADATA)));
              }
            });
    if (labels.isPresent()) {
      readSeveral(entry, sample, labels.get(), values);
    }
    for (String field : LABELS) {
      if (json == null && isLabel(sample.path(field))) {
        json = said(sample.path(field));
        values.remove(field);
      }
    }
    further = values;
  }

  private void readSeveral(
      TarEntries.Entry entry, JsonNode sample, LabelSets sets, Map<String, String> values) {
    Optional<String> alone =
        packing
            ? LABELS.stream()
                .map(sample::path)
                .filter(ShardRows::isLabel)
                .findFirst()
                .map(ShardRows::said)
            : Optional.empty();
    for (String field : SEVERAL) {
      JsonNode several = sample.path(field);
      if (json == null && several.isArray()) {
        List<String> names = new ArrayList<>();
        several.forEach(one -> names.add(said(one)));
        // Lists of vectors or objects are what people pack, but name no labels; nor do empty ones
        // beside a label.
        boolean saysNoMore =
            alone.isPresent() && (names.isEmpty() || names.equals(List.of(alone.get())));
        if (packing && (saysNoMore || !isOfTexts(several))) {
          continue;
        }
        clash = clash(entry, names, alone, sets);
        // An empty list says that there are none.
        json = names.isEmpty() ? sets.none().get(0) : String.join(sets.separator(), names);
      } else if (json == null && several.isTextual() && alone.isEmpty()) {
        json = several.asText();
        values.remove(field);
      } else if (several.isTextual()
          && alone.isPresent()
          && !several.asText().equals(alone.get())) {
        clash = clash(entry, List.of(several.asText()), alone, sets);
      }
    }
  }

  /** Why a list cannot be kept as one text; null if it can. */
  private static String clash(
      TarEntries.Entry entry, List<String> names, Optional<String> alone, LabelSets sets) {
    if (alone.isPresent()) {
      return "contains %s, which has the label '%s' beside the list of labels %s, and a packed table keeps one of them; leave one out, or explain the shards themselves."
          .formatted(entry.name(), alone.get(), names);
    }
    return names.stream()
        .filter(one -> one.contains(sets.separator()))
        .findFirst()
        .map(
            one ->
                "contains %s, whose list has the label '%s'; '%s' stands between labels, so leave it out of their names."
                    .formatted(entry.name(), one, sets.separator()))
        .orElse(null);
  }

  private static boolean isOfTexts(JsonNode list) {
    for (JsonNode one : list) {
      if (!one.isTextual()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLabel(JsonNode value) {
    return value.isTextual() || value.isIntegralNumber() || LabelIndex.isWhole(value.numberValue());
  }

  private static boolean isNothing(JsonNode value) {
    return value.isNull() || (value.isNumber() && Double.isNaN(value.doubleValue()));
  }

  private static String said(JsonNode label) {
    return label.isNumber() ? LabelIndex.text(label.numberValue()) : label.asText();
  }

  private void flush() {
    boolean hasCls = cls != null && !cls.isEmpty();
    String label = hasCls ? cls : json;
    String wrong = wrongCls == null && !hasCls ? wrongJson : wrongCls;
    String unkept = hasCls ? null : clash;
    for (Picture picture : pictures) {
      if (unkept != null) {
        ready.add(FoundImage.wrong(unkept).toRow());
        continue;
      }
      TarEntries.Entry entry = picture.entry();
      String why = entry.file() ? wrong : link(entry);
      String path =
          why == null
              ? new FileRange(shard, entry.offset(), entry.length()).toString()
              : HadoopFiles.unreadable(shard, why);
      ready.add(
          row(
              name + "/" + picture.name(),
              path,
              why == null ? entry.length() : null,
              label,
              further));
    }
    pictures.clear();
    cls = null;
    json = null;
    wrongCls = null;
    wrongJson = null;
    clash = null;
    further = Map.of();
    key = "";
  }

  private Row row(String id, String path, Long bytes, String label, Map<String, String> metadata) {
    return FoundImage.file(id, path, bytes, bytes == null ? null : modified, label)
        .withMetadata(metadata)
        .toRow();
  }

  @Override
  public void close() throws IOException {
    entries.close();
  }
}
