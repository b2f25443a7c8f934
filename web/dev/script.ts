/** What fake people say and do, one after the other and then again: whatever is hard to draw. */

/** `who` counts the people of a room; what nobody is there for is left out. */
export type Act =
  | { readonly who: number; readonly does: 'say' | 'rename'; readonly text: string }
  | { readonly who: number; readonly does: 'leave' | 'return' | 'lock' | 'unlock' };

const say = (who: number, text: string): Act => ({ who, does: 'say', text });

export const acts: readonly Act[] = [
  say(0, 'Hello everybody. Can you read me?'),
  say(1, 'Yes'),
  say(1, 'loud and clear 👋'),
  say(2, 'Guten Abend! Ich bin etwas spät dran, die Donaudampfschifffahrtsgesellschaft hatte Verspätung.'),
  say(
    0,
    'The draft is at https://example.org/documents/2026/11/a-rather-long-address-that-has-to-break?version=3#page-12.',
  ),
  say(3, 'مرحبا بالجميع، هل وصلت الوثائق؟ انظر https://example.org/وثائق الآن'),
  say(4, 'שלום, אני כאן. הקובץ `report-final(2).pdf` נפתח אצלי.'),
  say(1, '👍'),
  { who: 2, does: 'rename', text: 'Late Wombat with quite a long name' },
  say(2, 'おはようございます。会議は三時からです。'),
  say(
    0,
    'This is how to reproduce it:\n```sh\ncurl --silent https://example.org/api/v1/policy |\n  jq .maxPayloadBytes\n```\nand then look at the log.',
  ),
  say(3, 'W'.repeat(120)),
  say(1, 'Three\nshort\nlines'),
  { who: 0, does: 'lock' },
  say(4, 'Why is the room locked?'),
  say(0, 'So that nobody else comes in. I can unlock it at any time, and everybody sees when I do.'),
  { who: 1, does: 'leave' },
  say(2, 'ทุกคนอ่านข้อความนี้ได้หรือไม่ ข้อความภาษาไทยไม่มีช่องว่างระหว่างคำ'),
  { who: 0, does: 'unlock' },
  { who: 1, does: 'return' },
  say(1, 'Sorry, lost the connection.'),
  say(3, '🎉🎉🎉'),
  say(
    0,
    `A long one. ${'It goes on and on about something that could have been said in one sentence, but was not. '.repeat(9)}`,
  ),
  say(4, Array.from({ length: 60 }, (_, n) => `${n + 1}. a line of a long list`).join('\n')),
  say(2, 'نمی‌دانم، شاید فردا'),
  say(1, '`const a = 1;` and **no bold**, <b>no markup</b>, and a homograph: https://gооgle.example/'),
];
