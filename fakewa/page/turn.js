// inTurn returns a function that has run called, and not twice at a time: what is asked while it
// is under way is answered by one more call. It must not fail.
export function inTurn(run) {
  let runs = false;
  let again = false;
  return async () => {
    again = true;
    if (runs) return;
    runs = true;
    while (again) {
      again = false;
      await run();
    }
    runs = false;
  };
}
