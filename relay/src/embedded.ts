/**
 * What the compiled executable carries: path within the built folder → path under which the runtime reads it. The build puts another module
 * in place of this one, which says that the folders lie beside the sources.
 */
export interface Embedded {
  readonly web: Readonly<Record<string, string>>;
  readonly docs: Readonly<Record<string, string>>;
}

export const embedded: Embedded | null = null;
