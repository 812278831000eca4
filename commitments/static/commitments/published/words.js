/* The search of a published list: reads a query and finds commitments as the site itself does (commitments/rules/search/analysis.py
   and word_index.py), from the same index of words. `data` is `window.publishedData.words`, the value of recherche/mots.js. */
"use strict";

const publishedSearch = (data) => {
  const WORD = /(?:[\p{L}\p{N}][\u0300-\u036f]*)+/gu;
  const PLACES = [0, 1, 2]; // title, statement, beside: the most telling first
  const common = new Set(data.common);
  const stemmers = { fr: new FrenchStemmer(), en: new EnglishStemmer() };
  const decoded = new Map();

  const fold = (word) => {
    const plain = [...word].map((letter) => data.ligatures[letter] ?? letter).join("").toLowerCase();
    return (plain.normalize("NFKD").match(/[\p{L}\p{N}]/gu) ?? []).join("");
  };
  const words = (text) => [...text.matchAll(WORD)]
    .map((match) => ({ start: match.index, end: match.index + match[0].length, folded: fold(match[0]) }))
    .filter((word) => word.folded);
  const stem = (folded, language) => stemmers[language].stemWord(folded).slice(0, data.longest_token);
  const stems = (folded, language) => (language in stemmers ? [language] : ["fr", "en"]).map((code) => stem(folded, code));
  const tells = (folded) => !common.has(folded) && ([...folded].length > 1 || /^\p{Nd}$/u.test(folded));

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
    if (!decoded.has(name)) decoded.set(name, data.stems[name].map(publishedSets.decode));
    return decoded.get(name);
  };

  /* What has every term: first in the title, then in the title or the statement, then anywhere; words found nowhere. */
  const find = (looked) => {
    const held = new Set(looked.flatMap((term) => [...term.stems]).filter(isKnown));
    const begun = new Map();
    for (const term of looked) {
      if (term.word.length > 2 && ![...term.stems].some(isKnown)) begun.set(term, words(term.word)[0].folded);
    }
    for (const beginning of begun.values()) {
      const found = Object.keys(data.stems).filter((name) => name.startsWith(beginning)).sort();
      for (const name of found.slice(0, data.most_begun)) held.add(name);
    }
    const united = (term, last) => {
      const names = begun.has(term)
        ? [...held].filter((name) => name.startsWith(begun.get(term)))
        : [...term.stems].filter((name) => held.has(name));
      const found = new Set();
      for (const name of names) {
        for (const place of PLACES.slice(0, last + 1)) for (const row of rowsOf(name)[place]) found.add(row);
      }
      return found;
    };
    const tiers = [];
    let sets = [];
    for (const last of PLACES) {
      sets = looked.map((term) => united(term, last));
      const found = sets.length ? publishedSets.intersection(sets) : new Set();
      tiers.push(new Set([...found].filter((row) => !tiers.some((tier) => tier.has(row)))));
    }
    return { tiers, terms: looked, unknown: looked.filter((_term, n) => !sets[n].size).map((term) => term.word) };
  };

  /* Where, in a text in a language, the words that are looked for stand. */
  const places = (text, language, looked) => words(text)
    .filter((word) => stems(word.folded, language).some((name) => looked.some((term) => term.stems.has(name))));

  return { terms, find, places, stems, fold };
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
