(async () => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  // What only works with this script stays hidden until it runs.
  all("[data-js]").forEach((part) => { part.hidden = false; });

  // ---- save and print
  const save = (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const cellText = (cell) => {
    const under = cell.querySelector("small");
    const main = cell.firstChild ? cell.firstChild.textContent.trim() : "";
    return under ? `${main} (${under.textContent.trim()})` : main;
  };
  // What the page carries squeezed: base64 of deflated JSON.
  const inflate = async (block) => {
    const bytes = Uint8Array.from(atob(JSON.parse(block.textContent)), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };
  // Rows as lists of words. A long table shows some; the others are carried beside it.
  const heads = (table) => [...table.tHead.rows[0].cells].map(cellText);
  const rest = async (table) => {
    const block = one(`[data-rest="${table.id}"]`);
    return block ? inflate(block) : [];
  };
  // A long name may be shortened in its cell.
  const levelOf = (row) => row.dataset.level ?? cellText(row.cells[0]);
  const csvCell = (text, at) => {
    if (at > 0 && /^[\u2212\u2013\d]/.test(text)) text = text.replace(/^\u2212/, "-").replace(/^\u2013$/, "");
    else if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;  // a spreadsheet would run it
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const csv = async (table) => {
    const shown = all("tbody tr:not(.g)", table).map((row) => [levelOf(row), ...[...row.cells].slice(1).map(cellText)]);
    const others = (await rest(table)).map(([level, , ...cells]) => [level, ...cells]);
    return [heads(table), ...shown, ...others].map((row) => row.map(csvCell).join(",")).join("\n") + "\n";
  };
  // The page carries long lists of like records as columns and rows: written out again, they are results.json.
  const unpack = (value) => {
    if (Array.isArray(value)) return value.map(unpack);
    if (value === null || typeof value !== "object") return value;
    const names = value["@columns"];
    if (names) return value["@rows"].map((row) => Object.fromEntries(row.map((part, i) => [names[i], unpack(part)])));
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpack(part)]));
  };
  all("[data-save-results]").forEach((button) => button.addEventListener("click", async () =>
    save(button.dataset.saveResults, "application/json", JSON.stringify(unpack(await inflate(one("#results"))), null, 1) + "\n")));
  all("[data-save-table]").forEach((button) => button.addEventListener("click", async () =>
    save(button.dataset.name, "text/csv", await csv(document.getElementById(button.dataset.saveTable)))));
  all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));

  // ---- contents: which section is being read
  const entries = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  const sections = all("main > section");
  const inView = new Set();
  const spy = new IntersectionObserver((changes) => {
    changes.forEach(({ target, isIntersecting }) => inView[isIntersecting ? "add" : "delete"](target));
    const current = sections.find((section) => inView.has(section));
    if (current) entries.forEach((link, id) => {
      if (id === current.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }, { rootMargin: "-15% 0px -75% 0px" });
  sections.forEach((section) => spy.observe(section));

  // ---- more noise, more pull: (σ²/τ²)/(r + σ²/τ²), drawn over two still pictures
  all("[data-noise]").forEach((control) => {
    const law = JSON.parse(control.dataset.noise), slider = control.querySelector("input");
    const [start, stop, across, up] = law.curve, [columns, rise] = law.columns;
    const make = (panel, tag, name) => {
      const mark = document.createElementNS("http://www.w3.org/2000/svg", tag);
      mark.setAttribute("class", `live ${name}`);
      const svg = one(`[data-panel="${panel}"]`);
      svg.insertBefore(mark, tag === "text" ? null : svg.querySelector("g"));  // marks under words
      return mark;
    };
    const put = (mark, values) => Object.entries(values).forEach(([name, value]) => mark.setAttribute(name, value));
    const spot = (panel, beside) => {
      const dot = make(panel, "circle", "f-model"), text = make(panel, "text", "t-model halo");
      put(text, { "font-weight": "bold", "text-anchor": beside ? "start" : "middle" });
      return (x, y, words) => {
        put(dot, { cx: x, cy: y, r: 4.5 });
        put(text, beside ? { x: x + 9, y: y + 4 } : { x, y: y - 10 });
        text.textContent = words.length > 8 ? "" : words;  // the table has it
      };
    };
    const line = make("noise-pull", "path", "k-model");
    put(line, { "stroke-width": 3 });
    const ends = law.sizes.map(() => spot("noise-pull", false)), dots = law.groups.map(() => spot("noise-levels", true));
    const at = ([offset, unit], value) => offset + unit * value;
    const percent = (share) => share < .005 ? law.bounds[0] : share >= .995 ? law.bounds[1] : `${(100 * share).toFixed(0)}%`;
    // As the page's other numbers are written: lmm/report/formatting.py.
    const written = (value, decimals) => {
      let text = Math.abs(value).toFixed(decimals);
      const size = Number(text);
      if (decimals > 6 && size < 1e-4) {
        const power = Number(size.toExponential().split("e")[1]);
        const raised = [...String(power)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");
        text = size ? `${size.toExponential(decimals + power).split("e")[0]}\u00a0×\u00a010${raised}` : "0";
      } else if (size >= 1e4) text = text.replace(/\d(?=(\d{3})+(?!\d))(?<!\.\d*)/g, "$&\u202f");
      return (value < 0 && size ? "\u2212" : "") + text;
    };
    const short = (value, digits) => Number(value.toPrecision(digits));
    const significant = (value, digits) => written(value, Math.max(0, digits - 1 - Math.floor(Math.log10(value))));
    const redraw = () => {
      const times = 2 ** slider.value, ratio = law.ratio * times, pull = (r) => ratio / (r + ratio);
      const corners = [...Array(41).keys()].map((k) => start + (stop - start) * k / 40);
      put(line, { d: "M" + corners.map((r) => `${at(across, r).toFixed(1)} ${at(up, 100 * pull(r)).toFixed(1)}`).join("L") });
      law.sizes.forEach((r, k) => ends[k](at(across, r), at(up, 100 * pull(r)), percent(pull(r))));
      const levels = law.groups.map(([r, own, expected]) => own + pull(r) * (expected - own));
      levels.forEach((level, k) => dots[k](at(columns, k), at(rise, level), written(level, law.decimals)));
      const told = short(times, times < 1 ? 3 : 2);
      const filled = {
        noise: times === 1 ? law.now : law.other.replace("[times]", told),
        least: percent(pull(law.sizes[0])), most: percent(pull(law.sizes.at(-1))), level: written(levels[0], law.decimals),
      };
      const ratioText = `σ²/τ² = ${significant(ratio, 3)}`;
      control.querySelector("output").textContent = `× ${told}, ${ratioText}`;
      control.querySelector("[role=status]").textContent = law.say.replace(/\[(noise|least|most|level)\]/g, (_, name) => filled[name]);
      slider.setAttribute("aria-valuetext", `${filled.noise}, ${ratioText}`);
    };
    slider.addEventListener("input", redraw);
    redraw();
  });

  // ---- one group in every figure
  const finder = one("[data-finder]");
  if (!finder) return;
  const found = one("[data-found]"), chip = one("[data-chip]"), reach = 14;
  const table = document.getElementById(finder.dataset.finder), titles = heads(table);
  const groups = all("tbody tr:not(.g)", table).map((row) => ({ level: levelOf(row), row, cells: [...row.cells].map(cellText) }));
  if (one("[data-rest]")) (await rest(table)).forEach(([level, ...cells]) => groups.push({ level, cells }));
  (finder.list ?? finder).append(...groups.map(({ level }) => new Option(level, level)));

  // A path's sub-paths: each as a path of its own, with the corners that the pointer is measured to.
  const steps = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 };
  const round = (number) => Math.round(number * 100) / 100;
  const subpaths = (d) => {
    const parts = [];
    let part, x = 0, y = 0, startX = 0, startY = 0;
    for (const [, letter, rest] of d.matchAll(/([a-df-z])([^a-df-z]*)/gi)) {
      const kind = letter.toLowerCase(), relative = kind === letter, step = steps[kind];
      const numbers = (rest.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) || []).map(Number);
      if (kind === "z") { part.d += "z"; x = startX; y = startY; }
      for (let at = 0; step && at < numbers.length; at += step) {
        const some = numbers.slice(at, at + step), fromX = relative ? x : 0, fromY = relative ? y : 0;
        if (kind !== "v") x = fromX + some[kind === "h" ? 0 : step - 2];
        if (kind !== "h") y = fromY + some[step - 1];
        if (kind === "m" && at === 0) {
          parts.push(part = { d: `M${round(x)} ${round(y)}`, points: [] });
          startX = x; startY = y;
        } else part.d += (kind !== "m" ? letter : relative ? "l" : "L") + some.join(" ");
        part.points.push([x, y]);
      }
    }
    return parts;
  };
  // "0-1x4 3": the first four sub-paths belong to group 0, four to group 1, the next one to group 3.
  const layer = (path) => {
    const owners = path.dataset.i.split(" ").flatMap((run) => {
      const [range, times = 1] = run.split("x"), [first, last = first] = range.split("-").map(Number);
      return Array.from({ length: (last - first + 1) * times }, (_, at) => first + Math.floor(at / times));
    });
    return { path, parts: subpaths(path.getAttribute("d")).map((part, at) => ({ ...part, group: owners[at] })) };
  };
  const drawings = new Map();
  const layers = (svg) => {
    if (!drawings.has(svg)) drawings.set(svg, all("path[data-i]", svg).map(layer));
    return drawings.get(svg);
  };
  const figures = all("figure svg").filter((svg) => svg.querySelector("path[data-i]"));

  const draw = (path, d, name, extra) => {
    const copy = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const width = parseFloat(getComputedStyle(path).strokeWidth) || 1;
    copy.setAttribute("d", d);
    copy.setAttribute("class", name);
    copy.setAttribute("stroke-width", width + extra);
    all(":scope > path", path.parentNode).at(-1).after(copy);  // over all marks, under all words
  };
  let shown = -1, pinned = -1;
  const mark = (group) => {
    if (group === shown) return;
    shown = group;
    all(".found-under, .found-over").forEach((copy) => copy.remove());
    all("tr.here").forEach((row) => row.classList.remove("here"));
    chip.hidden = group < 0;
    if (group < 0) return;
    groups[group].row?.classList.add("here");
    chip.querySelector("span").textContent = `${titles[0]} ${groups[group].level}`;
    figures.forEach((svg) => layers(svg).forEach(({ path, parts }) => {
      const d = parts.filter((part) => part.group === group).map((part) => part.d).join("");
      if (!d) return;
      draw(path, d, "found-under", 3.5);
      draw(path, d, "found-over", 1.2);
    }));
  };
  const tell = (group) => {
    found.replaceChildren();
    if (group < 0) return;
    groups[group].cells.forEach((text, at) => {
      const item = document.createElement("span"), value = document.createElement("b");
      value.textContent = text;
      item.append(titles[at] + " ", value);
      found.append(item, " ");
    });
  };
  const pin = (group) => {
    pinned = group;
    mark(group);
    tell(group);
    finder.value = group < 0 ? "" : groups[group].level;
  };
  finder.addEventListener(finder.tagName === "SELECT" ? "change" : "input", () => {
    const group = groups.findIndex(({ level }) => level === finder.value);
    if (group >= 0 || !finder.value) pin(group);
  });
  chip.querySelector("button").addEventListener("click", () => { pin(-1); finder.focus({ preventScroll: true }); });

  // The group whose mark is nearest to the pointer, within reach (in pixels of the screen).
  const distance = ([px, py], [ax, ay], [bx, by]) => {
    const dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    const along = length ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length)) : 0;
    return Math.hypot(px - ax - along * dx, py - ay - along * dy);
  };
  const nearest = (svg, event) => {
    let best = -1, least = reach;
    layers(svg).forEach(({ path, parts }) => {
      const matrix = path.getScreenCTM(), scale = Math.hypot(matrix.a, matrix.b);
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      parts.forEach(({ points, group }) => points.forEach((point, at) => {
        const away = scale * distance([x, y], points[Math.max(0, at - 1)], point);
        if (away < least) { least = away; best = group; }
      }));
    });
    return best;
  };
  let near = -1;
  figures.forEach((svg) => {
    svg.addEventListener("pointermove", (event) => {
      near = nearest(svg, event);
      if (event.pointerType === "mouse") mark(near < 0 ? pinned : near);
    });
    svg.addEventListener("pointerdown", (event) => { near = nearest(svg, event); });
    svg.addEventListener("pointerleave", () => mark(pinned));
    svg.addEventListener("click", () => pin(near));  // a click's own place is rounded
  });
})();
