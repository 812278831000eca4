/* The search of what is published: reads a query and finds records as the site itself does (commitments/rules/search/analysis.py
   and finding.py), from the same index of words. `data` is `window.publishedData.words`, the value of recherche/mots.js. */
"use strict";

const publishedSearch = (data) => {
  const WORD = new RegExp(`(?<unspaced>[${data.unspaced}]+)|(?:(?![${data.unspaced}])[\\p{L}\\p{N}][\\u0300-\\u036f]*)+`, "gu");
  const PLACES = [0, 1, 2]; // title, statement, beside: the most telling first
  const common = new Set(data.common);
  const stemmers = { fr: new FrenchStemmer(), en: new EnglishStemmer() };
  const decoded = new Map();

  const fold = (word) => {
    const plain = [...word].map((letter) => data.ligatures[letter] ?? letter).join("").toLowerCase();
    return (plain.normalize("NFKD").match(/[\p{L}\p{N}]/gu) ?? []).join("");
  };
  /* Of a run of characters without spaces, each pair is a word, or its only character. */
  const pairs = (run, start) => {
    const letters = [...run];
    let at = start;
    return letters.slice(0, Math.max(1, letters.length - 1)).map((letter, n) => {
      const pair = letters.slice(n, n + 2).join("");
      const word = { start: at, end: at + pair.length, folded: pair.normalize("NFKC") };
      at += letter.length;
      return word;
    });
  };
  const words = (text) => [...text.matchAll(WORD)].flatMap((match) => (match.groups.unspaced
    ? pairs(match[0], match.index)
    : [{ start: match.index, end: match.index + match[0].length, folded: fold(match[0]) }])).filter((word) => word.folded);
  const stem = (folded, language) => (Object.hasOwn(data.distinct, folded) ? data.distinct[folded] : [...stemmers[language].stemWord(folded)].slice(0, data.longest_token).join(""));
  const stems = (folded, language) => (language in stemmers ? [language] : ["fr", "en"]).map((code) => stem(folded, code));
  const tells = (folded) => !common.has(folded) && ([...folded].length > 1 || /^(?:\p{Nd}|[^\x00-\x7f])$/u.test(folded));
  const isCommon = (word) => !words(word).some((part) => tells(part.folded));

  /* The words of a query that are looked for, each once: the telling ones, or all where none is telling. */
  const terms = (query) => {
    const folded = new Map();
    for (const word of words(query)) {
      if (!folded.has(word.folded)) folded.set(word.folded, query.slice(word.start, word.end));
    }
    const telling = [...folded].filter(([key]) => tells(key));
    return (telling.length ? telling : [...folded]).slice(0, data.most_terms)
      .map(([key, word]) => ({ word, stems: new Set(stems(key, "")) }));
  };

  const isKnown = (name) => Object.hasOwn(data.stems, name);
  const rowsOf = (name) => {
    if (!decoded.has(name)) {
      const kinds = Object.entries(data.stems[name][0]).map(([kind, sets]) => [kind, sets.map(publishedSets.decode)]);
      decoded.set(name, Object.fromEntries(kinds));
    }
    return decoded.get(name);
  };
  const concerned = Object.fromEntries(Object.entries(data.concerned).map(([kind, sets]) => [kind, sets.map(publishedSets.decode)]));

  /* The records of each kind that have a word in each place; of commitments, fourth, those that it names a party of, or
     the sector, the instrument or the meeting. */
  const ofTerm = (term) => {
    let names = [...term.stems].filter(isKnown);
    const own = words(term.word);
    if (!names.length && own.length === 1 && [...term.word].length > 2) {
      names = Object.keys(data.stems).filter((name) => name.startsWith(own[0].folded)).sort().slice(0, data.most_begun);
    }
    const found = Object.fromEntries(data.kinds.map((kind) => [kind, PLACES.map((place) => new Set(
      names.flatMap((name) => rowsOf(name)[kind]?.[place] ?? []),
    ))]));
    found.commitment.push(new Set(Object.entries(concerned).flatMap(([kind, sets]) => [...found[kind][0]].flatMap((row) => sets[row]))));
    return found;
  };

  /* What has every term, by kind, in tiers: first in the title, then in the title or the statement, then anywhere; and
     the words found nowhere. */
  const find = (looked) => {
    const sets = looked.map(ofTerm);
    const hits = {};
    for (const kind of data.kinds) {
      const tiers = [];
      for (let last = 1; sets.length && last <= sets[0][kind].length; last += 1) {
        const whole = sets.map((places) => new Set(places[kind].slice(0, last).flatMap((place) => [...place])));
        const found = publishedSets.intersection(whole);
        tiers.push(new Set([...found].filter((row) => !tiers.some((tier) => tier.has(row)))));
      }
      hits[kind] = tiers;
    }
    const isNowhere = (places) => Object.values(places).every((kind) => kind.every((place) => !place.size));
    return { hits, terms: looked, unknown: looked.filter((_term, n) => isNowhere(sets[n])).map((term) => term.word) };
  };

  /* Where, in a text in a language, the words that are looked for stand. */
  const places = (text, language, looked) => words(text)
    .filter((word) => stems(word.folded, language).some((name) => looked.some((term) => term.stems.has(name))))
    .reduce((found, { start, end }) => {
      const last = found.at(-1);
      if (last && start < last.end) last.end = end; // pairs of characters overlap
      else found.push({ start, end });
      return found;
    }, []);

  /* Marks, in the texts of an element, the words that were looked for. */
  const mark = (element, looked) => {
    const language = element.querySelector("[lang]")?.lang || document.documentElement.lang;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      for (const { start, end } of places(text.data, language, looked).reverse()) {
        text.splitText(end);
        const word = text.splitText(start);
        const marked = document.createElement("mark");
        word.replaceWith(marked);
        marked.append(word);
      }
    }
  };

  return { terms, find, places, stems, fold, mark, isCommon };
};

const publishedSets = {
  /* The numbers whose distances from one to the next are written. */
  decode(gaps) {
    let at = -1;
    return gaps.map((gap) => (at += gap));
  },
  intersection(sets) {
    const [first, ...others] = [...sets].sort((a, b) => a.size - b.size);
    return new Set([...first].filter((item) => others.every((other) => other.has(item))));
  },
};

/* What both pages of the copy that search need: to make elements, and to load the files with the data. */
const publishedPage = {
  make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  },
  load: (source) => new Promise((resolve, reject) => {
    const script = publishedPage.make("script", { src: source });
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(source)));
    document.head.append(script);
  }),
  said: (text, values = {}) => text.replace(/%\((\w+)\)s/g, (_hole, name) => values[name]),
  escaped: (text) => publishedPage.make("p", {}, text).innerHTML,
};
