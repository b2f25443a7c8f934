/** How fast requests are answered: a client may send thousands of them in one piece, and the rooms would wait for all. */

/** Of the dearest answer, a challenge, this takes about a fifth of a millisecond. */
const answersPerTurn = 4;

/**
 * Gives so many answers in each turn of the event loop at once, and further ones in the next. The runtime ends a connection on which another
 * request comes before the last is answered, so what was sent in one piece behind these few is never looked at.
 */
export function paced<Asked extends unknown[], Answer>(answer: (...asked: Asked) => Answer) {
  let left = answersPerTurn;
  const renew = () => {
    left = answersPerTurn;
  };
  return (...asked: Asked): Answer | Promise<Awaited<Answer>> => {
    const given = answer(...asked);
    if (left === answersPerTurn) setImmediate(renew);
    // Looked at from now on: an answer that fails before its turn would be nobody's, which ends the process (OP-10).
    if (left === 0) return Promise.all([given, new Promise((next) => setImmediate(next))]).then(([it]) => it);
    left--;
    return given;
  };
}
