/**
 * JSON in its one form (HT-1). A shape lists the fields in their order; a value is encoded from its shape. A text is decoded by reading it
 * against the shape, where every field has one JSON value, and by spelling that JSON again: what is not the one spelling is not accepted.
 */
import { fromBase64url, toBase64url } from './bytes.ts';

/** How one field is spelt: `write` gives its JSON value, `read` gives the field or undefined when the value is not of its form. */
export interface Field<T> {
  readonly write: (value: T) => unknown;
  readonly read: (json: unknown) => T | undefined;
  readonly optional?: boolean;
}

/** The fields of an object in the order they are written. */
export type Shape<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> };

/** An integer from `min` to `max`, at most 2^53−1. */
export function integer(min = 0, max: number = Number.MAX_SAFE_INTEGER): Field<number> {
  return {
    write: (value) => value,
    read: (json) =>
      typeof json === 'number' && Number.isSafeInteger(json) && json >= min && json <= max ? json : undefined,
  };
}

export const boolean: Field<boolean> = {
  write: (value) => value,
  read: (json) => (typeof json === 'boolean' ? json : undefined),
};

/** Exactly one of `values`. */
export function oneOf<T extends string | number>(...values: readonly T[]): Field<T> {
  return { write: (value) => value, read: (json) => values.find((value) => value === json) };
}

/** Bytes as base64url, exactly `length` of them where it is given. */
export function bytes(length?: number): Field<Uint8Array> {
  return {
    write: toBase64url,
    read: (json) => (typeof json === 'string' ? (fromBase64url(json, length) ?? undefined) : undefined),
  };
}

/** `length` bytes kept in their base64url spelling: a key of a map. */
export function id(length: number): Field<string> {
  return {
    write: (value) => value,
    read: (json) => (typeof json === 'string' && fromBase64url(json, length) !== null ? json : undefined),
  };
}

/** Text for people: printable ASCII without `"` and `\`, at most 200 characters. */
export const title: Field<string> = {
  write: (value) => value,
  read: (json) => (typeof json === 'string' && /^[ !#-[\]-~]{1,200}$/.test(json) ? json : undefined),
};

/** Strictly ascending integers, `min` at least. */
export function ascending(min: number, max: number): Field<readonly number[]> {
  const item = integer(min, max);
  return {
    write: (value) => value,
    read: (json) => {
      if (!Array.isArray(json)) return undefined;
      const good = json.every((value, at) => item.read(value) !== undefined && (at === 0 || value > json[at - 1]));
      return good ? json : undefined;
    },
  };
}

/** An object inside an object. */
export function object<T extends object>(shape: Shape<T>): Field<T> {
  return { write: (value) => toJson(value, shape), read: (json) => fromJson(json, shape) ?? undefined };
}

/** A field that may be absent. */
export function optional<T>(field: Field<T>): Field<T> {
  return { ...field, optional: true };
}

/** The one spelling of `value`. */
export function encode<T extends object>(value: T, shape: Shape<T>): string {
  return JSON.stringify(toJson(value, shape));
}

/** The value that `text` spells, or null when it is not in the one form. */
export function decode<T extends object>(text: string, shape: Shape<T>): T | null {
  return decodeParsed(text, parse(text), shape);
}

/** The same, for who has parsed the text already. */
export function decodeParsed<T extends object>(text: string, json: unknown, shape: Shape<T>): T | null {
  const value = fromJson(json, shape);
  return value !== null && JSON.stringify(json) === text ? value : null;
}

/** The JSON value of `text`, or undefined when it is not JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toJson<T extends object>(value: T, shape: Shape<T>): object {
  const json: Record<string, unknown> = {};
  for (const [name, field] of fieldsOf(shape)) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) json[name] = field.write(member);
  }
  return json;
}

function fromJson<T extends object>(json: unknown, shape: Shape<T>): T | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const names = Object.keys(json);
  const value: Record<string, unknown> = {};
  let taken = 0;
  for (const [name, field] of fieldsOf(shape)) {
    const present = names[taken] === name;
    if (!present && field.optional) continue;
    const read = present ? field.read((json as Record<string, unknown>)[name]) : undefined;
    if (read === undefined) return null;
    value[name] = read;
    taken++;
  }
  // Every field of the shape was read by its own codec just above, and there is no other.
  return taken === names.length ? (value as T) : null;
}

const fieldsOfShape = new WeakMap<object, [string, Field<unknown>][]>();

/** The shape's fields, listed once; their types are forgotten: each is only ever applied to the member of its own name. */
function fieldsOf<T extends object>(shape: Shape<T>): [string, Field<unknown>][] {
  const listed = fieldsOfShape.get(shape) ?? (Object.entries(shape) as [string, Field<unknown>][]);
  fieldsOfShape.set(shape, listed);
  return listed;
}
