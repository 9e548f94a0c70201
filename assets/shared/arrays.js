// Arrays from behind the gate, fetched with a token in a header.

const WAITS = [400, 1200, 3000]; // ms to wait for a fresh token before asking again

export class Refused extends Error {}

// `current()` gives the reference as it stands now (its token may have been renewed meanwhile);
// `renew()` asks Python for a rerun, which brings fresh tokens.
export async function download({ url, token }, current, renew) {
  let proof = token;
  let status = 0;
  for (let attempt = 0; attempt <= WAITS.length; attempt += 1) {
    const answer = await fetch(url, { headers: { "X-Atlas-Token": proof } });
    if (answer.ok) return answer.arrayBuffer();
    status = answer.status;
    if (status !== 401 && status !== 404) break;
    if (attempt === 0) renew();
    if (attempt < WAITS.length) await new Promise((go) => setTimeout(go, WAITS[attempt]));
    const now = current();
    if (!now || now.url !== url) break; // the view has moved on to other arrays
    proof = now.token;
  }
  throw new Refused(`the server answered ${status}`);
}
