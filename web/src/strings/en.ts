/** Every word that people read, in English. Another language is another file of this type: a missing key does not compile. */

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
    nameHint: 'Chosen at random. Change it if you like: it is not checked and not kept.',
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
    notSent: 'Not sent',
  },

  lines: {
    joined: (name: string) => `${name} joined`,
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
    remove: (name: string) => `Remove ${name}`,
    rename: 'Change your name',
    free: (n: number) => (n === 0 ? 'The room is full.' : `Room for ${count(n, 'more person', 'more people')}.`),
  },

  rename: {
    heading: 'Change your name',
    label: 'Your name in this room',
    save: 'Change it',
    empty: 'A name needs at least one visible character.',
  },

  menu: {
    heading: 'Menu',
    closes: 'Closes',
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

  refused: {
    no_key: {
      heading: 'The link has no key',
      text: 'The part after # is missing, and that part is the key. Some apps cut it off. Copy the whole link, or ask for it again, and paste it here. A room that was reloaded also ends up here: its key is kept out of the address bar.',
    },
    alphabet: {
      heading: 'The link is damaged',
      text: 'It holds characters that no link has: an app or a mail filter has rewritten it. Ask for it again, through another channel, and paste it here.',
    },
    version: {
      heading: 'The link is damaged',
      text: 'Its beginning is not that of a link. Perhaps something else was copied. Copy the whole link and paste it here.',
    },
    length: {
      heading: 'The link is not complete',
      text: 'A part was cut off or added. Copy the whole link, up to its last character, and paste it here.',
    },
    check: {
      heading: 'The link is damaged',
      text: 'At least one character is wrong. If it was typed by hand, look again. Otherwise ask for it again and paste it here.',
    },
    newer: {
      heading: 'The link is from a newer version',
      text: 'This server’s page is too old for it. Reload the page. If that does not help, ask who sent the link which server it is for.',
    },
    not_found: {
      heading: 'There is no such room',
      text: 'It has ended, or it never existed on this server. Nothing of a room is kept, so nobody can tell which.',
    },
    full: {
      heading: 'The room is full',
      text: 'As many people as its owner allowed are inside. You can try again when somebody has left.',
    },
    locked: {
      heading: 'The room is locked',
      text: 'Its owner lets nobody new in at the moment. Ask them to unlock it, then try again.',
    },
    proof_rejected: {
      heading: 'The server did not accept the link',
      text: 'The proof that you have the link failed. Ask for the link again and paste it here.',
    },
    bad_message: {
      heading: 'The server did not understand this page',
      text: 'That is a fault of ours, or the page and the server are of different versions. Reload the page and join again.',
    },
    too_large: {
      heading: 'A message was too large for this server',
      text: 'The server closed the connection because of it. Join again and send it in parts.',
    },
    outdated: {
      heading: 'This page and the server do not fit together',
      text: 'They are of different versions. Reload the page and open the link again.',
    },
    create_unreachable: {
      heading: 'The server does not answer',
      text: 'No room was opened. Check your connection and try again.',
    },
    create_busy: {
      heading: 'The server is too busy',
      text: 'It cannot take another room right now. Try again in a minute.',
    },
    create_draining: {
      heading: 'The server is about to restart',
      text: 'No room was opened. Try again in a minute.',
    },
    create_too_much_work: {
      heading: 'The puzzle is too hard',
      text: 'The server asks for more work than this page is willing to let your device do. Try again later, or use another server.',
    },
    create_failed: {
      heading: 'The room could not be opened',
      text: 'The server refused the request. Try again; if it happens again, report it with the code below.',
    },
    code: (code: string) => `Code: ${code}`,
    nothingJoined: 'You have not joined anything.',
  },

  cannotRun: {
    heading: 'This browser cannot run it',
    text: 'Rooms are encrypted here, in the browser, and this one lacks something that takes:',
    features: {
      secure_context: 'a secure address (https)',
      ed25519: 'Ed25519 signatures',
      pbkdf2: 'PBKDF2',
      hkdf: 'HKDF',
      aes_gcm: 'AES-GCM encryption',
      websocket: 'WebSocket connections',
      dialog: 'dialog windows',
    },
    todo: 'Update the browser, or use a current version of Chrome, Edge, Firefox or Safari.',
    secure: 'Open the page by its https address.',
    link: 'Your link, to open it there',
    nothing: 'Nothing was sent about any room.',
  },
} as const;
