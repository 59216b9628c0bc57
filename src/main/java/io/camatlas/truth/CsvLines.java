package io.camatlas.truth;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/** Rows of comma-separated text (RFC 4180), all with as many fields as the first. */
final class CsvLines {
  private final BufferedReader text;
  private int line;
  private int fields = -1;

  CsvLines(Reader text) {
    this.text = new BufferedReader(text);
  }

  /** The line on which the last row ends, from 1. */
  int line() {
    return line;
  }

  /**
   * The next row that is not blank, or null at the end.
   *
   * @throws TruthException if a quote is not closed or is inside an unquoted field, or the number
   *     of fields differs
   */
  List<String> next() throws IOException {
    for (String read = readLine(); read != null; read = readLine()) {
      if (!read.isBlank()) {
        List<String> row = fields(read);
        if (fields >= 0 && row.size() != fields) {
          throw new TruthException(
              "Line %d has %d fields but the first has %d; all must have the same number. Correct the line."
                  .formatted(line, row.size(), fields));
        }
        fields = row.size();
        return row;
      }
    }
    return null;
  }

  private String readLine() throws IOException {
    String read = text.readLine();
    if (read != null && line++ == 0 && read.startsWith("\ufeff")) {
      return read.substring(1);
    }
    return read;
  }

  private List<String> fields(String read) throws IOException {
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    boolean closed = false;
    String rest = read;
    int opened = line;
    for (int i = 0; ; i++) {
      if (i == rest.length()) {
        if (!quoted) {
          row.add(field.toString());
          return row;
        }
        field.append('\n');
        rest = readLine();
        i = -1;
        if (rest == null) {
          throw new TruthException(
              "Line %d opens a quote that is not closed. Correct the line.".formatted(opened));
        }
        continue;
      }
      char c = rest.charAt(i);
      if (quoted) {
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < rest.length() && rest.charAt(i + 1) == '"') {
          field.append(c);
          i++;
        } else {
          quoted = false;
          closed = true;
        }
      } else if (c == ',') {
        row.add(field.toString());
        field.setLength(0);
        closed = false;
      } else if (c == '"' && field.isEmpty() && !closed) {
        quoted = true;
        opened = line;
      } else if (c == '"' || closed) {
        throw new TruthException(
            "Line %d has '%s' next to a quoted field, or a quote inside an unquoted one; double the quote and quote the field."
                .formatted(line, c));
      } else {
        field.append(c);
      }
    }
  }
}
