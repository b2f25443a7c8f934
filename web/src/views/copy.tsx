/** A button that copies, and says on itself whether it did. */
import { useSignal } from '@preact/signals';
import { copy } from '../platform/device.ts';
import { platform } from '../platform/relay.ts';
import { say } from '../state/announcer.ts';
import { Icon } from './icon.tsx';

const feedbackMs = 3_000;

interface CopyButtonProps {
  /** Asked for at the click, so that no copy of a secret lies in the page. */
  text: () => string;
  label: string;
  copied: string;
  failed: string;
  main?: boolean;
}

export function CopyButton({ text, label, copied, failed, main = false }: CopyButtonProps) {
  const result = useSignal<string | null>(null);
  const run = async () => {
    const words = (await copy(text())) ? copied : failed;
    result.value = words;
    say(words);
    platform.after(feedbackMs, () => {
      result.value = null;
    });
  };
  return (
    <button type="button" class={main ? 'main-action' : ''} onClick={() => void run()}>
      <Icon name={result.value === copied ? 'check' : 'copy'} />
      {result.value ?? label}
    </button>
  );
}
