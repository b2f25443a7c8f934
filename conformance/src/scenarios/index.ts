/** Every scenario, in an order that ends with what is left of it all. */
import type { Scenario } from '../scenario.ts';
import { createScenarios } from './create.ts';
import { frameScenarios } from './frames.ts';
import { httpScenarios } from './http.ts';
import { joinScenarios } from './join.ts';
import { limitScenarios } from './limits.ts';
import { processScenarios } from './process.ts';
import { roomScenarios } from './room.ts';
import { socketScenarios } from './socket.ts';
import { timeScenarios } from './time.ts';

export const scenarios: readonly Scenario[] = [
  ...httpScenarios,
  ...createScenarios,
  ...socketScenarios,
  ...joinScenarios,
  ...roomScenarios,
  ...frameScenarios,
  ...limitScenarios,
  ...timeScenarios,
  ...processScenarios,
];
