/** Every word that people read, in English (the ways not to get in are in en-refused.ts). Another language is of the same type: a missing key does not compile. */
import { cannotRun, refused } from './en-refused.ts';
import { formsOf } from './forms.ts';
import { tell, type Who } from './sentence.ts';

const { number, time, exactTime, dayOf, count, duration, between } = formsOf('en', {
  day: ['day', 'days'],
  hour: ['hour', 'hours'],
  minute: ['minute', 'minutes'],
  second: ['second', 'seconds'],
});

const openNew = 'Open a new room';

export const en = {
  product: 'Pug Network',
  time,
  exactTime,
  day: dayOf,
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
      'Open a room, send the link, talk. Your browser encrypts every message, and when the room ends the server keeps nothing.',
    limit: 'It cannot protect you from those you invite: they can read and copy.',
    points: ['No account and no app', 'No message history on the server', 'The server never gets the key'],
    create: 'Open a room',
    closesAfter: 'Closes after',
    people: 'People at most',
    more: 'More settings',
    open: 'Open the room',
    unreachable: 'This server does not answer, so no room can be opened now.',
    pasteHeading: 'Have a link?',
    pasteLabel: 'Paste it here',
    pasteHint: 'Pasting keeps the key out of the address bar and the browser history.',
    pasteGo: 'Look at the invitation',
  },

  sees: {
    heading: 'What can this server see?',
    inRoom: (closesAt: string) => `This room closes for everybody at ${closesAt}. Then the server forgets it.`,
    topics: ['People', 'Rooms', 'Messages'],
    does: 'It sees',
    doesList: [
      'the network address of every device while it is connected, and the kind and language of its browser',
      'which devices are in one room, when each comes, goes or comes back, who holds it, how many may be in it, until when, and whether it is locked',
      'which device sends something when, of which kind (such as a message), and its size in coarse steps',
    ],
    doesNot: 'It does not see',
    doesNotList: ['names', 'the link, or any key that opens something', 'what anybody writes'],
    limit:
      'Whoever runs a server also delivers this page. A dishonest one could deliver a page that tells it everything.',
    check: 'How to check this page',
  },

  about: {
    heading: 'About this page',
    server: 'This server',
    version: 'Version',
    manifest: 'Fingerprint of the files this server says it delivers',
    asking: 'Asking the server …',
    unknown: 'The server does not say.',
    check:
      'The files of this page are built from the source offered here, and everybody who builds it gets the same bytes. Compare the fingerprint of its list of files with that of a build you trust. A server that lies can also lie here, so whoever must be sure compares the files from outside: the documentation says how.',
    docs: 'Documentation',
    licence: 'Free software under the AGPL, version 3 or later, here with the source of page and server.',
    source: (bytes: number) => `Source (${number(Math.round(bytes / 1e5) / 10)}\u00a0MB)`,
    stored:
      'This page stores nothing of a room on your device, and asks no other server. The browser itself keeps the files of the page and remembers the visit.',
  },

  language: 'Language',

  exit: {
    button: 'Quick exit',
    hint: 'Leaves at once, wipes this page and opens Wikipedia. Pressing Escape twice does the same. The history of the browser still knows of the visit.',
  },

  keys: {
    heading: 'Keyboard',
    exit: 'Quick exit: wipe this page and be elsewhere',
    share: 'Invite people',
    leave: 'Leave the room',
    send: 'Send the message',
    line: 'New line',
    list: 'This list',
    names: { escape: 'Esc', enter: 'Enter', shift: 'Shift', control: 'Ctrl' },
  },

  preparing: {
    heading: 'Opening a room',
    why: 'Your device is solving a small puzzle, so that nobody can open rooms by the thousand.',
    progress: 'Solved so far',
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
    waiting: 'Waiting for others …',
    stay: 'Keep this page open: a room ends soon after the last person in it has left or lost the connection.',
    qrFailed: 'The QR code could not be made: a part of this page did not arrive. Hide it and show it again.',
    warning:
      'Whoever has this link can join and read along. Send it through a channel you trust: the part after # is the key, and this server never gets it.',
    mail: 'Some mail systems rewrite links and send the key to a scanner. A messenger or the QR code is better.',
  },

  invitation: {
    heading: 'You are invited to a private room',
    what: 'Messages are encrypted in the browser. When the room ends, this page and the server drop everything that was said.',
    server: 'This server',
    nothingYet: 'Nothing has been sent about this room yet. You join when you press the button.',
    limit: 'Whoever is in the room can read along and copy, and whoever has the link can join.',
    history: 'If you tapped a link to come here, the history of this browser now holds it, with its key.',
    name: 'Your name in this room',
    nameTooLong: 'This name is too long.',
    nameReserved: 'This page uses that word itself. Choose another name.',
    nameHint: 'Made up for this room only. Change it if you like: it is not checked and not kept.',
    another: 'Another name',
    join: 'Join the room',
    decline: 'Do not join',
  },

  joining: {
    heading: 'Joining the room',
    text: 'Proving to the server that you have the link, without showing it.',
    unreachable: 'The server does not answer',
    waiting: 'Not in the room yet',
    keepsTrying: 'You have not joined. This page keeps trying.',
    checkConnection: 'Check your connection.',
    otherWay: 'If that does not help, open the link again, over another network or in another browser.',
    retryIn: (seconds: number) => `Next try in ${count(seconds, 'second', 'seconds')}.`,
    retryNow: 'Trying now …',
  },

  room: {
    heading: 'Room',
    log: 'Messages',
    left: ({ hours, minutes, seconds }: { hours: number; minutes: number; seconds: number }) => {
      if (hours > 0) return minutes === 0 ? `${hours}\u00a0h left` : `${hours}\u00a0h ${minutes}\u00a0min left`;
      return minutes > 0 ? `${minutes}\u00a0min left` : `${seconds}\u00a0s left`;
    },
    closesAt: (atMs: number) => `This room closes for everybody at ${time(atMs)}`,
    warning: (leftMs: number) => `This room closes for everybody in ${duration(leftMs / 1000)}.`,
    peopleOf: (n: number, all: number) => `${n} of ${all}`,
    inRoom: 'people',
    invite: 'Invite',
    menu: 'Menu',
    leave: 'Leave',
    lockedMark: 'Locked',
    emptyHeading: 'Nobody else is here yet',
    empty: 'Send somebody the link. Whoever joins sees what is written from then on, and nothing from before.',
    inviteNow: 'Invite people',
    quietHeading: 'You are in',
    quiet: 'You see what is written from now on. What was written before stays with those who were here.',
    cut: (kept: number) => `Older lines are gone: this page keeps the newest ${number(kept)}`,
    earlier: 'Show earlier messages',
    later: 'Show later messages',
    newest: 'Back to the newest messages',
    whole: 'Show all of it',
    code: 'Code',
    copyCode: 'Copy',
    codeCopied: 'Copied',
    below: (n: number) => count(n, 'new message', 'new messages'),
    someone: (member: number) => `Person ${member}`,
    you: 'You',
    sent: 'Sent',
    nobody: 'Nobody else was here to read it',
    sending: 'Sending …',
    waiting: 'Not sent yet: waits for the connection',
    waitingForOthers: 'Waits until you are let in',
    verify: 'Verify',
    equal: 'Verified',
    different: 'Differs',
    notSent: 'Not sent',
  },

  lines: {
    joined: (who: Who) => tell`${who} joined`,
    back: (who: Who) => tell`${who} is back`,
    unreadable: (who: Who) =>
      tell`Something that ${who} sent cannot be read here: it was written before you were let in, it was damaged on the way, or opening it failed`,
    forked: (who: Who) =>
      tell`The page of ${who} reports another conversation than yours: the server showed you different things, or that page is lying. Ask aloud, or leave`,
    dropped: 'The server left out a message. This page has connected anew',
    different: 'The safety code differs: somebody may stand between you. Write nothing more here',
    equal: 'You compared the safety code again and it matches: the warning before this is settled',
    uncompared: 'Somebody came or went since you compared the safety code: compare it again',
    left: (who: Who, why: 'left' | 'lost' | 'replaced' | 'slow' | 'removed' | 'flood' | 'unknown') =>
      ({
        left: tell`${who} left`,
        lost: tell`${who} lost the connection`,
        replaced: tell`${who} is back on another connection`,
        slow: tell`${who} was disconnected: their connection was too slow`,
        removed: tell`${who} was removed by the owner`,
        flood: tell`${who} was disconnected for sending too much`,
        unknown: tell`${who} left while you were away`,
      })[why],
    renamed: (before: Who, after: Who) => tell`${before} is now called ${after}`,
    locked: 'The owner locked the room: nobody new can join',
    unlocked: 'The owner unlocked the room: whoever has the link can join',
    gap: (fromMs: number, toMs: number) => {
      const [from, to] = between(fromMs, toMs);
      return `You may have missed messages between ${from} and ${to}`;
    },
  },

  composer: {
    label: 'Message',
    placeholder: 'Write a message',
    send: 'Send',
    size: (bytes: number, maxBytes: number) => `${number(bytes)} of ${number(maxBytes)} bytes`,
    tooLong: (overBytes: number) => `Too long by ${count(overBytes, 'byte', 'bytes')}. Send it in parts.`,
    enterHint: 'Enter sends, Shift and Enter starts a new line',
  },

  announce: {
    message: (name: string, text: string) => `${name}: ${text}`,
    long: (start: string) => `${start} … (long message)`,
    several: (n: number) => count(n, 'new event in the room', 'new events in the room'),
    letIn: 'The others have let you in.',
  },

  people: {
    heading: 'People',
    you: 'you',
    owner: 'owner',
    arriving: 'being let in',
    keyTag: 'Belongs to this person’s key: tells two people of one name apart',
    remove: (called: string) => `Remove ${called}`,
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
    equal: 'You have compared this code. It stays so until somebody comes or goes.',
    different: 'You have compared this code, and it differs. It stays so until somebody comes or goes.',
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
    waits: 'Waits for the connection',
    sound: 'Sound for new messages',
    soundHint: 'A short tone when this page is not in front. It says nothing about who wrote.',
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
    heading: (who: Who) => tell`Remove ${who}?`,
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
    unsent: 'What is written here and not sent yet is lost then.',
    confirm: 'Leave and look at it',
    cancel: 'Stay here',
  },

  banner: {
    offline: 'This device says it is offline.',
    purgeWaits: 'The purge waits for the connection: the room still exists.',
    removalWaits: (who: Who) => tell`Removing ${who} waits for the connection: they still read along.`,
    reason: {
      unreachable: 'The server does not answer.',
      lost: 'The connection is lost.',
      restarting: 'The server is restarting.',
      overloaded: 'The server has no room for another connection right now.',
      flooding: 'Too much was sent at once.',
      too_slow: 'This connection was too slow to keep up.',
      join_timeout: 'Joining took too long.',
      incomplete: 'A part of this page could not be loaded.',
      fault: 'Something failed in this page or this browser.',
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
      text: 'It ended while you were not connected: everyone had left or lost the connection for a while, its time was up, its owner purged it, or the server restarted. Nothing of it is kept, so nobody can tell which.',
    },
    dropped: 'This page has dropped the keys and all messages of the room.',
    linkKept: 'This page has dropped all messages of the room. It keeps the link for another try.',
    history: 'If you opened the room by tapping a link, the history of this browser still holds that link.',
    unpurged: 'As far as this page knows the room was not purged: if it has not ended otherwise, it goes on.',
    unsentHeading: 'Not sent',
    unsent:
      'As far as this page knows, these texts of yours did not reach the room. They are gone when you leave this page.',
    copyOne: 'Copy this text',
    copied: 'Copied',
  },

  refused,
  cannotRun,
} as const;
