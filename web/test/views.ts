// Rooms as a session shows them.
import type { RoomView } from '@pug/client';

const members = ['Ada', null].map((name, at) => ({
  number: at + 1,
  name,
  tag: null,
  self: at === 0,
  owner: at === 0,
  admitted: true,
}));

export const noWishes: RoomView['wishes'] = { purge: false, lock: null, remove: [] };

export function viewOf(changes: Partial<RoomView> = {}): RoomView {
  return {
    self: 1,
    members,
    owner: true,
    locked: false,
    expiresAtMs: 600_000,
    capacity: 2,
    closingAtMs: null,
    admitted: true,
    compared: null,
    wishes: noWishes,
    ...changes,
  };
}
