// Shows the one JSON block of this page. Evidence becomes text nodes only: no markup, no link and
// no attribute is ever made from it, but for widths that are numbers of ours.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const record = data.record;
  const byId = (id) => document.getElementById(id);

  // el("p", "class names", child...): a string child becomes a text node.
  const el = (tag, classes, ...children) => {
    const node = document.createElement(tag);
    if (classes) node.className = classes;
    for (const child of children.flat()) {
      if (child !== null && child !== undefined) node.append(child instanceof Node ? child : String(child));
    }
    return node;
  };
  const code = (text) => el("code", "", text);
  const chip = (text, tone) => el("span", "chip " + tone, text);
  const orDash = (value) => (value === null || value === undefined || value === "" ? "–" : value);
  const bytes = (count) => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    let value = count;
    while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit += 1; }
    return (unit === 0 ? value : value.toFixed(1)) + " " + units[unit];
  };
  const count = (n, one, many) => n.toLocaleString("en") + " " + (n === 1 ? one : many);
  const when = (time) => (time ? time.replace("T", " ").replace("Z", " UTC") : "–");

  const table = (heads, rows) => {
    const head = el("tr", "", heads.map((h) => {
      const th = el("th", h.number ? "number" : "", h.title);
      th.scope = "col";
      return th;
    }));
    const body = rows.map((row) => el("tr", "", row.map((cell, i) => el("td", heads[i].number ? "number" : "", cell))));
    return el("div", "scroll", el("table", "", el("thead", "", head), el("tbody", "", body)));
  };
  const columns = (...titles) => titles.map((t) => (t.startsWith("#") ? { title: t.slice(1), number: true } : { title: t }));
  const facts = (pairs) => {
    const list = el("dl", "facts");
    for (const [name, value] of pairs) {
      if (value !== undefined) list.append(el("div", "", el("dt", "", name), el("dd", "", value)));
    }
    return list;
  };
  const bars = (rows, shown) => {
    const most = Math.max(1, ...rows.map((row) => row.value));
    const grid = el("div", "bars");
    for (const row of rows) {
      const fill = el("div", "fill");
      fill.style.width = (100 * row.value / most) + "%";
      grid.append(el("span", "", row.name), el("div", "track", fill), el("span", "number", shown(row.value)));
    }
    return grid;
  };
  // Placeholders stand out; the words of a search too.
  const marked = (text, words) => {
    const pieces = [];
    const pattern = /REDACTED-[a-z0-9-]*[a-z0-9]|\$HOME(?:_OTHER)?\b/g;
    let at = 0;
    for (const match of text.matchAll(pattern)) {
      pieces.push(...found(text.slice(at, match.index), words), el("mark", "masked", match[0]));
      at = match.index + match[0].length;
    }
    pieces.push(...found(text.slice(at), words));
    return pieces;
  };
  const found = (text, words) => {
    if (!words) return [text];
    const pieces = [];
    const lower = text.toLowerCase();
    let at = 0;
    for (let hit = lower.indexOf(words); hit >= 0; hit = lower.indexOf(words, at)) {
      pieces.push(text.slice(at, hit), el("mark", "", text.slice(hit, hit + words.length)));
      at = hit + words.length;
    }
    pieces.push(text.slice(at));
    return pieces;
  };

  const sections = [];
  const section = (id, title, ...children) => {
    const node = el("section", "", el("h2", "", title), ...children);
    node.id = id;
    byId("main").append(node);
    sections.push({ id, title, node });
    return node;
  };
  const toneOf = (state) => ({
    pass: "good", ok: "good", verified: "good", found: "good", done: "good", intact: "good",
    fail: "bad", failed: "bad", error: "bad", high: "bad", timeout: "bad", denied: "bad", negative: "bad",
    unverifiable: "warn", skipped: "plain", truncated: "warn", missing: "warn", medium: "warn", partial: "warn",
    interrupted: "warn", "rolled-back": "warn",
  }[state] || "plain");

  const verdictMark = (tone) => {
    const paths = { good: "M5 13.5l5 5L21 7", bad: "M6 6l14 14M20 6L6 20", warn: "M13 5v11M13 20.5v.5" };
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 26 26");
    svg.setAttribute("class", "mark");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", paths[tone] || paths.warn);
    path.setAttribute("fill", "none");
    path.setAttribute("stroke", "currentColor");
    path.setAttribute("stroke-width", "3");
    path.setAttribute("stroke-linecap", "round");
    path.setAttribute("stroke-linejoin", "round");
    svg.append(path);
    return svg;
  };

  const showHead = () => {
    const verdict = data.verdict;
    const subject = record.subject.ref === "local" ? record.subject.kind : record.subject.kind + " " + record.subject.ref;
    const tone = { verified: "good", failed: "bad", unverifiable: "warn" }[verdict.verdict] || "plain";
    byId("head").append(
      el("div", "kicker", "Evidence bundle · " + when(record.finishedAt)),
      el("h1", "", "Evidence of " + subject),
      el("div", "verdict " + tone, verdictMark(tone),
        el("div", "", el("strong", "", verdict.words), el("p", "", verdict.sentence))),
      el("p", "note", "This page is a view, made by " + data.program + "; it proves nothing by itself. Bundle ",
        code(data.bundleId), ". To check the bundle: ", code(data.verifyCommand)));
    document.title = "Evidence of " + subject + ", " + verdict.words;
  };

  const showVerdict = () => {
    const axes = data.verdict.axes.map((axis) =>
      el("div", "tile " + toneOf(axis.state), el("span", "", axis.name), el("b", "", axis.state)));
    const checks = data.verdict.checks.map((check) => [
      chip(check.status, toneOf(check.status)), check.name, orDash(check.reason), orDash(check.detail)]);
    const details = el("details", "", el("summary", "", "All " + checks.length + " checks"),
      table(columns("Status", "Check", "Reason", "Detail"), checks));
    details.open = data.verdict.checks.some((check) => check.status === "fail");
    section("verdict", "Verdict", el("div", "tiles", axes), details);
  };

  const showFacts = () => {
    const git = record.gitRef || {};
    const image = record.imageDigest;
    const host = record.host;
    const body = section("facts", "Facts", facts([
      ["Command", code([record.command.binary, ...record.command.argvRedacted].join(" "))],
      ["Outcome", record.outcome.result + " (exit code " + record.outcome.exitCode + ")" + (record.outcome.reason ? ", " + record.outcome.reason : "")],
      ["Mode", record.mode],
      ["Started", when(record.startedAt)],
      ["Finished", when(record.finishedAt)],
      ["Host", [host.hostAdapter, host.osVersion, host.arch, host.kernel].filter(Boolean).join(", ")],
      ["Place in the host log", el("span", "", "bundle " + record.sequence.seq + " of log ", code(record.sequence.logId))],
      ["Previous bundle", record.sequence.previous ? code(record.sequence.previous) : "none"],
      ["Git", git.head ? el("span", "", code(git.head), (git.branch ? ", " + git.branch : "") + (git.dirty ? ", uncommitted changes" : ", clean")) : "no repository"],
      ["Image", image ? el("span", "", image.reference + " ", image.digest ? code(image.digest) : "") : undefined],
      ["Entries", count(record.entries.count, "entry", "entries") + ", " + bytes(record.entries.bytes)],
      ["Clock", record.clock.synchronised === null ? "state unknown" : record.clock.synchronised ? "synchronised" : "not synchronised"],
      ["Key custody", record.keyCustody],
      ["Policy", code(record.policyHash)],
    ]));
    if (record.toolVersions.length) {
      body.append(el("h3", "", "Tools"), table(columns("Tool", "Status", "Version", "Path"), record.toolVersions.map((tool) => [
        tool.name, chip(tool.status, toneOf(tool.status)), orDash(tool.version), tool.pathRef ? code(tool.pathRef) : "–"])));
    }
  };

  const showTimeline = () => {
    const line = el("ol", "line");
    const add = (time, tone, ...children) => line.append(el("li", tone, el("time", "", when(time)), ...children));
    add(record.startedAt, "", "Started: " + record.command.path.join(" "));
    for (const action of record.actions) {
      add(action.startedAt, toneOf(action.status), el("div", "", chip(action.status, toneOf(action.status)), " " + action.action + " ", code(action.target)),
        action.argv ? el("div", "excerpt", action.argv.join(" ")) : null,
        action.detail ? el("div", "small quiet", String(action.detail)) : null);
    }
    add(record.finishedAt, toneOf(record.outcome.result), "Finished: " + record.outcome.result);
    const none = record.actions.length ? null : el("p", "quiet", "No action was taken: this run only looked.");
    section("timeline", "Time line", none, line);
  };

  const showCollectors = () => {
    const gaps = record.collectors.filter((collector) => collector.status !== "ok");
    const rows = record.collectors.map((collector) => [
      collector.name, chip(collector.status, toneOf(collector.status)), orDash(collector.reason),
      collector.entries.toLocaleString("en"), bytes(collector.bytes), collector.elapsedMs.toLocaleString("en") + " ms"]);
    section("collectors", "Collectors and gaps",
      el("p", "quiet", gaps.length ? count(gaps.length, "gap", "gaps") + ": what was expected and did not come in whole is a signed fact of this bundle."
        : "Every collector that was expected delivered."),
      table(columns("Collector", "Status", "Reason", "#Entries", "#Bytes", "#Time"), rows));
  };

  const asText = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(orDash(value)));
  const listOf = (items) => {
    const keys = [...new Set(items.flatMap((item) => Object.keys(item)))];
    return table(keys.map((key) => ({ title: key })), items.map((item) => keys.map((key) => asText(item[key]))));
  };
  const showMounts = () => {
    const parts = [["Mounts", record.mounts], ["Denied attempts", record.deniedAttempts], ["Grants", record.grants]];
    const some = parts.filter(([, items]) => items.length);
    section("mounts", "Mounts and grants",
      some.length ? some.map(([title, items]) => [el("h3", "", title), listOf(items)]).flat()
        : el("p", "quiet", "None were part of this run."));
  };

  const svg = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const histogram = (findings) => {
    const times = findings.map((finding) => Date.parse(finding.time)).filter((time) => !Number.isNaN(time));
    const first = Math.min(...times);
    const last = Math.max(...times);
    const bins = Array.from({ length: 48 }, () => ({ high: 0, medium: 0, low: 0 }));
    const width = Math.max(1, (last - first) / bins.length);
    for (const finding of findings) {
      const time = Date.parse(finding.time);
      if (!Number.isNaN(time)) bins[Math.min(bins.length - 1, Math.floor((time - first) / width))][finding.severity] += 1;
    }
    const most = Math.max(...bins.map((bin) => bin.high + bin.medium + bin.low));
    const chart = svg("svg", { viewBox: "0 0 960 150", class: "histogram", role: "img" });
    chart.append(svg("title", {}));
    chart.firstChild.textContent = times.length + " findings from " + new Date(first).toISOString() + " to " + new Date(last).toISOString();
    bins.forEach((bin, i) => {
      let top = 122;
      for (const severity of ["high", "medium", "low"]) {
        const height = bin[severity] * 100 / most;
        top -= height;
        if (height > 0) chart.append(svg("rect", { x: i * 20 + 2, y: top, width: 16, height, rx: 1.5, class: severity }));
      }
    });
    chart.append(svg("line", { x1: 0, x2: 960, y1: 122.5, y2: 122.5, class: "axis" }));
    const label = (x, anchor, time) => {
      const text = svg("text", { x, y: 141, "text-anchor": anchor });
      text.textContent = new Date(time).toISOString().replace("T", " ").slice(0, 19);
      chart.append(text);
    };
    const scale = svg("text", { x: 0, y: 11, "text-anchor": "start" });
    scale.textContent = "at most " + most + " in " + (width < 1000 ? Math.ceil(width) + " ms" : Math.ceil(width / 1000) + " s");
    chart.append(scale);
    label(0, "start", first);
    if (last > first) label(960, "end", last);
    return chart;
  };
  const showFindings = () => {
    const findings = data.findings;
    if (!findings.length) {
      section("findings", "Findings", el("p", "quiet", "The log rules found nothing to look at."));
      return;
    }
    const timed = findings.filter((finding) => finding.time !== null);
    const legend = el("div", "legend", ["high", "medium", "low"].map((severity) =>
      el("span", { high: "bad", medium: "warn", low: "plain" }[severity], el("i"), severity + " " + findings.filter((f) => f.severity === severity).length)));
    const rules = new Map();
    for (const finding of findings) rules.set(finding.ruleId, [...(rules.get(finding.ruleId) || []), finding]);
    const order = { high: 0, medium: 1, low: 2 };
    const groups = [...rules.entries()].sort((a, b) => order[a[1][0].severity] - order[b[1][0].severity] || b[1].length - a[1].length);
    const node = section("findings", "Findings", legend);
    if (timed.length) {
      node.append(histogram(timed));
      if (timed.length < findings.length) node.append(el("p", "small quiet", count(findings.length - timed.length, "finding stands", "findings stand") + " in a line without a time."));
    }
    for (const [rule, group] of groups) {
      const rows = group.map((finding) => [code(finding.entry + ":" + finding.line), el("span", "excerpt", marked(finding.excerptRedacted, ""))]);
      const details = el("details", "", el("summary", "", chip(group[0].severity, toneOf(group[0].severity)), " " + rule + " (" + group.length + ")"),
        table(columns("Where", "Line"), rows));
      details.open = groups.length <= 3 && group.length <= 12;
      node.append(details);
    }
  };

  const showRedaction = () => {
    const redaction = record.redaction;
    const node = section("redaction", "Redaction",
      el("p", "quiet", redaction.complete ? "Every byte went through redaction, as far as the signer says." : "Redaction was not complete: some limit was reached; the entries name it."));
    const classes = [...redaction.byClass].sort((a, b) => b.value - a.value);
    node.append(classes.length ? bars(classes, (value) => value.toLocaleString("en")) : el("p", "", "Nothing was masked."));
    const rules = [...redaction.byRule].sort((a, b) => b.value - a.value);
    if (rules.length) {
      node.append(el("details", "", el("summary", "", "By rule"), table(columns("Rule", "#Places"), rules.map((rule) => [rule.name, rule.value.toLocaleString("en")]))));
    }
    node.append(el("p", "small quiet", el("br"), "Engine " + redaction.engine + ", rule set ", code(redaction.rulesetDigest), ", tags per " + redaction.tagScope + "."));
  };

  // The entry browser: a list box on the left, the chosen entry on the right.
  const showEntries = () => {
    const search = el("input");
    search.type = "search";
    search.id = "search";
    search.placeholder = "Search names and contents";
    search.setAttribute("aria-label", "Search entries by name and content");
    const list = el("ul", "list");
    list.id = "entries-list";
    list.tabIndex = 0;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Entries");
    const view = el("div", "view");
    view.tabIndex = 0;
    view.setAttribute("role", "region");
    view.setAttribute("aria-label", "Chosen entry");
    view.setAttribute("aria-live", "polite");
    const total = el("span", "quiet small");
    const shownMax = 2000;
    let shown = [];
    let chosen = 0;
    let words = "";

    const masked = (entry) => entry.redaction.rules.reduce((sum, rule) => sum + rule.value, 0) + entry.redaction.known;
    const showEntry = (entry) => {
      const pairs = [["Kind", entry.kind + ", " + entry.mediaType], ["Size", bytes(entry.size)], ["Collector", entry.collector], ["Collected", when(entry.at)], ["SHA-256", code(entry.sha256)]];
      if (entry.source) pairs.push(["Source", code(entry.source.pathRef)], ["Source changed", when(entry.source.mtime)]);
      const hits = entry.redaction.rules.map((rule) => rule.name + " " + rule.value);
      if (entry.redaction.known) hits.push("known value " + entry.redaction.known);
      pairs.push(["Masked", hits.length ? hits.join(", ") : "nothing"]);
      if (!entry.redaction.complete) pairs.push(["Limits", entry.redaction.limits.join(", ")]);
      const list = el("dl", "", pairs.map(([name, value]) => [el("dt", "", name), el("dd", "", value)]).flat());
      view.replaceChildren(el("h3", "", entry.path), list);
      if (entry.preview === null) {
        view.append(el("p", "quiet", entry.previewNote));
      } else {
        view.append(el("pre", "", marked(entry.preview, words)));
        if (entry.previewNote) view.append(el("p", "quiet small", el("br"), entry.previewNote));
      }
      view.scrollTop = 0;
    };
    const choose = (index) => {
      if (!shown.length) return;
      chosen = Math.max(0, Math.min(shown.length - 1, index));
      [...list.children].forEach((item, i) => item.setAttribute("aria-selected", i === chosen ? "true" : "false"));
      const item = list.children[chosen];
      list.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
      showEntry(shown[chosen]);
    };
    const fill = () => {
      words = search.value.trim().toLowerCase();
      const matches = data.entries.filter((entry) => !words || entry.path.toLowerCase().includes(words) || (entry.preview || "").toLowerCase().includes(words));
      shown = matches.slice(0, shownMax);
      list.replaceChildren(...shown.map((entry, i) => {
        const hits = masked(entry);
        const item = el("li", "", el("div", "path", found(entry.path, words)),
          el("div", "meta", el("span", "", bytes(entry.size)), el("span", "", entry.collector), hits ? el("span", "", hits + " masked") : null));
        item.id = "entry-" + i;
        item.setAttribute("role", "option");
        item.addEventListener("click", () => choose(i));
        return item;
      }));
      total.textContent = matches.length === data.entries.length ? count(data.entryTotal, "entry", "entries") : matches.length + " of " + count(data.entryTotal, "entry", "entries");
      if (shown.length) choose(0);
      else view.replaceChildren(el("p", "quiet", "No entry has these words."));
    };
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    list.addEventListener("keydown", (event) => {
      if (event.key in steps) {
        event.preventDefault();
        choose(chosen + steps[event.key]);
      }
    });
    search.addEventListener("input", fill);
    search.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") { event.preventDefault(); list.focus(); }
      if (event.key === "Escape") { search.value = ""; fill(); }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
    });
    section("entries", "Entries", el("div", "tools", search, total), el("div", "browser", list, view),
      el("p", "small quiet keys", el("br"), el("kbd", "", "/"), " search, ", el("kbd", "", "↓"), " ", el("kbd", "", "↑"), " move. ", data.entriesNote));
    fill();
  };

  const showNonClaims = () => section("nonclaims", "What is not claimed",
    el("ul", "plainlist", record.nonClaims.map((sentence) => el("li", "", sentence))));

  const showNavigation = () => {
    const links = sections.map(({ id, title }) => {
      const link = el("a", "", title);
      link.href = "#" + id;
      return link;
    });
    byId("nav").append(el("ul", "", links.map((link) => el("li", "", link))));
    const watch = new IntersectionObserver((seen) => {
      for (const each of seen) {
        if (each.isIntersecting) links.forEach((link, i) => (sections[i].node === each.target ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
      }
    }, { rootMargin: "-60px 0px -75% 0px" });
    sections.forEach(({ node }) => watch.observe(node));
  };

  showHead();
  showVerdict();
  showFacts();
  showTimeline();
  showFindings();
  showCollectors();
  showMounts();
  showRedaction();
  showEntries();
  showNonClaims();
  showNavigation();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((node) => { node.open = true; }));
  byId("waiting").remove();
})();
