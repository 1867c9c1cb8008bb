/** The least that a page can cost: the bytes of the last one, copied. */
import { SCRAPED, scrapedAttributes } from "./workload.mjs";

const lines = Array.from({ length: SCRAPED }, (_, i) => {
  const { venue, side, symbol } = scrapedAttributes(i);
  return `bench_metric_total{venue="${venue}",side="${side}",symbol="${symbol}"} 12345\n`;
});

export const works = {
  "scrape counters 10%"() {
    const page = Buffer.from(lines.join(""));
    const copy = Buffer.allocUnsafeSlow(page.length);
    const stride = Math.floor(page.length / SCRAPED) * 10;
    const touch = () => {
      for (let at = 0; at < page.length; at += stride) page[at]++;
    };
    return { touch, run: async () => copy.set(page) };
  },
};
