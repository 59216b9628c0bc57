/* The report's pages: maps, the viewer, tables and charts. Everything that comes from data is set
   as text or as an attribute, never as markup. */
(() => {
  "use strict";

  const INFERNO = Array.from({ length: 256 }, (_, i) => d3.rgb(d3.interpolateInferno(i / 255)));
  const CLEAR_BELOW = 0.04;
  const FINE_CELLS = 64;
  const LONGEST_CANVAS = 320;
  const singleFile = document.body.hasAttribute("data-single-file");
  const root = document.body.dataset.root;
  const kept = document.getElementById("picture-files");
  const keptPictures = kept ? JSON.parse(kept.textContent) : {};

  /** As Numbers.percentOf has it: nothing but 0 and 1 reads as none and all. */
  function percent(share) {
    const value = 100 * share;
    if (share > 0 && value < 0.05) return "below 0.1 %";
    const fine = Math.abs(value) < 9.95 || (share < 1 && value > 99);
    const shown = share < 1 ? Math.min(99.9, value) : value;
    return (fine ? Math.round(10 * shown) / 10 : Math.round(shown)) + " %";
  }

  const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

  /* ---- Appearance ---- */

  const themeButton = document.getElementById("theme");
  const remembered = {
    get() { try { return localStorage.getItem("camatlas-theme"); } catch { return null; } },
    set(value) { try { localStorage.setItem("camatlas-theme", value); } catch { /* Not kept then. */ } }
  };

  function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function showTheme() {
    themeButton.textContent = isDark() ? "Light" : "Dark";
    themeButton.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  }

  if (remembered.get()) document.documentElement.dataset.theme = remembered.get();
  themeButton.hidden = false;
  themeButton.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    remembered.set(document.documentElement.dataset.theme);
    showTheme();
  });
  showTheme();

  /* ---- Maps ---- */

  /** A grid of shares of its maximum, from 16-bit numbers. */
  function decoded(grid) {
    if (!grid.shares) {
      const bytes = Uint8Array.from(atob(grid.values), c => c.charCodeAt(0));
      const view = new DataView(bytes.buffer);
      grid.shares = Float32Array.from(
        { length: grid.height * grid.width }, (_, i) => view.getUint16(2 * i, true) / 65535);
    }
    return grid.shares;
  }

  /** Catmull-Rom: four cells and their weights for each pixel of an axis; edges are clamped. */
  function cubicAxis(pixels, cells) {
    return Array.from({ length: pixels }, (_, i) => {
      const at = Math.max(0, Math.min(cells - 1, ((i + 0.5) / pixels) * cells - 0.5));
      const before = Math.floor(at);
      const t = at - before;
      const clamp = k => Math.max(0, Math.min(cells - 1, before - 1 + k));
      return {
        cells: [clamp(0), clamp(1), clamp(2), clamp(3)],
        weights: [
          t * (-0.5 + t * (1 - 0.5 * t)),
          1 + t * t * (-2.5 + 1.5 * t),
          t * (0.5 + t * (2 - 1.5 * t)),
          t * t * (-0.5 + 0.5 * t)
        ]
      };
    });
  }

  function smooth(grid, width, height) {
    const shares = decoded(grid);
    const columns = cubicAxis(width, grid.width);
    const rows = cubicAxis(height, grid.height);
    const stretched = new Float32Array(grid.height * width);
    for (let r = 0; r < grid.height; r++) {
      for (let x = 0; x < width; x++) {
        const axis = columns[x];
        let sum = 0;
        for (let k = 0; k < 4; k++) sum += axis.weights[k] * shares[r * grid.width + axis.cells[k]];
        stretched[r * width + x] = sum;
      }
    }
    const out = new Float32Array(height * width);
    for (let y = 0; y < height; y++) {
      const axis = rows[y];
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < 4; k++) sum += axis.weights[k] * stretched[axis.cells[k] * width + x];
        out[y * width + x] = Math.max(0, Math.min(1, sum));
      }
    }
    return out;
  }

  /** Rises smoothly from nothing: a cold place shows the photograph. */
  function opacity(share) {
    const t = Math.max(0, (share - CLEAR_BELOW) / (1 - CLEAR_BELOW));
    return Math.min(1, ((Math.sqrt(t) * t) / (t + 0.12)) * 1.12);
  }

  /**
   * Draws a map over an image of so many pixels; outside of the part that the network saw,
   * it is dark. Without an image the map is opaque.
   */
  function drawHeat(canvas, grid, size, seen, over) {
    const scale = LONGEST_CANVAS / Math.max(size[0], size[1]);
    canvas.width = Math.max(1, Math.round(size[0] * scale));
    canvas.height = Math.max(1, Math.round(size[1] * scale));
    const context = canvas.getContext("2d");
    const left = Math.round(seen[0] * scale);
    const top = Math.round(seen[1] * scale);
    const width = Math.max(1, Math.round((seen[2] - seen[0]) * scale));
    const height = Math.max(1, Math.round((seen[3] - seen[1]) * scale));
    if (over) {
      context.fillStyle = "rgb(0 0 0 / 0.62)";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.clearRect(left, top, width, height);
    }
    const heat = smooth(grid, width, height);
    if (grid.factor) for (let i = 0; i < heat.length; i++) heat[i] = Math.min(1, grid.factor * heat[i]);
    const pixels = context.createImageData(width, height);
    for (let i = 0; i < heat.length; i++) {
      const colour = INFERNO[Math.round(heat[i] * 255)];
      pixels.data[4 * i] = colour.r;
      pixels.data[4 * i + 1] = colour.g;
      pixels.data[4 * i + 2] = colour.b;
      pixels.data[4 * i + 3] = over ? (grid.maximum > 0 ? 255 * opacity(heat[i]) : 0) : 255;
    }
    context.putImageData(pixels, left, top);
  }

  /**
   * Connected parts at or above a share of the maximum, as CamAtlas measures them: on the map
   * enlarged bilinearly to at least 64 cells, cells touching by a side or a corner.
   */
  function parts(grid, threshold) {
    const shares = decoded(grid);
    const longer = Math.max(grid.height, grid.width);
    const factor = longer >= FINE_CELLS ? 1 : Math.ceil(FINE_CELLS / longer);
    const height = grid.height * factor;
    const width = grid.width * factor;
    const axis = (fine, cells) => {
      const at = Math.min(Math.max((fine + 0.5) / factor - 0.5, 0), cells - 1);
      const low = Math.floor(at);
      return [low, Math.min(low + 1, cells - 1), at - low];
    };
    const columns = Array.from({ length: width }, (_, x) => axis(x, grid.width));
    const hot = new Uint8Array(height * width);
    for (let y = 0; y < height; y++) {
      const [upper, lower, down] = axis(y, grid.height);
      for (let x = 0; x < width; x++) {
        const [left, right, across] = columns[x];
        const mix = row => {
          const a = shares[row * grid.width + left];
          return a + across * (shares[row * grid.width + right] - a);
        };
        const a = mix(upper);
        hot[y * width + x] = a + down * (mix(lower) - a) >= threshold ? 1 : 0;
      }
    }
    let count = 0;
    let largest = null;
    for (let start = 0; start < hot.length; start++) {
      if (!hot[start]) continue;
      count++;
      hot[start] = 0;
      const cells = [start];
      const box = { x0: width, y0: height, x1: 0, y1: 0, cells: 0 };
      for (let i = 0; i < cells.length; i++) {
        const y = Math.floor(cells[i] / width);
        const x = cells[i] - y * width;
        box.x0 = Math.min(box.x0, x);
        box.x1 = Math.max(box.x1, x + 1);
        box.y0 = Math.min(box.y0, y);
        box.y1 = Math.max(box.y1, y + 1);
        for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
          for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
            if (hot[v * width + u]) {
              hot[v * width + u] = 0;
              cells.push(v * width + u);
            }
          }
        }
      }
      box.cells = cells.length;
      if (!largest || box.cells > largest.cells) largest = box;
    }
    return {
      count,
      box: largest && [largest.x0 / width, largest.y0 / height, largest.x1 / width, largest.y1 / height]
    };
  }

  function pictureSource(file) {
    if (!singleFile) return root + file;
    return keptPictures[file] ? "data:image/jpeg;base64," + keptPictures[file] : null;
  }

  /* Maps of pictures are drawn when they come into sight. */
  const inSight = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        inSight.unobserve(entry.target);
        entry.target.drawNow();
      }
    }
  }, { rootMargin: "300px" });

  const waiting = new Set();

  function drawLater(element, draw) {
    waiting.add(element);
    element.drawNow = () => {
      waiting.delete(element);
      draw();
    };
    inSight.observe(element);
  }

  /* Paper shows all of a page. */
  addEventListener("beforeprint", () => {
    for (const image of document.images) image.loading = "eager";
    for (const element of [...waiting]) element.drawNow();
    for (const part of document.querySelectorAll("main details:not([open])")) {
      part.open = true;
      part.dataset.opened = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const part of document.querySelectorAll("details[data-opened]")) {
      part.open = false;
      delete part.dataset.opened;
    }
  });

  /** What the colours mean: from nothing to the upper end of the map's scale. */
  function scaleOf(grid) {
    const scale = document.createElement("div");
    scale.className = "scale";
    const low = document.createElement("span");
    low.textContent = "0";
    const ramp = document.createElement("i");
    ramp.style.background = `linear-gradient(to right, ${
      [0, 51, 102, 153, 204, 255].map(level => INFERNO[level].formatHex()).join(", ")})`;
    const high = document.createElement("span");
    high.textContent = grid.end;
    scale.append(low, ramp, high);
    return scale;
  }

  function drawMaps(main, data) {
    for (const stack of main.querySelectorAll(".stack[data-map]")) {
      const grid = data.maps && data.maps[stack.dataset.map];
      if (!grid) continue;
      if (grid.end) stack.after(scaleOf(grid));
      const image = stack.querySelector("img");
      const over = stack.hasAttribute("data-over") && image !== null;
      const draw = (width, height) => {
        stack.style.aspectRatio = `${width} / ${height}`;
        drawHeat(stack.querySelector("canvas"), grid, [width, height], [0, 0, width, height], over);
      };
      if (over) {
        image.decode().then(
          () => draw(image.naturalWidth, image.naturalHeight), () => draw(grid.width, grid.height));
      } else {
        draw(grid.width, grid.height);
      }
    }
    const pictures = data.pictures || [];
    const byId = new Map(pictures.map(picture => [picture.id, picture]));
    for (const button of main.querySelectorAll(".picture")) {
      const picture = byId.get(button.dataset.picture);
      const canvas = button.querySelector("canvas");
      if (canvas && picture) {
        drawLater(button, () => drawHeat(canvas, picture.map, picture.size, picture.seen, true));
      }
    }
    for (const stack of main.querySelectorAll(".stack[data-cell]")) {
      const [x0, y0, x1, y1, width, height] = stack.dataset.cell.split(",").map(Number);
      const marks = d3.select(stack).append("svg").attr("class", "marks")
        .attr("viewBox", `0 0 ${width} ${height}`).attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true");
      for (const kind of ["outline", "cell"]) {
        marks.append("rect").attr("class", kind)
          .attr("x", x0).attr("y", y0).attr("width", x1 - x0).attr("height", y1 - y0);
      }
    }
    if (singleFile) {
      for (const image of main.querySelectorAll("img[data-picture-file]")) {
        const source = pictureSource(image.dataset.pictureFile);
        if (source) {
          image.src = source;
        } else {
          const missing = document.createElement("span");
          missing.className = "missing";
          missing.textContent = "not in this file";
          (image.closest(".stack") || image).replaceWith(missing);
        }
      }
    }
  }

  /* ---- Viewer ---- */

  const viewer = document.getElementById("viewer");
  const part = selector => viewer.querySelector(selector);
  let shown = [];
  let place = 0;
  let opener = null;
  let pageOfViewer = "";

  function showPicture(at) {
    place = (at + shown.length) % shown.length;
    const picture = shown[place];
    part("#viewer-title").textContent = picture.name;
    part(".place").textContent = `${place + 1} of ${shown.length}`;
    const source = picture.file ? pictureSource(picture.file) : null;
    for (const stack of viewer.querySelectorAll(".stack")) {
      const image = stack.querySelector("img");
      stack.style.aspectRatio = `${picture.size[0]} / ${picture.size[1]}`;
      const tallest = 0.52 * window.innerHeight;
      stack.style.maxWidth = `${tallest * picture.size[0] / picture.size[1]}px`;
      image.hidden = !source;
      if (source) image.src = source; else image.removeAttribute("src");
    }
    part(".original img").alt = picture.description;
    part(".original").title = source ? "" : picture.missing || "not in this file";
    drawHeat(part("canvas"), picture.map, picture.size, picture.seen, true);
    const numbers = d3.select(part(".numbers")).selectAll("div")
      .data(Object.entries(picture.numbers).concat([["path", picture.path || picture.name]]))
      .join(enter => {
        const div = enter.append("div");
        div.append("dt");
        div.append("dd");
        return div;
      });
    numbers.select("dt").text(d => d[0]);
    numbers.select("dd").text(d => d[1]);
    part(".command").textContent = picture.command;
    part(".as-file").href = "data:text/x-shellscript;charset=utf-8," + encodeURIComponent(picture.command + "\n");
    part(".permalink").href = linkTo(picture);
    redraw();
    history.replaceState(null, "", linkTo(picture));
  }

  function linkTo(picture) {
    return (singleFile ? "#" + pageOfViewer : "") + "#image=" + picture.id;
  }

  /** What the sliders say, over the picture that is shown. */
  function redraw() {
    const picture = shown[place];
    const strength = Number(part(".opacity").value) / 100;
    const threshold = Number(part(".threshold").value) / 100;
    part("canvas").style.opacity = strength;
    part(".opacity-value").textContent = percent(strength);
    part(".threshold-value").textContent = percent(threshold);
    const [width, height] = picture.size;
    const marks = d3.select(part(".marks")).attr("viewBox", `0 0 ${width} ${height}`)
      .attr("preserveAspectRatio", "none");
    marks.selectAll("*").remove();
    const rectangle = (kind, box) => {
      for (const style of ["outline", kind]) {
        marks.append("rect").attr("class", style)
          .attr("x", box[0]).attr("y", box[1])
          .attr("width", box[2] - box[0]).attr("height", box[3] - box[1]);
      }
    };
    for (const box of picture.boxes) rectangle("truth", box);
    if (picture.map.maximum > 0) {
      const found = parts(picture.map, threshold);
      if (found.box) {
        const seen = picture.seen;
        const box = [
          Math.max(0, seen[0] + found.box[0] * (seen[2] - seen[0])),
          Math.max(0, seen[1] + found.box[1] * (seen[3] - seen[1])),
          Math.min(width, seen[0] + found.box[2] * (seen[2] - seen[0])),
          Math.min(height, seen[1] + found.box[3] * (seen[3] - seen[1]))
        ];
        rectangle("part", box);
        part(".box-text").textContent =
          `${counted(found.count, "part")}; box ${box.map(v => Math.round(v)).join(", ")}`
          + ` (${percent(((box[2] - box[0]) * (box[3] - box[1])) / (width * height))} of the image)`;
      } else {
        part(".box-text").textContent = "no part above the threshold";
      }
      if (picture.peak) {
        marks.append("circle").attr("class", "outline");
        marks.append("circle").attr("class", "peak");
        marks.selectAll("circle").attr("cx", picture.peak[0]).attr("cy", picture.peak[1])
          .attr("r", 0.018 * Math.max(width, height));
      }
    } else {
      part(".box-text").textContent = "The map is blank: this layer shows no evidence for the class.";
    }
    part(".legend").textContent =
      picture.boxes.length ? "(box: above the threshold; dashed: annotated)" : "(box: above the threshold)";
  }

  function openViewer(pictures, at, from) {
    if (pictures.length === 0) return;
    shown = pictures;
    opener = from;
    if (!viewer.open) viewer.showModal();
    showPicture(at);
  }

  part(".previous").addEventListener("click", () => showPicture(place - 1));
  part(".next").addEventListener("click", () => showPicture(place + 1));
  part(".close").addEventListener("click", () => viewer.close());
  part(".opacity").addEventListener("input", redraw);
  part(".threshold").addEventListener("input", redraw);
  part(".copy").addEventListener("click", async event => {
    const button = event.currentTarget;
    let done = true;
    try {
      await navigator.clipboard.writeText(shown[place].command);
    } catch {
      // Pages from disk may have no clipboard: then the text is selected, ready to be copied.
      getSelection().selectAllChildren(part(".command"));
      done = false;
    }
    button.textContent = done ? "Copied" : "Selected; press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy the command"; }, 2500);
  });
  viewer.addEventListener("close", () => {
    history.replaceState(null, "", singleFile ? "#" + pageOfViewer : location.pathname + location.search);
    if (opener) opener.focus();
  });
  viewer.addEventListener("click", event => { if (event.target === viewer) viewer.close(); });
  viewer.addEventListener("keydown", event => {
    // The browser's own keys, such as those that enlarge the page, stay its own.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const slider = event.target instanceof HTMLInputElement;
    if (event.key === "ArrowLeft" && !slider) showPicture(place - 1);
    else if (event.key === "ArrowRight" && !slider) showPicture(place + 1);
    else if (event.key === "+" || event.key === "-") {
      part(".threshold").value = Number(part(".threshold").value) + (event.key === "+" ? 5 : -5);
      redraw();
    } else return;
    event.preventDefault();
  });

  /* ---- Tables ---- */

  function key(row, column, kind) {
    const cell = row.cells[column];
    const text = cell.dataset.key === undefined ? cell.textContent.trim() : cell.dataset.key;
    return kind === "number" ? (text === "" ? NaN : Number(text)) : text;
  }

  /** Rows without a value stay last whichever way the table is sorted. */
  function compare(a, b, kind, direction) {
    if (kind === "number") {
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
      return direction * (a - b);
    }
    return direction * a.localeCompare(b, undefined, { numeric: true });
  }

  /** Says of tables that they go on beyond the edge, and lets the keyboard scroll them. */
  const cutTables = new ResizeObserver(entries => {
    for (const { target } of entries) {
      const cut = target.scrollWidth > target.clientWidth + 1;
      target.classList.toggle("cut", cut);
      if (cut) target.tabIndex = 0; else target.removeAttribute("tabindex");
    }
  });

  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const kind = head.dataset.sort;
      if (!kind) return;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const first = head.dataset.first || "ascending";
        const other = first === "ascending" ? "descending" : "ascending";
        const order = before === first ? other : first;
        heads.forEach(one => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const direction = order === "ascending" ? 1 : -1;
        const body = table.tBodies[0];
        const rows = [...body.rows].map(row => [key(row, column, kind), row]);
        rows.sort((a, b) => compare(a[0], b[0], kind, direction));
        body.append(...rows.map(([, row]) => row));
      });
    });
  }

  const FEW_ROWS = 15;

  /** Lets cells say on a phone what they are, where no heading stands above them. */
  function nameCells(table) {
    const names = [...table.tHead.rows[0].cells].map(head => head.textContent.trim());
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, i) => {
        if (cell.tagName === "TD" && !cell.matches(".thumbnail, .found")) cell.dataset.name = names[i];
      });
    }
    const rows = table.tBodies[0].rows.length;
    if (rows <= FEW_ROWS) return;
    table.classList.add("folded");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "unfold";
    button.textContent = `Show all ${rows.toLocaleString("en")}`;
    button.addEventListener("click", () => {
      table.classList.remove("folded");
      button.remove();
    });
    table.closest(".wide").after(button);
  }

  /* Numbers have all their digits, unless a cell shows more than the number it is sorted by. A cell
     that a spreadsheet would take for a formula is marked as text. */
  function csvCell(cell) {
    const number = cell.dataset.key;
    const text = cell.textContent.replace(/[\s\u00a0]+/g, " ").trim();
    if (number !== undefined && cell.dataset.csv !== "text") return number;
    const plain = /^[=+\-@]/.test(text) && Number.isNaN(Number(text)) ? "'" + text : text;
    return /[",\n]/.test(plain) ? '"' + plain.replaceAll('"', '""') + '"' : plain;
  }

  function offerCsv(table) {
    const name = table.caption ? table.caption.textContent.split(/[.,]/)[0] : "table";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "csv";
    button.textContent = "CSV";
    button.setAttribute("aria-label", `Save the table as CSV: ${name}`);
    button.addEventListener("click", () => {
      const text = [...table.rows].map(row => [...row.cells].map(csvCell).join(",")).join("\r\n") + "\r\n";
      const link = document.createElement("a");
      link.download = `${document.title} ${name}`.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase() + ".csv";
      link.href = "data:text/csv;charset=utf-8," + encodeURIComponent("\ufeff" + text);
      link.click();
    });
    (table.closest(".wide") || table).after(button);
  }

  /** The bar of a histogram that a value falls into. */
  function binOf(histogram, value) {
    const bins = histogram.right.length;
    const at = Math.floor((value - histogram.low) / (histogram.high - histogram.low) * bins);
    return Math.max(0, Math.min(bins - 1, at));
  }

  /** A bar of a histogram that is chosen leaves its images on the page, and hides the others. */
  function makeChoosable(main, pictures) {
    const note = main.querySelector(".chosen");
    if (!note) return;
    const items = [...main.querySelectorAll("#pictures li")];
    const byId = new Map(pictures.map(picture => [picture.id, picture]));
    const bars = [...main.querySelectorAll("[data-bin]")];
    const show = (bar, fits, words) => {
      for (const one of bars) one.setAttribute("aria-pressed", String(one === bar));
      const kept = new Set();
      for (const item of items) {
        const picture = byId.get(item.querySelector(".picture").dataset.picture);
        const stays = !bar || fits(picture);
        item.classList.toggle("not-chosen", !stays);
        if (stays) kept.add(picture.id);
      }
      note.hidden = !bar;
      note.firstElementChild.textContent = bar ? `${counted(kept.size, "image")} on this page: ${words}.` : "";
    };
    for (const bar of bars) {
      bar.addEventListener("choose", event => {
        const { histogram, bin, words } = event.detail;
        if (bar.getAttribute("aria-pressed") === "true") return show(null);
        const part = main.querySelector(".browse");
        if (part) part.open = true;
        show(bar, picture => picture[histogram.measure] !== undefined
          && binOf(histogram, picture[histogram.measure]) === bin, words);
      });
    }
    note.querySelector("button").addEventListener("click", () => show(null));
  }

  /** Filters the images of a class by what the model said, how sure it was, and any of their words. */
  function makeBrowsable(main, pictures) {
    const part = main.querySelector(".browse");
    if (!part) return;
    const byId = new Map(pictures.map(picture => [picture.id, picture]));
    const items = [...part.querySelectorAll("li")].map(item => {
      const picture = byId.get(item.querySelector(".picture").dataset.picture);
      const words = [picture.name, picture.description]
        .concat(Object.entries(picture.numbers).flatMap(([name, value]) => [`${name}: ${value}`, `${name}=${value}`]));
      return { item, picture, words: words.join("\n").toLowerCase() };
    });
    const input = name => part.querySelector(`[data-browse="${name}"]`);
    const show = () => {
      const kind = input("kind").value;
      const text = input("text").value.trim().toLowerCase();
      const from = Number(input("from").value || 0) / 100;
      const to = Number(input("to").value || 100) / 100;
      let visible = 0;
      for (const { item, picture, words } of items) {
        const fits = (kind === "" || picture.correct === (kind === "right"))
          && picture.confidence >= from && picture.confidence <= to && words.includes(text);
        item.hidden = !fits;
        visible += fits ? 1 : 0;
      }
      part.querySelector(".count").textContent = `${visible} of ${items.length}`;
    };
    part.querySelectorAll("[data-browse]").forEach(one => one.addEventListener("input", show));
    show();
  }

  function makeFilterable(main) {
    for (const input of main.querySelectorAll("[data-filters]")) {
      const table = main.querySelector("#" + input.dataset.filters);
      const only = main.querySelector(`[data-only-found="${input.dataset.filters}"]`);
      const count = main.querySelector(`[data-count-of="${input.dataset.filters}"]`);
      const rows = [...table.tBodies[0].rows];
      let texts = null;
      count.textContent = `${rows.length} of ${rows.length}`;
      const filter = () => {
        table.classList.remove("folded");
        texts = texts || rows.map(row => row.textContent.toLowerCase());
        const wanted = input.value.trim().toLowerCase();
        let visible = 0;
        rows.forEach((row, i) => {
          const fits = texts[i].includes(wanted)
            && (!only || !only.checked || row.hasAttribute("data-found"));
          row.hidden = !fits;
          visible += fits ? 1 : 0;
        });
        count.textContent = `${visible} of ${rows.length}`;
      };
      input.addEventListener("input", filter);
      if (only) only.addEventListener("change", filter);
    }
  }

  /* ---- Charts ---- */

  function frame(figure, width, height, margin, label) {
    const svg = d3.create("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img")
      .attr("aria-label", label);
    figure.prepend(svg.node());
    return {
      svg,
      x: d3.scaleLinear().range([margin.left, width - margin.right]),
      y: d3.scaleLinear().range([height - margin.bottom, margin.top])
    };
  }

  function axes(chart, width, height, margin, xTitle, yTitle, xFormat, yFormat) {
    const { svg, x, y } = chart;
    svg.append("g").attr("class", "grid").attr("transform", `translate(${margin.left},0)`)
      .call(d3.axisLeft(y).ticks(5).tickSize(-(width - margin.left - margin.right)).tickFormat(""))
      .call(g => g.select(".domain").remove());
    svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - margin.bottom})`)
      .call(d3.axisBottom(x).ticks(6).tickFormat(xFormat));
    svg.append("g").attr("class", "axis").attr("transform", `translate(${margin.left},0)`)
      .call(d3.axisLeft(y).ticks(5).tickFormat(yFormat));
    svg.append("text").attr("class", "axis-title").attr("x", width - margin.right)
      .attr("y", height - 4).attr("text-anchor", "end").text(xTitle);
    svg.append("text").attr("class", "axis-title").attr("x", 4).attr("y", 12).text(yTitle);
  }

  const MOST_APART = 300;

  /** Moves points that would hide one another apart, as little as a spiral finds. */
  function apart(points, distance, [left, right, top, bottom]) {
    if (points.length > MOST_APART) return points;
    const placed = [];
    for (const [x, y] of points) {
      let at = [x, y];
      for (let step = 1; placed.some(p => Math.hypot(p[0] - at[0], p[1] - at[1]) < distance) && step < 2000; step++) {
        const angle = 0.7 * step;
        const radius = 0.12 * distance * Math.sqrt(step) * 1.6;
        const tried = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
        at = [Math.max(left, Math.min(right, tried[0])), Math.max(top, Math.min(bottom, tried[1]))];
      }
      placed.push(at);
    }
    return placed;
  }

  /** Buttons of a chart: the tabulator key reaches one, arrows go on from there. */
  function walkable(nodes) {
    nodes.forEach((node, at) => {
      node.setAttribute("tabindex", at === 0 ? 0 : -1);
      node.addEventListener("keydown", event => {
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1 }[event.key];
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          node.dispatchEvent(new MouseEvent("click"));
        } else if (nodes[to]) {
          event.preventDefault();
          node.setAttribute("tabindex", -1);
          nodes[to].setAttribute("tabindex", 0);
          nodes[to].focus();
        }
      });
    });
  }

  /** Tells in which classes the images of a bin of confidence are, with links that show them. */
  function tellSure(part, bins, at, { classes, several }) {
    const [low, high] = bins[at];
    const sureness = several ? "probability of the class" : "confidence";
    const place = low >= 0.995 ? percent(low) : `${percent(low)} to ${percent(high)}`;
    const found = classes.flatMap(one => (one.sure || []).filter(sure => sure[0] === at)
      .map(([, right, n]) => ({ one, right, n })));
    found.sort((a, b) => (b.n - b.right) - (a.n - a.right) || b.n - a.n);
    const links = found.flatMap(({ one, right, n }, i) => {
      const link = document.createElement("a");
      link.href = `${one.href}#sure=${low.toFixed(4)}-${high.toFixed(4)}`;
      link.textContent = one.name;
      return [i > 0 ? ", " : "", link, ` ${right} of ${n} correct`];
    });
    part.replaceChildren(...(found.length > 0
      ? [`Images with a ${sureness} of ${place} on the pages of the classes, those with most errors first: `, ...links, "."]
      : [`No image with a ${sureness} of ${place} is among those on the pages of the classes.`]));
    part.hidden = false;
  }

  const KINDS = { right: "correct", wrong: "wrong", unlabelled: "unlabelled" };

  const charts = {
    calibration(figure, data) {
      const bins = data.calibration;
      if (!bins || bins.length === 0) return figure.remove();
      const describe = b => data.several
        ? `probability ${percent(b[4])}, ${percent(b[3])} have the label (${percent(b[5])} to ${percent(b[6])}), ${counted(b[2], "label")} of images`
        : `${percent(b[4])} confident, ${percent(b[3])} correct (${percent(b[5])} to ${percent(b[6])}), ${counted(b[2], "image")}`;
      const [width, height] = [420, 300];
      const margin = { top: 24, right: 20, bottom: 42, left: 48 };
      const chart = frame(figure, width, height, margin,
        (data.several ? "Share with the label by probability: " : "Accuracy by confidence: ") + bins.map(describe).join("; "));
      chart.x.domain([0, 1]);
      chart.y.domain([0, 1]);
      axes(chart, width, height, margin, ...(data.several ? ["probability", "share with the label"] : ["confidence", "accuracy"]), percent, percent);
      const { svg, x, y } = chart;
      svg.append("line").attr("x1", x(0)).attr("y1", y(0)).attr("x2", x(1)).attr("y2", y(1))
        .attr("stroke", "var(--faint)").attr("stroke-dasharray", "4 4");
      svg.append("g").selectAll("line").data(bins).join("line")
        .attr("x1", b => x(b[4])).attr("x2", b => x(b[4]))
        .attr("y1", b => y(b[5])).attr("y2", b => y(b[6]))
        .attr("stroke", "var(--mark)").attr("stroke-width", 1.5).attr("stroke-opacity", 0.6);
      const size = d3.scaleSqrt([0, d3.max(bins, b => b[2])], [2, 13]);
      svg.append("g").selectAll("circle").data(bins).join("circle")
        .attr("cx", b => x(b[4])).attr("cy", b => y(b[3])).attr("r", b => size(b[2]))
        .attr("fill", "var(--mark)").attr("fill-opacity", 0.75).attr("stroke", "var(--page)")
        .append("title").text(describe);
      const part = figure.querySelector(".sure");
      // A picture would hide its circles from those who cannot see it.
      svg.attr("role", "group");
      const hits = svg.append("g").selectAll("circle").data(bins).join("circle")
        .attr("class", "bar").attr("role", "button").attr("aria-pressed", "false")
        .attr("cx", b => x(b[4])).attr("cy", b => y(b[3])).attr("r", b => Math.max(12, size(b[2])))
        .attr("aria-label", describe);
      hits.append("title").text(describe);
      const nodes = hits.nodes();
      nodes.forEach((node, at) => node.addEventListener("click", () => {
        const chosen = node.getAttribute("aria-pressed") === "true";
        nodes.forEach(other => other.setAttribute("aria-pressed", String(other === node && !chosen)));
        if (chosen) part.hidden = true;
        else tellSure(part, bins, at, data);
      }));
      walkable(nodes);
    },

    classes(figure, data) {
      const truth = data.classes.some(c => c.pointing !== undefined);
      const points = data.classes.filter(
        c => c.accuracy !== undefined && (truth ? c.pointing : c.border) !== undefined);
      if (points.length === 0) return figure.remove();
      const value = truth ? c => c.pointing : c => c.border;
      const accuracy = data.several ? "sensitivity" : "accuracy";
      const [width, height] = [420, 300];
      const margin = { top: 24, right: 20, bottom: 42, left: 48 };
      const chart = frame(figure, width, height, margin,
        `${data.several ? "Sensitivity" : "Accuracy"} of ${points.length} classes against ${truth ? "their share of peaks on the object" : "their attention at the border"}. The table below has the numbers.`);
      const low = d3.min(points, c => c.accuracy);
      chart.x.domain([Math.max(0, Math.floor(10 * low - 0.5) / 10), 1.005]);
      chart.y.domain(truth ? [0, 1.03] : [0, 1.05 * d3.max(points, value)]);
      axes(chart, width, height, margin, accuracy, truth ? "peak on the object" : "attention at the border vs. its area",
        percent, truth ? percent : d3.format(".1f"));
      const { svg, x, y } = chart;
      // A picture would hide its links from those who cannot see it.
      svg.attr("role", "group");
      const places = apart(points.map(c => [x(c.accuracy), y(value(c))]), 9, [margin.left, width - 6, 8, height - margin.bottom]);
      const links = svg.append("g").selectAll("a").data(points).join("a").attr("href", c => c.href);
      links.append("circle").attr("cx", (c, i) => places[i][0]).attr("cy", (c, i) => places[i][1]).attr("r", 5)
        .attr("fill", "var(--mark)").attr("fill-opacity", 0.6).attr("stroke", "var(--page)");
      links.append("title").text(c =>
        `${c.name}: ${accuracy} ${percent(c.accuracy)}, ${truth ? "peak on the object " + percent(c.pointing) : "border " + c.border.toFixed(2) + "×"}`);
      const worst = truth ? d3.least(points, value) : d3.greatest(points, value);
      const at = places[points.indexOf(worst)];
      const right = at[0] > width / 2;
      svg.append("text").attr("x", at[0] + (right ? -10 : 10)).attr("y", at[1] + 4)
        .attr("text-anchor", right ? "end" : "start").attr("fill", "var(--ink)").text(worst.name);
    },

    regions(figure, data) {
      const regions = data.regions;
      // Letters stay as large on a phone.
      const width = Math.max(330, Math.min(640, figure.clientWidth || 640));
      const row = 30;
      const margin = { top: 8, right: 20, bottom: 40, left: 128 };
      const height = margin.top + margin.bottom + row * regions.length;
      const chart = frame(figure, width, height, margin, regions.map(r =>
        `${r.region}: ${percent(r.mass)} of the attention in ${percent(r.area)} of the picture`).join("; "));
      const { svg, x } = chart;
      x.domain([0, 1.05 * d3.max(regions, r => Math.max(r.mass, r.high || 0, r.area, r.dataset))]);
      const y = (_, i) => margin.top + row * (i + 0.5);
      svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - margin.bottom})`)
        .call(d3.axisBottom(x).ticks(6).tickFormat(percent));
      svg.append("text").attr("class", "axis-title").attr("x", width - margin.right)
        .attr("y", height - 4).attr("text-anchor", "end").text("share of the attention");
      const rows = svg.append("g").selectAll("g").data(regions).join("g")
        .attr("transform", (r, i) => `translate(0,${y(r, i)})`);
      rows.append("line").attr("class", "grid").attr("x1", x(0)).attr("x2", width - margin.right)
        .attr("stroke", "var(--line)");
      rows.append("text").attr("x", margin.left - 10).attr("dy", ".35em").attr("text-anchor", "end")
        .attr("fill", r => r.flag ? "var(--serious)" : "var(--ink)")
        .attr("font-weight", r => r.flag ? 700 : 400).text(r => r.region + (r.flag ? " !" : ""));
      rows.append("line").attr("x1", r => x(r.area)).attr("x2", r => x(r.area))
        .attr("y1", -9).attr("y2", 9).attr("stroke", "var(--faint)").attr("stroke-width", 2);
      rows.append("path").attr("d", d3.symbol(d3.symbolTimes, 55))
        .attr("transform", r => `translate(${x(r.dataset)},0)`)
        .attr("stroke", "var(--faint)").attr("stroke-width", 1.6).attr("fill", "none");
      rows.filter(r => r.low !== undefined).append("line").attr("x1", r => x(r.low)).attr("x2", r => x(r.high))
        .attr("stroke", r => r.flag ? "var(--serious)" : "var(--mark)").attr("stroke-width", 3);
      rows.append("circle").attr("cx", r => x(r.mass)).attr("r", 5)
        .attr("fill", r => r.flag ? "var(--serious)" : "var(--mark)");
    },

    histogram(figure, data) {
      const histogram = data.histograms[Number(figure.dataset.histogram)];
      if (!(histogram.high > histogram.low)) return figure.remove();
      const kinds = ["right", "wrong", "unlabelled"].filter(kind => d3.sum(histogram[kind]) > 0);
      const [width, height] = [360, 210];
      const margin = { top: 26, right: 12, bottom: 40, left: 40 };
      const chart = frame(figure, width, height, margin,
        `Histogram of ${histogram.measure}: ` + kinds.map(kind => `${d3.sum(histogram[kind])} ${KINDS[kind]}`).join(", "));
      const bins = histogram.right.length;
      const step = (histogram.high - histogram.low) / bins;
      const stacked = Array.from({ length: bins }, (_, i) => d3.sum(kinds, kind => histogram[kind][i]));
      chart.x.domain([histogram.low, histogram.high]);
      chart.y.domain([0, d3.max(stacked)]).nice();
      axes(chart, width, height, margin, histogram.measure, "images", d3.format("~g"), d3.format("~d"));
      const { svg, x, y } = chart;
      const below = new Array(bins).fill(0);
      for (const kind of kinds) {
        const group = svg.append("g").attr("fill", `var(--${kind})`);
        histogram[kind].forEach((count, i) => {
          if (count > 0) {
            group.append("rect").attr("x", x(histogram.low + i * step) + 0.5)
              .attr("width", x(step) - x(0) - 1)
              .attr("y", y(below[i] + count)).attr("height", y(0) - y(count))
              .append("title").text(`${count} ${KINDS[kind]}`);
            below[i] += count;
          }
        });
      }
      if ((data.pictures || []).length > 0) {
        // A picture would hide its bars from those who cannot see it.
        svg.attr("role", "group");
        const high = i => d3.format(".3~g")(histogram.low + i * step);
        const filled = d3.range(bins).filter(i => stacked[i] > 0);
        const hits = svg.append("g").selectAll("rect").data(filled).join("rect")
          .attr("class", "bar").attr("data-bin", i => i).attr("role", "button").attr("aria-pressed", "false")
          .attr("x", i => x(histogram.low + i * step)).attr("width", x(step) - x(0))
          .attr("y", margin.top).attr("height", height - margin.top - margin.bottom)
          .attr("aria-label", i => `${counted(stacked[i], "image")}, ${histogram.measure} ${high(i)} to ${high(i + 1)}`);
        const nodes = hits.nodes();
        hits.append("title").text(i => kinds.map(kind => `${histogram[kind][i]} ${KINDS[kind]}`).join(", "));
        hits.on("click", (event, bin) => event.currentTarget.dispatchEvent(new CustomEvent("choose", {
          detail: { histogram, bin, words: `${histogram.measure} ${high(bin)} to ${high(bin + 1)}` } })));
        walkable(nodes);
      }
      const legend = svg.append("text").attr("x", width - margin.right).attr("y", 12)
        .attr("text-anchor", "end").attr("font-weight", 600);
      legend.selectAll("tspan").data(kinds).join("tspan").attr("fill", kind => `var(--${kind})`)
        .attr("dx", (_, i) => i * 8).text(kind => "■ " + KINDS[kind]);
    }
  };

  /* ---- Pages ---- */

  function begin(main) {
    const element = main.querySelector(".page-data");
    const data = element ? JSON.parse(element.textContent) : {};
    main.querySelectorAll("table.sortable").forEach(makeSortable);
    main.querySelectorAll("table.sortable").forEach(nameCells);
    main.querySelectorAll(".wide table").forEach(offerCsv);
    main.querySelectorAll(".wide").forEach(part => cutTables.observe(part));
    makeFilterable(main);
    for (const figure of main.querySelectorAll("[data-chart]")) charts[figure.dataset.chart](figure, data);
    drawMaps(main, data);
    const pictures = data.pictures || [];
    makeBrowsable(main, pictures);
    makeChoosable(main, pictures);
    for (const button of main.querySelectorAll(".picture")) {
      button.addEventListener("click", () => openViewer(
        pictures, pictures.findIndex(picture => picture.id === button.dataset.picture), button));
    }
    return pictures;
  }

  /** A link to an image opens it; one to a section scrolls there. */
  function follow(main, pictures, fragment) {
    if (fragment.startsWith("image=")) {
      const at = pictures.findIndex(picture => picture.id === fragment.slice(6));
      if (at >= 0) openViewer(pictures, at, main.querySelector(`[data-picture="${CSS.escape(fragment.slice(6))}"]`));
    } else if (fragment.startsWith("sure=") && main.querySelector(".browse")) {
      const part = main.querySelector(".browse");
      const [from, to] = fragment.slice(5).split("-").map(Number);
      part.open = true;
      part.querySelector('[data-browse="from"]').value = Math.floor(1000 * from) / 10;
      part.querySelector('[data-browse="to"]').value = Math.ceil(1000 * to) / 10;
      part.querySelector('[data-browse="to"]').dispatchEvent(new Event("input"));
      part.scrollIntoView();
    } else if (fragment) {
      const section = main.querySelector("#" + CSS.escape(fragment));
      if (section) section.scrollIntoView();
    }
  }

  const main = document.getElementById("main");
  document.querySelector(".skip").addEventListener("click", event => {
    // In the single file an address names a page.
    event.preventDefault();
    main.focus();
  });

  if (!singleFile) {
    const pictures = begin(main);
    follow(main, pictures, location.hash.slice(1));
    addEventListener("hashchange", () => follow(main, pictures, location.hash.slice(1)));
  } else {
    const pages = new Map([...document.querySelectorAll("template[data-page]")].map(
      template => [template.dataset.page, template]));
    const first = pages.keys().next().value;
    let pictures = [];
    const show = () => {
      const [page, fragment = ""] = decodeURIComponent(location.hash.slice(1)).split("#");
      const template = pages.get(page) || pages.get(first);
      if (viewer.open) viewer.close();
      if (pageOfViewer !== template.dataset.page) {
        pageOfViewer = template.dataset.page;
        waiting.clear();
        main.replaceChildren(template.content.cloneNode(true));
        document.title = template.dataset.title;
        pictures = begin(main);
        scrollTo(0, 0);
        main.focus({ preventScroll: true });
      }
      follow(main, pictures, fragment);
    };
    addEventListener("hashchange", show);
    show();
  }
})();
