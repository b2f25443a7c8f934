/** Every scenario, in an order that ends with what is left of it all. */
import type { Scenario } from '../scenario.ts';
import { boundScenarios } from './bounds.ts';
import { createScenarios } from './create.ts';
import { crowdedScenarios } from './crowded.ts';
import { formScenarios } from './forms.ts';
import { frameScenarios } from './frames.ts';
import { httpScenarios } from './http.ts';
import { joinScenarios } from './join.ts';
import { lengthScenarios } from './lengths.ts';
import { limitScenarios } from './limits.ts';
import { operatingScenarios } from './operating.ts';
import { orderScenarios } from './order.ts';
import { priceScenarios } from './price.ts';
import { processScenarios } from './process.ts';
import { requestScenarios } from './requests.ts';
import { rfc6455Scenarios } from './rfc6455.ts';
import { roomScenarios } from './room.ts';
import { servedScenarios } from './served.ts';
import { socketScenarios } from './socket.ts';
import { ticketScenarios } from './tickets.ts';
import { timeScenarios } from './time.ts';

export const scenarios: readonly Scenario[] = [
  ...httpScenarios,
  ...requestScenarios,
  ...lengthScenarios,
  ...servedScenarios,
  ...formScenarios,
  ...createScenarios,
  ...priceScenarios,
  ...socketScenarios,
  ...rfc6455Scenarios,
  ...joinScenarios,
  ...ticketScenarios,
  ...roomScenarios,
  ...frameScenarios,
  ...orderScenarios,
  ...limitScenarios,
  ...boundScenarios,
  ...crowdedScenarios,
  ...timeScenarios,
  ...operatingScenarios,
  ...processScenarios,
];
