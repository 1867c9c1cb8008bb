/** What all candidates are given: the same series and the same values, drawn once from a fixed seed. */

let state = 42;

/** From 0 to 1, the same at every run. */
export function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const venues = Array.from({ length: 32 }, (_, i) => `venue-${i}`);
const sides = ["buy", "sell"];
const kinds = Array.from({ length: 16 }, (_, i) => `kind-${i}`);

/** The three attributes of series `i` of 1,024, in a new object as a caller would write it. */
export function attributesOf(i) {
  return { venue: venues[i & 31], side: sides[(i >> 5) & 1], kind: kinds[(i >> 6) & 15] };
}

const routes = ["/", "/orders", "/orders/:id", "/venues", "/venues/:venue", "/health", "/login", "/account"];
const statuses = [200, 201, 204, 404];

/** What the stock HTTP instrumentation records a request with; 32 series. */
export function httpAttributesOf(i) {
  return {
    "http.request.method": "GET",
    "url.scheme": "http",
    "http.response.status_code": statuses[i & 3],
    "network.protocol.name": "http",
    "network.protocol.version": "1.1",
    "http.route": routes[(i >> 2) & 7],
    "server.address": "localhost",
    "server.port": 8080,
  };
}

/** As it creates its histogram. */
export const httpDuration = {
  unit: "s",
  advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
};

export const attributeKeys = ["venue", "side", "kind"];

/** Which series each record goes to, at random so that no branch is predicted for free. */
export const order = Int32Array.from({ length: 8_192 }, () => random() * 1_024);

/** Log-normal, as latencies are: a median of 20 ms and a long tail. */
export const latencies = Float64Array.from({ length: 8_192 }, () => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return 0.02 * Math.exp(normal);
});

/** 15 upper limits, in seconds. */
export const boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10];

/** Series `i` of the 10,000 that are scraped. */
export function scrapedAttributes(i) {
  return { venue: venues[i & 31], side: sides[(i >> 5) & 1], symbol: `SYMBOL-${i}` };
}

export const scrapedKeys = ["venue", "side", "symbol"];
export const SCRAPED = 10_000;
