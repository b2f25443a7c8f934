/** English, continued: every way not to get in (CL-13). */

export const refused = {
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
    text: 'It has ended, or it never existed on this server. A room ends when its time is up, when its owner purges it, or soon after the last person in it has left. Nothing of it is kept, so nobody can tell what happened.',
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
  unable: {
    heading: 'This browser could not open the room',
    text: 'Something failed in this page or this browser. Try again, or open the link in another browser.',
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
  create_unable: {
    heading: 'This browser could not open a room',
    text: 'Something failed in this page or this browser. No room was opened. Try again, or use another browser.',
  },
  create_failed: {
    heading: 'The room could not be opened',
    text: 'The server refused the request. Try again; if it happens again, report it with the code below.',
  },
  code: (code: string) => `Code: ${code}`,
  nothingJoined: 'You have not joined anything.',
} as const;

export const cannotRun = {
  heading: 'This browser cannot run it',
  text: 'Rooms are encrypted here, in the browser. For that this browser lacks:',
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
} as const;
