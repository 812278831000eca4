/* The facets of a published list, its counts and its orders, as the site itself has them (commitments/public/lists/catalogue.py
   and listing.py). `data` is `window.publishedData.rows`, the value of recherche/lignes-….js. */
"use strict";

const publishedRows = (data) => {
  const names = Object.keys(data.facets);
  const held = {};
  for (const name of names) {
    held[name] = new Map(data.facets[name].values.map(([value, , gaps]) => [value, new Set(publishedSets.decode(gaps))]));
  }
  const cells = []; // but for the first of each row, a cell is written once, and named by its number from then on
  const drawn = data.rows.map(([title, ...others]) => [title, ...others.map((cell) => {
    if (typeof cell === "number") return cells[cell];
    cells.push(cell);
    return cell;
  })]);
  const all = new Set(data.rows.keys());
  const apart = Object.keys(data.apart).map((basis) => [basis, held.basis.get(basis) ?? new Set()]); // no commitments
  const proper = new Set([...all].filter((row) => !apart.some(([, rows]) => rows.has(row))));
  const reference = new RegExp(`^(?:${data.reference})$`, "i");

  /* What is asked: words, facets, an order; a facet's value that nothing has is `wrong`. */
  const asked = (parameters) => {
    const chosen = {};
    for (const name of names) if (parameters.get(name)) chosen[name] = parameters.get(name);
    const sort = parameters.get("sort") ?? "";
    return {
      q: (parameters.get("q") ?? "").trim(),
      chosen,
      sort: Object.hasOwn(data.orders, sort.replace(/^-/, "")) || sort.replace(/^-/, "") === "title" ? sort : "",
      wrong: names.filter((name) => name in chosen && !held[name].has(chosen[name])),
    };
  };

  /* The commitments that the words name by the beginning of their reference; null where they are words. */
  const byReference = (query) => {
    if (!reference.test(query)) return null;
    const wanted = query.toLowerCase();
    const rows = data.references.flatMap((name, row) => (name.toLowerCase().startsWith(wanted) ? [row] : []));
    return rows.length ? { tiers: [new Set(rows)], terms: [] } : null;
  };

  const matching = (chosen, among) => {
    const sets = Object.entries(chosen).map(([name, value]) => held[name].get(value) ?? new Set());
    if (!("basis" in chosen)) sets.push(proper);
    if (among) sets.push(among);
    return publishedSets.intersection(sets);
  };

  const without = (chosen, name) => Object.fromEntries(Object.entries(chosen).filter(([other]) => other !== name));

  /* The values that a facet offers: each with its label and how many it would leave. */
  const options = (name, chosen, among) => {
    const others = without(chosen, name);
    const sets = Object.entries(others).map(([other, value]) => held[other].get(value));
    const base = name === "basis" ? publishedSets.intersection([all, ...sets, ...(among ? [among] : [])]) : matching(others, among);
    let found = data.facets[name].values.map(([value, label]) => ({
      value, label, isChosen: chosen[name] === value, n: publishedSets.intersection([held[name].get(value), base]).size,
    })).filter((option) => option.n || option.isChosen);
    if (found.length > data.most_options) {
      const least = found.map((option) => option.n).sort((a, b) => b - a)[data.most_options - 1];
      found = found.filter((option) => option.n > least || option.isChosen).slice(0, data.most_options);
    }
    return found;
  };

  const reordered = (sort) => {
    const name = sort.replace(/^-/, "");
    if (!name || name === "title") {
      const rows = [...all];
      return sort.startsWith("-") ? rows.reverse() : rows;
    }
    const order = data.orders[name];
    const cut = name === "due" ? order.length - data.undated : order.length; // those without a day come last either way
    const first = order.slice(0, cut);
    return [...(sort.startsWith("-") ? first.reverse() : first), ...order.slice(cut)];
  };

  const inOrder = (rows, sort, found) => {
    if (sort || !found) return reordered(sort).filter((row) => rows.has(row));
    return found.tiers.flatMap((tier) => reordered("").filter((row) => rows.has(row) && tier.has(row)));
  };

  const html = (row) => {
    const [title, ...cells] = drawn[row];
    return `<tr>${title}</th>${cells.map((cell) => `${cell}</td>`).join("")}</tr>`;
  };

  return { names, asked, byReference, matching, without, options, inOrder, apart, html };
};
