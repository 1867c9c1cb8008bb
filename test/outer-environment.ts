/**
 * Nothing of the environment in which the tests are run decides on them: their code reads it, and so do the programs that
 * they start. Only what is made for our tests stays.
 */
const OURS = new Set(["TELLTALE_BUILT", "TELLTALE_REQUIRE_SERVERS", "TELLTALE_TRACING_ENGINE"]);

/** Of OpenTelemetry and ours, proxies, and what colours the output of programs and makes Node warn of the two together. */
const DECIDING = /^(OTEL_|TELLTALE_|(GRPC|HTTPS?|ALL|NO)_PROXY$|(FORCE|NO)_COLOR$)/i;

for (const name of Object.keys(process.env)) if (DECIDING.test(name) && !OURS.has(name)) delete process.env[name];
