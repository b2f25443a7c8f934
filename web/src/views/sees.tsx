/** What the server can see: said wherever somebody decides to trust it. */
import { words } from '../strings/words.ts';

export function WhatTheServerSees() {
  const { sees } = words;
  return (
    <details class="sees">
      <summary>{sees.summary}</summary>
      <h3>{sees.does}</h3>
      <ul>
        {sees.doesList.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
      <h3>{sees.doesNot}</h3>
      <ul>
        {sees.doesNotList.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
      <p>{sees.limit}</p>
    </details>
  );
}
