/**
 * What `telltale/register` does: bootstrap() from files and the environment alone. A wrong configuration is printed and the
 * application runs on without telemetry: it must not die of its observer. With TELLTALE_STRICT=1 it does.
 */
import { bootstrap } from "./bootstrap.ts";
import { isStrict } from "./config.ts";

try {
  bootstrap();
} catch (error) {
  if (isStrict()) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${reason}\ntelltale: running on without telemetry; TELLTALE_STRICT=1 makes this an error.\n`);
}
