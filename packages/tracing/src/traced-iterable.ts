import { openSpan, type WithSpanOptions } from "./with-span.ts";

/**
 * The same items, in a span that begins when the first one is asked for and ends with the last one, with an error, or when
 * the consumer stops early. Producing an item runs with the span active; what the consumer does in between does not.
 * Each pass over the result is a span of its own. The span has the number of items as `iterable.items`.
 */
export function tracedIterable<T>(
  name: string,
  iterable: AsyncIterable<T> | Iterable<T>,
  options: WithSpanOptions = {},
): AsyncIterable<T> {
  return {
    async *[Symbol.asyncIterator]() {
      const opened = openSpan(name, options);
      const iterator = opened.run(() => iteratorOf(iterable));
      let items = 0;
      let isOver = false;
      try {
        for (;;) {
          const { done, value } = await opened.run(async () => iterator.next());
          isOver = done === true;
          if (isOver) return;
          items++;
          yield value;
        }
      } catch (error) {
        // An iterator that throws has nothing to give back.
        isOver = true;
        opened.span.setAttribute("iterable.items", items);
        opened.fail(error);
        throw error;
      } finally {
        if (!isOver) await opened.run(async () => iterator.return?.());
        if (opened.span.isRecording()) opened.span.setAttribute("iterable.items", items);
        opened.end();
      }
    },
  };
}

function iteratorOf<T>(iterable: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
}
