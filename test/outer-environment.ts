/**
 * Nothing of the environment in which the tests are run decides on them: their code reads it, and so do the programs that
 * they start. Of it go OpenTelemetry's variables, proxies, and what colours output and makes Node warn of the two together.
 */
const DECIDING = /^(OTEL_|(GRPC|HTTPS?|ALL|NO)_PROXY$|(FORCE|NO)_COLOR$)/i;

for (const name of Object.keys(process.env)) if (DECIDING.test(name)) delete process.env[name];
