/** The page's second script: the ratchet. It shares no chunk with the first, only this hand-over. */
import { loadRatchet } from '@pug/core/ratchet';
import { handOver } from './platform/handover.ts';

handOver(loadRatchet);
