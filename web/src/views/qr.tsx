/** The link as a QR code: one path of squares, dark on white in every theme, because many readers cannot read the inverse. */
import { generate } from 'lean-qr/nano';
import { words } from '../strings/words.ts';

const marginModules = 4;

export function QrCode({ text }: { text: string }) {
  const code = generate(text);
  const squares: string[] = [];
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) squares.push(`M${x} ${y}h1v1h-1z`);
  }
  const side = code.size + 2 * marginModules;
  return (
    <svg
      class="qr"
      viewBox={`${-marginModules} ${-marginModules} ${side} ${side}`}
      role="img"
      aria-label={words.value.share.qrAlt}
    >
      <rect x={-marginModules} y={-marginModules} width={side} height={side} fill="#fff" />
      <path d={squares.join('')} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
