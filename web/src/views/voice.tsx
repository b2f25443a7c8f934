/** The one polite announcer. An open dialog has it inside: what lies behind is not there for a screen reader. */
import { spoken } from '../state/announcer.ts';

/** Keyed, so that the same words said twice are two announcements. */
export function Voice() {
  const { key, texts } = spoken.value;
  return (
    <div class="unseen" role="status">
      {texts.map((text, at) => (
        <p key={`${key} ${at}`}>{text}</p>
      ))}
    </div>
  );
}
