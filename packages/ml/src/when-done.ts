/** Calls `done` when what `work` returns is there, or `failed` when it throws or is rejected. The result is what `work` returns. */
export function whenDone<T>(
  work: () => T,
  { done, failed }: { readonly done: () => void; readonly failed: (error: unknown) => void },
): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    failed(error);
    throw error;
  }
  // The caller has the promise and sees its rejection; this branch of it only tells.
  if (result instanceof Promise) result.then(done, failed);
  else done();
  return result;
}
