/* Near spellings, as the site itself finds them (commitments/rules/search/spelling.py): stems that differ by a letter or two. */
"use strict";

const publishedNear = (data) => {
  /* A letter added, left out, changed, or swapped with the next counts as one; more than `most` are not counted on. */
  const distance = (one, other, most) => {
    const [a, b] = [[...one], [...other]];
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let [before, last] = [[], [...b, 0].map((_letter, n) => n)];
    for (let i = 1; i <= a.length; i += 1) {
      const next = [i];
      for (let j = 1; j <= b.length; j += 1) {
        next[j] = Math.min(last[j] + 1, next[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      [before, last] = [last, next];
    }
    return last[b.length];
  };

  /* Words as printed that differ from that of `term` by a letter or two, the nearest and then the most frequent first. */
  return (term) => {
    const found = new Map();
    for (const stem of term.stems) {
      if ([...stem].length < data.near.shortest) continue;
      const most = [...stem].length >= data.near.long ? 2 : 1;
      for (const other of Object.keys(data.stems)) {
        const far = distance(stem, other, most);
        if (far <= most) found.set(other, Math.min(far, found.get(other) ?? far));
      }
    }
    const n = (stem) => Object.values(data.stems[stem][0]).flat().reduce((sum, gaps) => sum + gaps.length, 0);
    const best = [...found].sort(([one, a], [other, b]) => a - b || n(other) - n(one) || (one < other ? -1 : 1));
    return [...new Set(best.map(([stem]) => data.stems[stem][1]).filter(Boolean))].slice(0, data.near.most);
  };
};
