/** How numbers, times and counts are said in German. */
import { formsOf } from './forms.ts';

export const { number, time, exactTime, dayOf, count, duration, between } = formsOf('de', {
  day: ['Tag', 'Tage'],
  hour: ['Stunde', 'Stunden'],
  minute: ['Minute', 'Minuten'],
  second: ['Sekunde', 'Sekunden'],
});
