/** The link as a QR code: one path of squares, dark on white in every theme, because many readers cannot read the inverse. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { takeOver } from '../platform/handover.ts';
import { words } from '../strings/words.ts';

const marginModules = 4;

interface Drawing {
  readonly sizeModules: number;
  readonly squares: string;
}

/** Null when the encoder does not arrive. */
async function draw(text: string): Promise<Drawing | null> {
  try {
    const code = (await takeOver('qr'))(text);
    const squares: string[] = [];
    for (let y = 0; y < code.size; y++) {
      for (let x = 0; x < code.size; x++) if (code.get(x, y)) squares.push(`M${x} ${y}h1v1h-1z`);
    }
    return { sizeModules: code.size, squares: squares.join('') };
  } catch {
    return null;
  }
}

export function QrCode({ text }: { text: string }) {
  const drawing = useSignal<Drawing | null | 'coming'>('coming');
  useEffect(() => {
    void draw(text).then((made) => {
      drawing.value = made;
    });
  }, [text]);
  if (drawing.value === 'coming') return null;
  if (drawing.value === null) return <p role="status">{words.value.share.qrFailed}</p>;
  const { sizeModules, squares } = drawing.value;
  const side = sizeModules + 2 * marginModules;
  return (
    <svg
      class="qr"
      viewBox={`${-marginModules} ${-marginModules} ${side} ${side}`}
      role="img"
      aria-label={words.value.share.qrAlt}
    >
      <rect x={-marginModules} y={-marginModules} width={side} height={side} fill="#fff" />
      <path d={squares} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
