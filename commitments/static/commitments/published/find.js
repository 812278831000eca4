/* The published search: answers the page's own address (?q=…&kind=…) as the site does. Records come drawn by the site
   (recherche/fiches-….js); why each was found is shown by the site only: a copy does not carry the texts. */
"use strict";

(() => {
  const { records: recordsAddress, words: wordsAddress } = document.currentScript.dataset;
  const { make, load, said, escaped } = publishedPage;
  const parameters = new URLSearchParams(location.search);
  const query = (parameters.get("q") ?? "").trim();
  const form = document.querySelector("main form.searchbox");
  form.elements.q.value = query;
  if (!query) return;

  const here = location.pathname.split("/").pop();
  const address = (values) => `${here}?${new URLSearchParams(values)}`;
  const inHtml = (html) => Object.assign(document.createElement("p"), { innerHTML: html }); // the site's own sentences

  const show = (data, search, found) => {
    const words = data.strings;
    const counted = (forms, n, values = {}) => said(forms[n === 1 || (n === 0 && data.none_is_singular) ? 0 : 1], { n, ...values });
    const groupsOf = (hits) => data.groups.map((group) => {
      const among = group.among && new Set(publishedSets.decode(group.among));
      const rows = hits[group.kind].flatMap((tier) => [...tier].filter((row) => !among || among.has(row)).sort((a, b) => a - b));
      return { ...group, rows };
    }).filter((group) => group.rows.length);
    const number = (text) => groupsOf(search.find(search.terms(text)).hits).reduce((sum, group) => sum + group.rows.length, 0);
    const groups = groupsOf(found.hits);
    const count = groups.reduce((sum, group) => sum + group.rows.length, 0);
    const chosen = groups.find((group) => group.name === parameters.get("kind"));
    const main = document.querySelector("main");

    document.title = said(words.title, { query });
    for (const other of main.querySelectorAll("form ~ *")) other.remove();
    const summary = make("div", { class: "summary", role: "status" }, inHtml(count ? counted(words.results, count, { query: escaped(query) }) : said(words.none, { query: escaped(query) })));
    if (groups.length > 1 || chosen) {
      summary.append(make("ul", { class: "kinds" },
        ...(chosen ? [make("li", {}, make("a", { href: address({ q: query }) }, words.everything), ` ${count}`)] : []),
        ...groups.map((group) => make("li", {}, group === chosen
          ? make("strong", {}, group.label)
          : make("a", { href: chosen ? address({ q: query, kind: group.name }) : `#g-${group.name}` }, group.label), ` ${group.rows.length}`))));
    }
    offer({ data, search, found, words, counted, number, count, summary });
    main.append(summary);

    for (const group of chosen ? [chosen] : groups) {
      const pages = Math.ceil(group.rows.length / data.page_size);
      const page = chosen ? Math.min(Math.max(1, Number.parseInt(parameters.get("page") ?? "1", 10) || 1), pages) : 1;
      const size = chosen ? data.page_size : data.at_first;
      const list = Object.assign(make("ol", { class: "plain" }), {
        innerHTML: group.rows.slice((page - 1) * size, page * size).map((row) => data.drawn[group.kind][row]).join(""),
      });
      for (const link of list.querySelectorAll("li > a")) search.mark(link, found.terms);
      const section = make("section", { class: "found", "aria-labelledby": `g-${group.name}` },
        make("h2", { id: `g-${group.name}` }, `${group.label} `, make("span", { class: "small" }, String(group.rows.length))), list);
      if (!chosen && group.rows.length > data.at_first) {
        section.append(make("p", { class: "small" }, make("a", { href: address({ q: query, kind: group.name }) },
          counted(words.rest, group.rows.length), make("span", { class: "unseen" }, ` : ${group.label}`))));
      }
      main.append(section);
      if (chosen && pages > 1) {
        const turn = (to, rel, text) => make("a", { rel, href: address({ q: query, kind: group.name, page: String(to) }) }, text);
        main.append(make("nav", { class: "pages", "aria-label": words.pages },
          ...(page > 1 ? [turn(page - 1, "prev", words.previous)] : []),
          make("span", {}, said(words.page, { number: page, total: pages })),
          ...(page < pages ? [turn(page + 1, "next", words.next)] : [])));
      }
    }
    if (chosen && chosen.name === "commitment") {
      main.append(make("p", { class: "small" }, make("a", { href: `../engagements/index.html?${new URLSearchParams({ q: query })}` }, words.sort)));
    }
  };

  /* Beside what is found: words found nowhere and what they may be meant for, words in French, what was searched. */
  const offer = ({ data, search, found, words, counted, number, count, summary }) => {
    const offers = (text, queries, { lang = "", isAsked = false } = {}) => {
      const finding = [...new Set(queries)].map((to) => [to, number(to)]).filter(([, n]) => n);
      if (!finding.length) return;
      const before = (place) => (isAsked && place === finding.length - 1 ? ` ${words.or} ` : ", ");
      summary.append(make("p", {}, `${text} `, ...finding.flatMap(([to, n], place) => [place ? before(place) : "", make("a", { href: address({ q: to }), ...(lang && { lang }) }, to), ` (${n})`]), isAsked ? words.asked : ""));
    };
    const exchanged = (by) => found.terms.map((term) => by.get(term) ?? term.word).join(" ");
    const unknown = found.terms.filter((term) => found.unknown.includes(term.word) && !search.isCommon(term.word));
    if (unknown.length) {
      summary.append(inHtml(counted(words.unknown, unknown.length, { words: escaped(unknown.map((term) => term.word).join(", ")) })));
      const near = publishedNear(window.publishedData.words);
      const best = new Map(unknown.map((term) => [term, near(term)]));
      const first = new Map([...best].filter(([, names]) => names.length).map(([term, names]) => [term, names[0]]));
      offers(words.near, best.get(unknown[0]).map((word) => exchanged(new Map([...first, [unknown[0], word]]))), { isAsked: true });
    } else if (found.terms.length && found.terms.every((term) => search.isCommon(term.word))) {
      summary.append(make("p", {}, words.common));
    } else if (!count && found.terms.length) {
      summary.append(make("p", {}, words.apart));
    }
    if (!count && found.terms.length > 1) {
      offers(words.each, found.terms.filter((term) => !found.unknown.includes(term.word)).map((term) => term.word));
    }
    if (document.documentElement.lang === "en") {
      const { french } = window.publishedData.words;
      const inFrench = (stem) => (Object.hasOwn(french, stem) ? french[stem] : "");
      const known = new Map(found.terms.map((term) => [term, inFrench(search.stems(search.fold(term.word), "en")[0])]).filter(([, word]) => word));
      if (known.size) offers(words.in_french, [exchanged(known)], { lang: "fr" });
    }
    if (!count) {
      const all = data.groups.map((group) => [group.label.toLowerCase(), group.among ? group.among.length : data.drawn[group.kind].length]).filter(([, n]) => n);
      summary.append(make("p", { class: "small" }, `${words.searched} ${all.map(([label, n]) => `${label} (${n})`).join(", ")}.`));
    }
  };

  /* The record that the query is the reference of; the commitments whose references begin with it. */
  const byReference = (data) => {
    const wanted = query.toLowerCase();
    for (const [kind, names] of Object.entries(data.references)) {
      const row = names.findIndex((name) => name.toLowerCase() === wanted);
      if (row >= 0) return { record: make("div", {}, inHtml(data.drawn[kind][row])).querySelector("a").href };
    }
    if (!new RegExp(`^(?:${data.reference})$`, "i").test(query)) return null;
    const rows = data.references.commitment.flatMap((name, row) => (name.toLowerCase().startsWith(wanted) ? [row] : []));
    if (!rows.length) return null;
    const hits = Object.fromEntries(window.publishedData.words.kinds.map((kind) => [kind, kind === "commitment" ? [new Set(rows)] : []]));
    return { found: { hits, terms: [], unknown: [] } };
  };

  const answer = async () => {
    await Promise.all([load(recordsAddress), load(wordsAddress)]);
    const data = window.publishedData.records;
    const search = publishedSearch(window.publishedData.words);
    const named = byReference(data);
    if (named?.record) location.replace(named.record);
    else show(data, search, named?.found ?? search.find(search.terms(query)));
  };

  answer();
})();
