/** A late part of the page: the German words. */
import { handOver } from '../platform/handover.ts';
import { de } from '../strings/de.ts';

handOver({ de });
