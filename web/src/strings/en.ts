/** Every word that people read, in English (the ways not to get in are in en-refused.ts). Another language is of the same type: a missing key does not compile. */
import { cannotRun, refused } from './en-refused.ts';

const plurals = new Intl.PluralRules('en');
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const seconds = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const number = new Intl.NumberFormat('en');

function count(n: number, one: string, many: string): string {
  return `${number.format(n)} ${plurals.select(n) === 'one' ? one : many}`;
}

/** A length of time in the largest units that say it exactly. */
function duration(totalSeconds: number): string {
  const parts = [
    [Math.floor(totalSeconds / 86_400), 'day', 'days'],
    [Math.floor((totalSeconds % 86_400) / 3_600), 'hour', 'hours'],
    [Math.floor((totalSeconds % 3_600) / 60), 'minute', 'minutes'],
    [totalSeconds % 60, 'second', 'seconds'],
  ] as const;
  return parts.flatMap(([n, one, many]) => (n === 0 ? [] : [count(n, one, many)])).join(' ');
}

const openNew = 'Open a new room';

export const en = {
  product: 'Pug Network',
  time: (atMs: number) => clock.format(atMs),
  exactTime: (atMs: number) => exact.format(atMs),
  duration,
  titles: {
    start: 'Pug Network',
    preparing: 'Opening a room – Pug Network',
    invitation: 'Invitation – Pug Network',
    room: 'Room – Pug Network',
    ended: 'Room ended – Pug Network',
    refused: 'Not joined – Pug Network',
    cannot_run: 'Cannot run here – Pug Network',
  },
  unread: (n: number, title: string) => `(${n}) ${title}`,
  close: 'Close',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  openNew,

  start: {
    heading: 'A private room behind a link',
    promise:
      'Open a room, send the link, talk. What you write is encrypted in your browser, and when the room ends nothing is left.',
    limit: 'It cannot protect you from a person you gave the link to: they can copy what you write.',
    create: 'Open a room',
    closesAfter: 'Closes after',
    people: 'People at most',
    open: 'Open the room',
    unreachable: 'This server does not answer, so no room can be opened now.',
    pasteHeading: 'Have a link?',
    pasteLabel: 'Paste it here',
    pasteHint: 'Pasting keeps the key out of the address bar and the browser history.',
    pasteGo: 'Look at the invitation',
  },

  sees: {
    summary: 'What can this server see?',
    does: 'It sees',
    doesList: [
      'that some device is connected, and its network address while it is',
      'a random room number, how many are in the room, and until when',
      'when each message is sent, and its size in coarse steps',
    ],
    doesNot: 'It does not see',
    doesNotList: ['what anybody writes', 'names', 'the link or any key'],
    limit:
      'Whoever runs a server also delivers this page. A dishonest one could deliver a page that tells it everything.',
  },

  preparing: {
    heading: 'Opening a room',
    why: 'Your device is solving a small puzzle, so that nobody can open rooms by the thousand.',
    progress: 'Puzzle solved',
    phase: {
      challenge: 'Asking the server for a puzzle …',
      work: (hits: number, all: number) => `${hits} of ${all} parts solved`,
      register: 'Registering the room …',
    },
    estimate: (leftMs: number) => `about ${duration(Math.max(1, Math.ceil(leftMs / 1000)))} left`,
    longer: 'taking longer than expected',
    raised: {
      none: null,
      load: 'The puzzle is harder than usual because many rooms are being opened right now.',
      network: 'The puzzle is harder than usual because many rooms are being opened from your network.',
    },
    askHeading: 'This will take a while',
    ask: (expectedMs: number) =>
      `On this device the puzzle is expected to take about ${duration(Math.ceil(expectedMs / 1000))}, at full speed.`,
    askStart: 'Solve it',
  },

  share: {
    heading: 'Invite people',
    link: 'Link of this room',
    copy: 'Copy the link',
    copied: 'Link copied',
    copyFailed: 'The browser did not allow copying. Select the link and copy it yourself.',
    system: 'Share …',
    qrShow: 'Show as QR code',
    qrHide: 'Hide the QR code',
    qrAlt: 'QR code of the link',
    warning:
      'Whoever has this link can join and read along. Send it through a channel you trust: the part after # is the key, and this server never gets it.',
    mail: 'Some mail systems rewrite links and send the key to a scanner. A messenger or the QR code is better.',
  },

  invitation: {
    heading: 'You are invited to a private room',
    what: 'Messages are encrypted in the browser. When the room ends, nothing of it is left, here or on the server.',
    server: 'This server',
    nothingYet: 'Nothing has been sent about this room yet. You join when you press the button.',
    name: 'Your name in this room',
    nameHint: 'Made from a key for this room only. Change it if you like: it is not checked and not kept.',
    another: 'Another name',
    join: 'Join the room',
    decline: 'Do not join',
  },

  joining: {
    heading: 'Joining the room',
    text: 'Proving to the server that you have the link, without showing it.',
    unreachable: 'The server does not answer',
    waiting: 'Not in the room yet',
    keepsTrying: 'You have not joined. Check your connection: this page keeps trying.',
    retryIn: (seconds: number) => `Next try in ${count(seconds, 'second', 'seconds')}.`,
    retryNow: 'Trying now …',
  },

  room: {
    heading: 'Room',
    log: 'Messages',
    left: ({ hours, minutes, seconds }: { hours: number; minutes: number; seconds: number }) => {
      if (hours > 0) return minutes === 0 ? `${hours} h left` : `${hours} h ${minutes} min left`;
      return minutes > 0 ? `${minutes} min left` : `${seconds} s left`;
    },
    closesAt: (atMs: number) => `This room closes for everybody at ${clock.format(atMs)}`,
    warning: (leftMs: number) => `This room closes for everybody in ${duration(leftMs / 1000)}.`,
    people: (n: number) => count(n, 'person', 'people'),
    peopleOf: (n: number, all: number) => `${n} of ${all}`,
    invite: 'Invite',
    menu: 'Menu',
    leave: 'Leave',
    lockedMark: 'Locked',
    emptyHeading: 'Nobody else is here yet',
    empty: 'Send somebody the link. People see what is written after they join, and nothing from before.',
    quietHeading: 'You are in',
    quiet: 'You see what is written from now on. Nothing from before is kept anywhere.',
    earlier: 'Show earlier messages',
    newest: 'Back to the newest messages',
    below: (n: number) => count(n, 'new message', 'new messages'),
    someone: (member: number) => `Person ${member}`,
    you: 'You',
    sent: 'Sent',
    nobody: 'Nobody else was here to read it',
    sending: 'Sending …',
    waiting: 'Waits for the connection',
    waitingForOthers: 'Waits until you are let in',
    verify: 'Verify',
    compared: 'Verified',
    notSent: 'Not sent',
  },

  lines: {
    joined: (name: string) => `${name} joined`,
    back: (name: string) => `${name} is back`,
    unreadable: (name: string) =>
      `A message of ${name} cannot be read here: it was written before you were let in, or it was damaged on the way`,
    forked: (name: string) =>
      `Not everyone sees the same conversation: the server showed ${name} something else than you. Compare the safety code, or leave`,
    dropped: 'The server left out a message. This page has connected anew',
    uncompared: 'Somebody came or went since you compared the safety code: compare it again',
    left: (name: string, why: 'left' | 'lost' | 'replaced' | 'slow' | 'removed' | 'flood' | 'unknown') =>
      ({
        left: `${name} left`,
        lost: `${name} lost the connection`,
        replaced: `${name} is back on another connection`,
        slow: `${name} was disconnected: their connection was too slow`,
        removed: `${name} was removed by the owner`,
        flood: `${name} was disconnected for sending too much`,
        unknown: `${name} left while you were away`,
      })[why],
    renamed: (before: string, name: string) => `${before} is now called ${name}`,
    locked: 'The owner locked the room: nobody new can join',
    unlocked: 'The owner unlocked the room: whoever has the link can join',
    gap: (fromMs: number, toMs: number) => {
      const form = clock.format(fromMs) === clock.format(toMs) ? seconds : clock;
      return `You may have missed messages between ${form.format(fromMs)} and ${form.format(toMs)}`;
    },
  },

  composer: {
    label: 'Message',
    placeholder: 'Write a message',
    send: 'Send',
    size: (bytes: number, maxBytes: number) => `${number.format(bytes)} of ${number.format(maxBytes)} bytes`,
    tooLong: (overBytes: number) => `Too long by ${count(overBytes, 'byte', 'bytes')}. Send it in parts.`,
    enterHint: 'Enter sends, Shift and Enter starts a new line',
  },

  announce: {
    message: (name: string, text: string) => `${name}: ${text}`,
    several: (n: number) => count(n, 'new event in the room', 'new events in the room'),
  },

  people: {
    heading: 'People',
    you: 'you',
    owner: 'owner',
    arriving: 'being let in',
    keyTag: 'Belongs to this person’s key: tells two people of one name apart',
    remove: (name: string) => `Remove ${name}`,
    rename: 'Change your name',
    free: (n: number) => (n === 0 ? 'The room is full.' : `Room for ${count(n, 'more person', 'more people')}.`),
  },

  verify: {
    heading: 'Is anybody in between?',
    wait: 'Nobody has let you in yet: there is nothing to compare.',
    alone: 'You are alone here: there is nobody to compare with yet.',
    how: 'Compare these 8 words with everybody in the room, aloud or side by side, not in this chat. If all are the same, nobody reads along unseen.',
    words: 'Safety code',
    symbols: 'Show as symbols',
    changed: 'Somebody came or went: the code has changed. Compare this one.',
    match: 'They match',
    differ: 'They differ',
    compared: 'You have compared this code. It stays so until somebody comes or goes.',
    differing:
      'Then somebody may stand between you. Write nothing more here. Leave, open a new room, and send its link through another channel.',
    leave: 'Leave the room',
  },

  rename: {
    heading: 'Change your name',
    label: 'Your name in this room',
    save: 'Change it',
    empty: 'A name needs at least one visible character.',
  },

  menu: {
    heading: 'Menu',
    keep: 'Keep the link in the address bar',
    keepHint:
      'Then you can reload and join again. The key also stays in the address bar, the session and the history of this browser.',
    keepOwner: 'After a reload you are no longer the owner: that right lives in this page only.',
    lock: 'Lock the room',
    lockHint: 'Nobody new can join, whatever link they have.',
    purge: 'Purge the room …',
    purgeHint: 'Ends it now, for everybody.',
    diagnostics: 'Copy diagnostics',
    diagnosticsHint: 'Version, browser and connection times for a bug report. No link, key, name or text.',
    copied: 'Diagnostics copied',
    copyFailed: 'The browser did not allow copying.',
  },

  remove: {
    heading: (name: string) => `Remove ${name}?`,
    text: 'They are disconnected now and everybody sees that you removed them. They still have the link: lock the room to keep them out.',
    confirm: 'Remove',
  },

  purge: {
    heading: 'Purge this room?',
    text: 'Everybody is disconnected now, you too. The server forgets the room, the link stops working, and this page drops all messages. It cannot be undone.',
    limit: 'What others have copied stays with them.',
    confirm: 'Purge for everybody',
    cancel: 'Keep the room',
  },

  otherLink: {
    heading: 'You opened another link',
    text: 'It belongs to another room. To look at it, you leave this one.',
    confirm: 'Leave and look at it',
    cancel: 'Stay here',
  },

  banner: {
    offline: 'You are offline.',
    reason: {
      unreachable: 'The server does not answer.',
      lost: 'The connection is lost.',
      restarting: 'The server is restarting.',
      overloaded: 'The server has no room for another connection right now.',
      flooding: 'Too much was sent at once.',
      too_slow: 'This connection was too slow to keep up.',
      join_timeout: 'Joining took too long.',
    },
    kept: 'What you write waits here.',
    retryIn: (seconds: number) => `Trying again in ${seconds} s.`,
    retrying: 'Trying now …',
    tryNow: 'Try now',
    back: 'Connected again.',
    arriving: 'The others are letting you in …',
    closing: (seconds: number) => `The server stops in ${seconds} s and may come back.`,
  },

  ended: {
    purged: {
      heading: 'The room was purged',
      text: 'Its owner ended it for everybody. The server has forgotten it and the link no longer works.',
    },
    expired: {
      heading: 'The room’s time is up',
      text: 'It closed for everybody, as planned. The server has forgotten it and the link no longer works.',
    },
    removed: {
      heading: 'You were removed',
      text: 'The owner of the room disconnected you. The room may go on without you.',
    },
    left: { heading: 'You left the room', text: 'To come back you need the link again.' },
    gone: {
      heading: 'The room is gone',
      text: 'It ended while you were not connected: its time was up, it was purged, everybody left, or the server restarted. Nothing of it is kept.',
    },
    dropped: 'This page has dropped the keys and all messages of the room.',
    history: 'If you opened the room by tapping a link, the history of this browser still holds that link.',
    unsentHeading: 'Not sent',
    unsent: 'These texts of yours did not reach the room. They are gone when you close this page.',
    copyOne: 'Copy this text',
    copied: 'Copied',
  },

  refused,
  cannotRun,
} as const;
