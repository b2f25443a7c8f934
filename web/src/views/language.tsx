/** The language of the page, changed for as long as the page is open. */
import { type Language, language, languages, speak } from '../state/language.ts';
import { words } from '../strings/words.ts';

export function LanguageChoice() {
  return (
    <label class="language">
      <span>{words.value.language}</span>
      <select
        autocomplete="off"
        value={language.value}
        onChange={(event) => void speak(event.currentTarget.value as Language)} // The options are the languages.
      >
        {Object.entries(languages).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
