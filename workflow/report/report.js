// What the page does beside being read: a threshold to try, tables to sort and to take away.
// Everything is put in as text or drawn as shapes, never as markup; nothing is fetched.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const SHAPES = "http://www.w3.org/2000/svg";
  const MINUS = "\u2212";

  function make(tag, given = {}, ...inside) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
    node.append(...inside);
    return node;
  }
  function shape(tag, given, words) {
    const node = document.createElementNS(SHAPES, tag);
    for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
    if (words !== undefined) node.textContent = words;
    return node;
  }
  function money(value) {
    const text = Math.round(Math.abs(value)).toLocaleString("en-GB");
    return (value < 0 && text !== "0" ? MINUS : "") + data.symbol + text;
  }
  function percent(share) {
    const whole = Math.round(100 * share);
    return whole >= 100 ? "over 99%" : whole <= 0 ? "under 1%" : whole + "%";
  }
  function likelihood(share) {
    const whole = Math.round(100 * share);
    return data.chances.find(([bound]) => whole >= bound)[1];
  }

  // ---- a threshold to try
  function frame(wide, high, spoken) {
    return shape("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": spoken });
  }
  function scale(from, to, low, high) {
    return (value) => low + ((value - from) / (to - from)) * (high - low);
  }
  const BOX = { left: 58, right: 330, top: 14, bottom: 232 };

  // Round values on both sides of nought, two or more of them inside the frame.
  function ticks(far) {
    const whole = 10 ** Math.floor(Math.log10(far));
    const step = [5, 2, 1, 0.5, 0.2].map((part) => part * whole).find((each) => 2 * each <= far);
    const values = [];
    for (let k = -Math.floor(far / step); k * step <= far; k += 1)
      if (k) values.push(Number((k * step).toPrecision(6)));
    return values;
  }
  function axis(svg, title, across) {
    const place = across
      ? { x: (BOX.left + BOX.right) / 2, y: 268, "text-anchor": "middle" }
      : { transform: `translate(12 ${(BOX.top + BOX.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" };
    svg.append(shape("text", { ...place, class: "title" }, title));
  }

  function plane(analysis, arm) {
    const svg = frame(344, 276, `Draws of ${arm.label} against ${data.comparator.label} with the line of the threshold`);
    const [far, high] = analysis.limits;
    const x = scale(-far, far, BOX.left, BOX.right);
    const y = scale(-high, high, BOX.bottom, BOX.top);
    svg.append(
      shape("line", { x1: x(0), x2: x(0), y1: BOX.top, y2: BOX.bottom, class: "nought" }),
      shape("line", { x1: BOX.left, x2: BOX.right, y1: y(0), y2: y(0), class: "nought" }));
    const points = analysis.cloud[arm.name].map(([effect, cost]) => {
      const point = shape("circle", { cx: x(effect), cy: y(cost), r: 1.9, fill: arm.colour });
      point.append(shape("title", {}, `${money(cost)}, ${(effect < 0 ? MINUS : "") + Math.abs(effect)} ${analysis.many}`));
      svg.append(point);
      return [point, effect, cost];
    });
    // Every other mark, where all would run into each other.
    const marks = ticks(far);
    const step = Math.min(...marks.map(Math.abs));
    for (const value of marks.filter((each) => marks.length < 7 || Math.round(each / step) % 2 === 0))
      svg.append(shape("text", { x: x(value), y: 248, "text-anchor": "middle" },
        (value < 0 ? MINUS : "") + String(Math.abs(value))));
    for (const value of ticks(high))
      svg.append(shape("text", { x: BOX.left - 4, y: y(value) + 4, "text-anchor": "end" }, money(value)));
    axis(svg, `Difference in ${analysis.many}`, true);
    const line = shape("line", { class: "threshold" });
    svg.append(line);
    return { svg, set(threshold) {
      const reach = threshold > 0 ? Math.min(far, high / threshold) : far;
      line.setAttribute("x1", x(-reach)); line.setAttribute("x2", x(reach));
      line.setAttribute("y1", y(-reach * threshold)); line.setAttribute("y2", y(reach * threshold));
      for (const [point, effect, cost] of points)
        point.setAttribute("class", threshold * effect - cost > 0 ? "worth" : "not");
    } };
  }

  function curves(analysis, pick) {
    const svg = frame(344, 276, "Chance of being the best value by threshold");
    const last = analysis.grid[analysis.grid.length - 1];
    const x = scale(0, last, BOX.left, BOX.right);
    const y = scale(0, 1, BOX.bottom, BOX.top);
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      svg.append(shape("line", { x1: BOX.left, x2: BOX.right, y1: y(part), y2: y(part), class: "grid" }));
      svg.append(shape("text", { x: BOX.left - 6, y: y(part) + 4, "text-anchor": "end" }, 100 * part + "%"));
    }
    for (const part of [0, 0.5, 1])
      svg.append(shape("text", { x: x(part * last), y: 248, "text-anchor": part === 1 ? "end" : "middle" }, money(part * last)));
    axis(svg, `Worth of one ${analysis.one}`, true);
    data.arms.forEach((arm, place) => {
      const shares = analysis.chance[arm.name];
      if (!shares) return;
      const points = analysis.grid.map((threshold, k) => `${x(threshold).toFixed(1)},${y(shares[k]).toFixed(1)}`);
      svg.append(shape("text", { x: BOX.right, y: y(shares[shares.length - 1]) + 15, "text-anchor": "end",
        style: `fill: ${arm.colour}; font-weight: 600` }, arm.label));
      svg.append(shape("polyline", { points: points.join(" "), class: "curve", stroke: arm.colour,
        "stroke-dasharray": ["none", "7 3", "2 2", "9 3 2 3"][place % 4] }));
    });
    const line = shape("line", { y1: BOX.top, y2: BOX.bottom, class: "threshold" });
    svg.append(line);
    const taken = (event) => {
      const box = svg.getBoundingClientRect();
      const at = ((event.clientX - box.left) / box.width) * 344;
      pick(((at - BOX.left) / (BOX.right - BOX.left)) * last);
    };
    svg.addEventListener("pointerdown", taken);
    svg.addEventListener("pointermove", (event) => { if (event.buttons) taken(event); });
    return { svg, set(threshold) { line.setAttribute("x1", x(threshold)); line.setAttribute("x2", x(threshold)); } };
  }

  function chooser(words, options, changed) {
    const select = make("select");
    options.forEach(([value, label]) => select.append(make("option", { value }, label)));
    select.addEventListener("change", changed);
    return [make("label", {}, make("span", {}, words), select), select];
  }

  function explore(place) {
    const others = data.arms.filter((arm) => arm.name !== data.comparator.name);
    const [analysisLabel, analysisChoice] = chooser("Analysis and perspective",
      data.analyses.map((each, k) => [k, each.title]), renew);
    const [armLabel, armChoice] = chooser("Option", others.map((arm, k) => [k, arm.label]), renew);
    const slider = make("input", { type: "range", min: 0, step: 1 });
    const shown = make("output", { class: "worth" });
    const marks = make("div", { class: "marks" });
    const sentence = make("p", { class: "sentence", "aria-live": "polite" });
    const charts = make("div", { class: "charts" });
    const readings = make("dl");
    let analysis, arm, drawn;

    function nearest(threshold) {
      let best = 0;
      analysis.grid.forEach((value, k) => {
        if (Math.abs(value - threshold) < Math.abs(analysis.grid[best] - threshold)) best = k;
      });
      return best;
    }
    function pick(threshold) { slider.value = nearest(threshold); move(); }
    function reading(words, value, table, column) {
      const figure = `base/${analysis.name}/${table}/${analysis.grid[Number(slider.value)]}/${arm.name}.${column}`;
      const said = make("dd", { title: figure, "data-figure": figure }, value);
      said.addEventListener("click", () => { if (Object.hasOwn(trace.figures, figure)) back(said); });
      readings.append(make("div", {}, make("dt", {}, words), said));
    }

    function renew() {
      analysis = data.analyses[analysisChoice.value];
      arm = others[armChoice.value];
      slider.max = analysis.grid.length - 1;
      marks.replaceChildren(...analysis.marked.map((value) => {
        const button = make("button", { type: "button" }, money(value));
        button.addEventListener("click", () => pick(value));
        return button;
      }));
      drawn = [plane(analysis, arm), curves(analysis, pick)];
      charts.replaceChildren(...drawn.map((chart) => chart.svg));
      pick(analysis.start);
    }
    function move() {
      const k = Number(slider.value);
      const threshold = analysis.grid[k];
      const said = `${money(threshold)} per ${analysis.one}`;
      shown.textContent = said;
      slider.setAttribute("aria-valuetext", said);
      drawn.forEach((chart) => chart.set(threshold));
      const [gain, lower, upper] = analysis.gain[arm.name][k];
      readings.replaceChildren();
      reading(`Chance that ${arm.label} is the best value`, percent(analysis.chance[arm.name][k]), "acceptability", "probability");
      reading(`Net benefit per person against ${data.comparator.label}`, money(gain), "net_benefit", "net_benefit");
      reading(`${data.interval} interval`, `${money(lower)} to ${money(upper)}`, "net_benefit", "lower");
      const gains = others.map((each) => [analysis.gain[each.name] ? analysis.gain[each.name][k][0] : -Infinity, each]);
      const [top, leader] = gains.reduce((a, b) => (b[0] > a[0] ? b : a));
      const best = top > 0 ? leader : data.comparator;
      const share = analysis.chance[best.name][k];
      sentence.textContent = analysis.exploratory
        ? `No threshold is accepted for this outcome. At ${said} ${best.label} has the highest mean net benefit; the chance that it is best is ${percent(share)}.`
        : `If one ${analysis.one} is worth ${money(threshold)}, the best value on average is ${best.label}. The chance that this is right is ${percent(share)}: ${likelihood(share)}.`;
    }
    slider.addEventListener("input", move);
    const chosen = make("div", { class: "choices" });
    if (data.analyses.length > 1) chosen.append(analysisLabel);
    if (others.length > 1) chosen.append(armLabel);
    place.append(
      make("h3", {}, "Try a threshold"), chosen,
      make("label", { class: "slide" }, make("span", {}, "Worth of one unit gained"), slider, shown),
      marks, sentence, readings, charts);
    renew();
  }
  // ---- another assumption to try: perspective, value set and whatever else scenarios change
  function assume(place) {
    const others = data.arms.filter((arm) => arm.name !== data.comparator.name);
    const [analysisLabel, analysisChoice] = chooser("Analysis and perspective",
      data.assumptions.map((each, k) => [k, each.title]), offer);
    const [armLabel, armChoice] = chooser("Option", others.map((arm) => [arm.name, arm.label]), show);
    const [scenarioLabel, scenarioChoice] = chooser("Assumption", [], show);
    const said = make("p", { class: "sentence", "aria-live": "polite" });
    const table = make("table", { class: "beside" });
    const plain = (value, decimals) => (value < 0 ? MINUS : "") + Math.abs(value).toFixed(decimals);

    function offer() {
      const titles = data.assumptions[analysisChoice.value].scenarios.map((each) => each.title);
      scenarioChoice.replaceChildren(...titles.map((title, k) => make("option", { value: k }, title)));
      scenarioChoice.value = 1;
      show();
    }
    function row(line, tag) {
      const [first, ...rest] = line;
      return make("tr", {}, make("th", { scope: tag === "th" ? "col" : "row" }, first),
        ...rest.map((words) => make(tag, tag === "th" ? { scope: "col" } : {}, words)));
    }
    function show() {
      const analysis = data.assumptions[analysisChoice.value];
      const [base, other] = [0, scenarioChoice.value].map((k) => analysis.scenarios[k]);
      const [one, two] = [base, other].map((each) => each.arms[armChoice.value]);
      if (!one || !two) { said.textContent = "That option is not in this scenario."; table.replaceChildren(); return; }
      const apart = (each) => `${money(each.cost)} and ${plain(each.effect, analysis.decimals)} ${analysis.many}`;
      said.textContent = `${other.title}: the difference is ${apart(two)} per person. In the base case it is ${apart(one)}.`;
      const benefit = ([, gain, lower, upper]) => `${money(gain)} (${money(lower)} to ${money(upper)})`;
      table.replaceChildren(
        make("caption", {}, `Net benefit per person with its ${data.interval} interval, and the chance that it is above zero`),
        make("thead", {}, row(["Threshold", base.title, "Chance", other.title, "Chance"], "th")),
        make("tbody", {}, ...one.lines.map((line, k) => row([money(line[0]), benefit(line), percent(line[4]),
          ...(two.lines[k] ? [benefit(two.lines[k]), percent(two.lines[k][4])] : ["\u2013", "\u2013"])], "td"))));
      table.hidden = one.lines.length === 0;
    }
    const chosen = make("div", { class: "choices" });
    if (data.assumptions.length > 1) chosen.append(analysisLabel);
    if (others.length > 1) chosen.append(armLabel);
    chosen.append(scenarioLabel);
    const holder = make("div", { class: "wide", tabindex: 0, role: "group", "aria-label": "Base case and chosen assumption" }, table);
    place.append(make("h3", {}, "Try another assumption"), chosen, said, holder);
    offer();
  }

  const place = document.getElementById("explore");
  if (place && data.analyses.length) { explore(place); place.classList.add("ready"); }
  if (place && data.assumptions.length) { assume(place); place.classList.add("ready"); }

  // ---- where a number comes from
  const trace = data.trace && data.trace.figures ? data.trace : { figures: {}, steps: [] };
  const numbers = [...document.querySelectorAll(".number[data-figure]")]
    .filter((node) => Object.hasOwn(trace.figures, node.dataset.figure));
  const way = make("dialog", { class: "way", "aria-labelledby": "way-title" });

  function told(list, words, value) {
    if (value !== null && value !== "") list.append(make("div", {}, make("dt", {}, words), make("dd", {}, String(value))));
  }
  function step(number) {
    const each = trace.steps[number];
    const line = make("li", {}, make("strong", {}, each.stage), ": ");
    // What runs over a few lines opens when asked.
    if (each.what.length > 240)
      line.append(make("details", {}, make("summary", {}, each.what.slice(0, 80) + "\u2026"), each.what));
    else line.append(each.what);
    if (each.file) line.append(" ", make("code", {}, each.file));
    return line;
  }
  function back(node) {
    const name = node.dataset.figure;
    const entry = trace.figures[name];
    const close = make("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => way.close());
    const facts = make("dl");
    told(facts, "Printed here", node.textContent);
    told(facts, "In the table", entry.value + (entry.unit ? " (" + entry.unit + ")" : ""));
    told(facts, "Meaning", entry.meaning);
    told(facts, "Table", `${entry.file}, row ${entry.row}, column ${entry.column}`);
    told(facts, "Made again", entry.again === null ? "not here; the steps say how it came about"
      : `${entry.again} from the step before: ${entry.equal ? "equal" : "NOT EQUAL"}`);
    way.replaceChildren(close,
      make("h2", { id: "way-title" }, "Where this number comes from"),
      make("p", {}, make("code", {}, name)), facts,
      make("h3", {}, "The way back, step by step"),
      make("ol", {}, ...entry.steps.map(step)));
    way.showModal();
    close.focus();
    way.addEventListener("close", () => { if (node.tabIndex === 0) node.focus(); }, { once: true });
  }
  // Hundreds of stops would bury the keyboard: numbers are stops only once asked for.
  function asked(on) {
    document.body.classList.toggle("traced", on);
    numbers.forEach((node) => {
      if (on) { node.tabIndex = 0; node.setAttribute("role", "button"); }
      else { node.removeAttribute("tabindex"); node.removeAttribute("role"); }
    });
  }
  function traceable() {
    const button = make("button", { type: "button", class: "ask", "aria-pressed": "false" }, "Show which numbers can be traced");
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      asked(on);
    });
    const said = make("p", { class: "screen asking" },
      "Click a number with a dotted line to see where it comes from. ", button);
    const head = document.querySelector("#report .byline") || document.querySelector("#report h1");
    head.after(said);
    document.body.append(way);
    way.addEventListener("click", (event) => { if (event.target === way) way.close(); });
    numbers.forEach((node) => {
      node.title = node.dataset.figure;
      node.classList.add("known");
      node.addEventListener("click", () => back(node));
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); back(node); }
      });
    });
  }
  if (numbers.length) traceable();

  // ---- tables to sort and to take away
  function text(cell) { return cell.textContent.trim().replace(/\s+/g, " "); }
  function amount(words) {
    const found = words.replace(/\u2212/g, "-").replace(/,/g, "").match(/-?[^\d\s(/-]{0,4}(\d+(?:\.\d+)?)/);
    return found ? (words.trim().startsWith(MINUS) ? -1 : 1) * Number(found[1]) : NaN;
  }
  function sortable(table) {
    const body = table.tBodies[0];
    const first = [...body.rows];
    if (first.length < 4 || !table.tHead) return;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = make("button", { type: "button", class: "sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: "none" }[head.getAttribute("aria-sort")] || "ascending";
        [...table.tHead.rows[0].cells].forEach((each) => each.removeAttribute("aria-sort"));
        if (next !== "none") head.setAttribute("aria-sort", next);
        const numbers = first.every((row) => /\d/.test(text(row.cells[column])) || text(row.cells[column]) === "\u2013");
        const sign = next === "descending" ? -1 : 1;
        const rows = [...first];
        if (next !== "none") rows.sort((a, b) => {
          const [one, two] = [text(a.cells[column]), text(b.cells[column])];
          if (!numbers) return sign * one.localeCompare(two, "en-GB");
          const [u, v] = [amount(one), amount(two)];
          return Number.isNaN(u) - Number.isNaN(v) || sign * (u - v);
        });
        body.append(...rows);
      });
    });
  }
  function quoted(words) {
    // A spreadsheet must not take a label for a formula; a bare number is none.
    const safe = /^[=+\-@\t]/.test(words) && !/^-\d+(?:\.\d+)?$/.test(words) ? "'" + words : words;
    return '"' + safe.replace(/"/g, '""') + '"';
  }
  // Every number in a cell without currency, thousands and per cent sign; a share stays per cent.
  function figures(words) {
    return [...words.replace(/\u2212/g, "-").replace(/(\d),(?=\d{3})/g, "$1")
      .matchAll(/([-+]?)[^\d\s(+-]{0,4}?(?:[A-Z]{3}\s)?(\d+(?:\.\d+)?)/g)]
      .map(([, sign, digits]) => (sign === "-" ? "-" : "") + digits);
  }
  const MEANINGS = { 1: ["value"], 2: ["lower", "upper"], 3: ["value", "lower", "upper"] };
  // For a column of figures, its numeric columns: value, or interval, or a value with its interval.
  function numeric(rows, column) {
    const words = rows.slice(1).map((row) => row[column] ? text(row[column]) : "");
    const held = words.filter((cell) => cell && cell !== "\u2013");
    const plain = (cell) => /^[-+\u2212]?[^\d\s]{0,2}(?:[A-Z]{3}\s)?\d/.test(cell)
      && /^(?:[\d\s.,%()\u2212\u2013+-]|to|[A-Z]{3}|[\u00a3\u20ac$\u00a5])*$/.test(cell);
    const most = Math.max(0, ...held.map((cell) => figures(cell).length));
    if (!held.length || !held.every(plain) || !MEANINGS[most]) return [];
    const head = text(rows[0][column]);
    const share = held.every((cell) => cell.includes("%")) ? ", %" : "";
    return MEANINGS[most].map((meaning, place) => [
      head + " (" + meaning + share + ")",
      ...words.map((cell) => {
        const found = figures(cell);
        return found.length === most || place === 0 && most === 3 ? found[place] || "" : "";
      })]);
  }
  // The cells, then numeric columns, then for each column that has them identifiers of its figures.
  function sheet(table) {
    const rows = [...table.rows].map((row) => [...row.cells]);
    const numbers = rows[0].flatMap((_, column) => numeric(rows, column));
    const named = (cell) => [...cell.querySelectorAll("[data-figure]")].map((node) => node.dataset.figure).join("; ");
    const columns = rows[0].map((_, column) => column)
      .filter((column) => rows.some((row) => row[column] && named(row[column])));
    return rows.map((row, place) => [
      ...row.map(text),
      ...numbers.map((cells) => cells[place] || ""),
      ...columns.map((column) => place ? named(row[column]) : "Figures of " + text(row[column]))]);
  }
  function takeable(holder, table) {
    const button = make("button", { type: "button", class: "take" }, "Download as CSV");
    button.setAttribute("aria-label", "Download as CSV: " + (table.caption ? text(table.caption) : "table"));
    button.addEventListener("click", () => {
      const lines = sheet(table).map((cells) => cells.map(quoted).join(","));
      const link = make("a", { download: (holder.id || "table") + ".csv" });
      link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
      link.click();
      URL.revokeObjectURL(link.href);
    });
    holder.after(button);
  }
  document.querySelectorAll(".table-frame").forEach((holder) => {
    const table = holder.querySelector("table");
    if (!table) return;
    sortable(table);
    takeable(holder, table);
  });
})();
