// Preloaded for one untimed run: how many files and built-in modules the process loads until it is asked.
const { registerHooks } = require("node:module");

const loaded = new Set();
registerHooks({
  load(url, context, nextLoad) {
    loaded.add(url);
    return nextLoad(url, context);
  },
});
process.on("SIGUSR2", () => {
  if (process.env.LIST_MODULES) console.log([...loaded].join("\n"));
  console.log(`modules ${loaded.size}`);
});
