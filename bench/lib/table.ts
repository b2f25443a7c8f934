/** Numbers as people read them, and Markdown tables. */

/** The value below which `quantile` (0 … 1) of the sorted values lie: the nearest one. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * quantile) - 1)] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Three digits that count, and commas in thousands. */
export function show(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

/** `median (least … most)`; one value stands alone. */
export function showRange(values: readonly number[]): string {
  if (values.length < 2) return show(values[0] ?? Number.NaN);
  return `${show(medianOf(values))} (${show(Math.min(...values))} … ${show(Math.max(...values))})`;
}

/** Quotients of what was measured in the same round. */
export function ratios(values: readonly number[], base: readonly number[]): readonly number[] {
  return values.map((value, round) => value / (base[round] ?? Number.NaN));
}

/** Prints a Markdown table below its title. */
export function printTable(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  printHead(title, columns);
  for (const row of rows) printRow(row);
  console.log();
}

/** The beginning of a table whose rows come one by one. */
export function printHead(title: string, columns: readonly string[]): void {
  console.log(`### ${title}\n`);
  printRow(columns);
  console.log(`|${columns.map(() => '---|').join('')}`);
}

export function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}
