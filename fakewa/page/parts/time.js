// Times are as the trace and the interface write them, like 2026-01-05T09:00:09.310653675Z, in UTC.

// clockOf returns the time of day, to the second.
export const clockOf = (at) => at.slice(11, 19);

// exactClockOf returns it to the millisecond.
export const exactClockOf = (at) => clockOf(at) + "." + fractionOf(at).slice(0, 3);

// dayOf returns the day.
export const dayOf = (at) => at.slice(0, 10);

const fractionOf = (at) => (/\.(\d+)/.exec(at)?.[1] ?? "").padEnd(9, "0");

// sortable returns a text that sorts as times do, which have as many digits as they need.
export const sortable = (at) => at.slice(0, 19) + fractionOf(at);

// instantOf returns milliseconds since 1970, with a fraction: Date.parse may drop it.
export function instantOf(at) {
  return Date.parse(at.slice(0, 19) + "Z") + Number(fractionOf(at)) / 1e6;
}

// lengthOf writes a length of time, in milliseconds, as people would: 1 h 4 min, 14.7 s.
export function lengthOf(ms) {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 0.0995) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
