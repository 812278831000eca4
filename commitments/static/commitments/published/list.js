/* The published list: asks in the page's own address what the site is asked (?q=…&status=…), and answers here. What it
   draws comes drawn by the site (recherche/lignes-….js); it is loaded once something is asked. */
"use strict";

(() => {
  const { rows: rowsAddress, words: wordsAddress } = document.currentScript.dataset;
  const form = document.querySelector("form.filters");
  const parameters = new URLSearchParams(location.search);
  const home = new URL(form.getAttribute("action"), location.href);
  const main = document.querySelector("main");

  const { make, load, said } = publishedPage;

  const address = (pairs) => {
    const query = new URLSearchParams(pairs.filter(([, value]) => value)).toString();
    return home.pathname.split("/").pop() + (query ? `?${query}` : "");
  };

  const plain = (html) => html.replace(/<[^>]*>/g, "");
  const union = (sets) => new Set(sets.flatMap((set) => [...set]));

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(new URL(address([...new FormData(form)]), home));
  });

  const asks = [...parameters].some(([name, value]) => value && (name === "sort" || name in form.elements));
  const folder = (path) => path.replace(/index\.html$/, "");
  if (!asks || folder(location.pathname) !== folder(home.pathname)) return;

  const table = main.querySelector("table.cards");
  const summary = main.querySelector(".summary");
  for (const part of [table, summary, main.querySelector(".pages")]) if (part) part.hidden = true;

  const show = (data, list, found, question) => {
    const words = data.strings;
    const counted = (forms, n, values = {}) => said(forms[n === 1 || (n === 0 && data.none_is_singular) ? 0 : 1], { n, ...values });
    const among = found && union(found.tiers);
    const rows = list.matching(question.chosen, among);
    const kept = [["q", question.q], ...Object.entries(question.chosen), ["sort", question.sort]];
    const less = (name) => address(kept.filter(([other]) => other !== name));
    const label = (name) => (name === "q" ? data.words : data.facets[name].label);
    const worded = (name, value) => (name === "q" ? value : data.facets[name].values.find(([known]) => known === value)[1]);
    const inHtml = (html) => Object.assign(document.createElement("p"), { innerHTML: html }); // the site's own sentences

    /* The form */
    form.elements.q.value = question.q;
    if (question.sort && !form.elements.sort) form.prepend(make("input", { type: "hidden", name: "sort", value: question.sort }));
    for (const name of list.names) {
      const options = list.options(name, question.chosen, among).map((option) => new Option(`${option.label} (${option.n})`, option.value, option.isChosen, option.isChosen));
      form.elements[name].replaceChildren(new Option(data.facets[name].empty, ""), ...options);
    }

    /* What is found, in words */
    const shownApart = data.apart[question.chosen.basis];
    const line = inHtml(counted(shownApart ? shownApart.sentence : words.commitments, rows.size));
    const apart = list.apart.filter(([, held]) => held.size);
    if (shownApart) {
      main.querySelector("h1").textContent = worded("basis", question.chosen.basis);
      line.append(" ", make("a", { href: address([]) }, words.see_commitments));
    } else if (apart.length) {
      line.append(` ${words.apart} `);
      apart.forEach(([basis, held], place) => {
        line.append(place ? ", " : "", make("a", { href: address([["basis", basis]]) }, counted(data.apart[basis].counted, held.size)));
      });
    }
    const applied = kept.filter(([name, value]) => value && name !== "sort");
    summary.replaceChildren(line);
    if (applied.length) {
      summary.append(make("ul", { class: "applied" }, ...applied.map(([name, value]) => make("li", {}, `${said(words.applied, { label: label(name), value: worded(name, value) })} `, make("a", { href: less(name) }, words.remove, make("span", { class: "unseen" }, ` ${words.this_filter} ${label(name)}`))))));
    }
    summary.hidden = false;
    if (!rows.size) {
      main.append(nothing({ data, list, found, question, applied, counted, less, label, worded }));
      return;
    }

    /* The table */
    const wanted = Math.max(1, Number.parseInt(parameters.get("page") ?? "1", 10) || 1);
    const pages = Math.ceil(rows.size / data.page_size);
    const page = Math.min(wanted, pages);
    const shown = list.inOrder(rows, question.sort, found).slice((page - 1) * data.page_size, page * data.page_size);
    const body = table.tBodies[0];
    body.innerHTML = shown.map(list.html).join("");
    if (found && found.terms.length) for (const link of body.querySelectorAll("th a")) found.search.mark(link, found.terms);
    for (const link of table.tHead.querySelectorAll("a")) {
      const name = new URL(link.href).searchParams.get("sort").replace(/^-/, "");
      link.setAttribute("href", address([...kept.filter(([other]) => other !== "sort"), ["sort", question.sort === name ? `-${name}` : name]]));
      link.parentElement.removeAttribute("aria-sort");
      if (question.sort.replace(/^-/, "") === name) link.parentElement.setAttribute("aria-sort", question.sort.startsWith("-") ? "descending" : "ascending");
    }
    if (shownApart) {
      table.caption.textContent = shownApart.caption;
      table.tHead.querySelector("th.name a").textContent = shownApart.heading;
      table.tHead.querySelector("th.parties").textContent = shownApart.parties;
    }
    table.hidden = false;
    if (pages > 1) {
      const turn = (number, rel, text) => make("a", { rel, href: address([...kept, ["page", String(number)]]) }, text);
      table.after(make("nav", { class: "pages", "aria-label": words.pages },
        ...(page > 1 ? [turn(page - 1, "prev", words.previous)] : []),
        make("span", {}, said(words.page, { number: page, total: pages })),
        ...(page < pages ? [turn(page + 1, "next", words.next)] : [])));
    }
  };

  /* What is said where nothing is found: what taking a filter off would show, and where else to search. */
  const nothing = ({ data, list, found, question, applied, counted, less, label, worded }) => {
    const words = data.strings;
    const empty = make("div", { class: "empty" }, make("p", {}, words.nothing));
    const relaxed = applied
      .map(([name, value]) => ({ name, value, n: list.matching(list.without(question.chosen, name), name === "q" ? null : found && union(found.tiers)).size }))
      .filter(({ n }) => n > 0).sort((a, b) => b.n - a.n);
    const everywhere = document.querySelector("form.searchbox").getAttribute("action");
    if (relaxed.length) empty.append(make("p", {}, words.relax), make("ul", {}, ...relaxed.map(({ name, value, n }) => make("li", {}, make("a", { href: less(name) }, counted(words.relaxed.map(plain), n, { label: label(name), value: worded(name, value) }))))));
    else empty.append(make("p", {}, words.relax_more));
    if (question.q) empty.append(make("p", {}, make("a", { href: `${everywhere}?${new URLSearchParams({ q: question.q })}` }, words.everywhere)));
    return empty;
  };

  const answer = async () => {
    await load(rowsAddress);
    const data = window.publishedData.rows;
    const list = publishedRows(data);
    const question = list.asked(parameters);
    if (question.wrong.length) {
      form.after(make("p", { class: "problem", role: "alert" }, data.strings.refused));
      return;
    }
    let found = question.q ? list.byReference(question.q) : null;
    if (question.q && !found) {
      await load(wordsAddress);
      const search = publishedSearch(window.publishedData.words);
      const terms = search.terms(question.q);
      found = { tiers: terms.length ? search.find(terms).hits.commitment : [], terms, search };
    }
    show(data, list, found, question);
  };

  answer().catch(() => {
    for (const part of [table, summary, main.querySelector(".pages")]) if (part) part.hidden = false;
  });
})();
