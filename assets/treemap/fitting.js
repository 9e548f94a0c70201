// As much of each name as its rectangle holds: whole, then smaller, then without its last terms, and
// none where not even one fits.

// Every round lays all names out at once and reads them at once, so that 200 of them take a few
// layouts of the page and not 1,000.
export function fit(tiles) {
  let open = tiles.map((tile) => ({ label: tile.firstChild, terms: termsOf(tile.about.name) }));
  for (let round = 0; open.length; round += 1) {
    const left = Math.max(0, round - 1);
    for (const one of open) {
      one.label.textContent = said(one, left);
      one.label.classList.toggle("small", round > 0);
    }
    open = open.filter((one) => left < one.terms.length && !fits(one.label));
  }
}

// The name without its last `left` terms.
function said({ terms }, left) {
  const kept = terms.slice(0, terms.length - left).join("");
  return left && kept ? `${kept.replace(/[,\s]+$/, "")}\u2026` : kept;
}

// Names of words are lists with commas; those given by hand fall into words.
function termsOf(name) {
  return name.match(name.includes(", ") ? /.+?(, |$)/gs : /\S+\s*/g) ?? [];
}

function fits({ parentElement: tile, offsetWidth, offsetHeight }) {
  return offsetWidth <= tile.clientWidth && offsetHeight <= tile.clientHeight;
}
