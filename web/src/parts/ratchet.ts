/** A late part of the page: the ratchet. It shares no chunk with the page's script, only this hand-over. */
import { loadRatchet } from '@pug/core/ratchet';
import { handOver } from '../platform/handover.ts';

handOver({ ratchet: loadRatchet });
