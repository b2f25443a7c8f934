/** A late part of the page: the encoder of QR codes, which most people never ask for. */
import { generate } from 'lean-qr/nano';
import { handOver } from '../platform/handover.ts';

handOver({ qr: generate });
