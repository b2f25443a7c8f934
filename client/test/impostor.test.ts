// Somebody with the link takes another's number, with the help of the relay.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { textId } from './fake.ts';
import { Stage } from './stage.ts';
import { linesOf, patienceMs, textsOf, until } from './waiting.ts';

setDefaultTimeout(patienceMs);

let stage: Stage;
afterEach(() => stage.leave());

test('CR-16 CR-12 who takes the number of somebody gets neither name nor lines of theirs, and is announced', async () => {
  stage = await Stage.open();
  const socket = await stage.enter({ member: 3, members: [1, 2, 3], seq: 9 });
  const genuine = await stage.frame(2, { kind: 'name', name: 'Alice' });
  const text = await stage.frame(2, { kind: 'text', id: textId(1), text: 'genuine' });
  for (const frame of [genuine, text]) socket.onmessage?.(frame);
  await until(() => textsOf(stage.session).length === 1, 'the genuine text');
  const alice = await stage.replace(2);
  socket.onmessage?.(await stage.frame(2, { kind: 'text', id: textId(2), text: 'forged' }));
  await until(() => textsOf(stage.session).length === 2, 'the forged text');
  const other = await stage.derivedName(2);
  expect(linesOf(stage.session, 'text').map(({ name }) => name)).toEqual(['Alice', other]);
  expect(linesOf(stage.session, 'joined').at(-1)).toMatchObject({ member: 2, name: other, back: false });
  expect(stage.session.view.room?.members.find(({ number }) => number === 2)?.name).toBe(other);
  await stage.replace(2, alice);
  socket.onmessage?.(await stage.frame(2, { kind: 'text', id: textId(3), text: 'genuine again' }));
  await until(() => textsOf(stage.session).length === 3, 'the genuine text');
  expect(linesOf(stage.session, 'text').map(({ name }) => name)).toEqual(['Alice', other, 'Alice']);
});

test('CR-16 CR-12 nor does who takes the number that the user had before a lost connection speak as the user', async () => {
  stage = await Stage.open();
  const first = await stage.enter();
  stage.session.send('mine');
  await until(() => first.frames.length === 2, 'name and text');
  const [mine] = await stage.texts(first, 2);
  await stage.lose(first);
  stage.session.wake();
  await stage.platform.pass(0);
  // The relay still lists the former number, under which another is let in, and who has read the text repeats it.
  const socket = await stage.enter({ member: 3, members: [1, 2, 3], seq: 9 }, 2);
  const other = await stage.derivedName(2);
  for (const text of ['forged', 'mine']) {
    const id = text === 'mine' ? (mine?.id ?? textId(0)) : textId(1);
    socket.onmessage?.(await stage.frame(2, { kind: 'text', id, text }));
  }
  await until(() => textsOf(stage.session).length === 2, 'the forged texts');
  expect(linesOf(stage.session, 'text').map(({ own, name }) => [own, name])).toEqual([
    [false, other],
    [false, other],
  ]);
  expect(stage.session.view.room?.members.find(({ number }) => number === 2)?.name).toBe(other);
  expect(linesOf(stage.session, 'joined').at(-1)).toMatchObject({ member: 2, name: other, back: false });
  expect(stage.session.view.pending.map(({ text }) => text)).toEqual(['mine']);
});
