/** Every word that people read, in German (the ways not to get in are in de-refused.ts). */
import { between, count, dayOf, duration, exactTime, number, time } from './de-forms.ts';
import { cannotRun, refused } from './de-refused.ts';
import { tell } from './sentence.ts';
import type { Words } from './words.ts';

export const de: Words = {
  product: 'Pug Network',
  time,
  exactTime,
  day: dayOf,
  duration,
  titles: {
    start: 'Pug Network',
    preparing: 'Raum wird geöffnet – Pug Network',
    invitation: 'Einladung – Pug Network',
    room: 'Raum – Pug Network',
    ended: 'Raum beendet – Pug Network',
    refused: 'Nicht beigetreten – Pug Network',
    cannot_run: 'Läuft hier nicht – Pug Network',
  },
  unread: (n, title) => `(${n}) ${title}`,
  close: 'Schließen',
  cancel: 'Abbrechen',
  tryAgain: 'Noch einmal versuchen',
  openNew: 'Neuen Raum öffnen',

  start: {
    heading: 'Ein privater Raum hinter einem Link',
    promise:
      'Raum öffnen, Link schicken, reden. Ihr Browser verschlüsselt jede Nachricht, und wenn der Raum endet, behält der Server nichts.',
    limit: 'Vor denen, die Sie einladen, schützt er nicht: sie können mitlesen und kopieren.',
    points: [
      'Kein Konto und keine App',
      'Kein Nachrichtenverlauf auf dem Server',
      'Der Server bekommt nie den Schlüssel',
    ],
    create: 'Einen Raum öffnen',
    closesAfter: 'Schließt nach',
    people: 'Personen höchstens',
    more: 'Weitere Einstellungen',
    open: 'Raum öffnen',
    unreachable: 'Dieser Server antwortet nicht, darum lässt sich jetzt kein Raum öffnen.',
    pasteHeading: 'Sie haben einen Link?',
    pasteLabel: 'Hier einfügen',
    pasteHint: 'So bleibt der Schlüssel aus der Adresszeile und dem Verlauf des Browsers.',
    pasteGo: 'Einladung ansehen',
  },

  sees: {
    heading: 'Was sieht dieser Server?',
    inRoom: (closesAt) => `Dieser Raum schließt für alle um ${closesAt}. Dann vergisst ihn der Server.`,
    topics: ['Personen', 'Räume', 'Nachrichten'],
    does: 'Er sieht',
    doesList: [
      'die IP-Adresse jedes Geräts, solange es verbunden ist, und Art und Sprache seines Browsers',
      'welche Geräte in einem Raum sind, wann jedes kommt, geht oder zurückkommt, wem er gehört, wie viele hineindürfen, bis wann, und ob er gesperrt ist',
      'welches Gerät wann etwas sendet, von welcher Art (etwa eine Nachricht), und die Größe in groben Stufen',
    ],
    doesNot: 'Er sieht nicht',
    doesNotList: ['Namen', 'den Link oder einen Schlüssel, der etwas öffnet', 'was geschrieben wird'],
    limit:
      'Wer einen Server betreibt, liefert auch diese Seite aus. Ein unehrlicher könnte eine Seite ausliefern, die ihm alles verrät.',
    check: 'Wie sich diese Seite prüfen lässt',
  },

  about: {
    heading: 'Über diese Seite',
    server: 'Dieser Server',
    version: 'Version',
    manifest: 'Fingerabdruck der Dateien, die dieser Server nach eigener Angabe ausliefert',
    asking: 'Der Server wird gefragt …',
    unknown: 'Der Server sagt es nicht.',
    check:
      'Die Dateien dieser Seite werden aus dem Quelltext gebaut, den es hier gibt, und wer ihn baut, erhält dieselben Bytes. Vergleichen Sie den Fingerabdruck ihrer Dateiliste mit dem eines Baus, dem Sie trauen. Ein Server, der lügt, kann auch hier lügen. Wer sicher sein muss, vergleicht die Dateien von außen: die Dokumentation sagt, wie.',
    docs: 'Dokumentation',
    licence: 'Freie Software unter der AGPL ab Version 3, hier mit dem Quelltext von Seite und Server.',
    source: (bytes) => `Quelltext (${number(Math.round(bytes / 1e5) / 10)}\u00a0MB)`,
    stored:
      'Diese Seite speichert nichts von einem Raum auf Ihrem Gerät und fragt keinen anderen Server. Der Browser selbst behält die Dateien der Seite und merkt sich den Besuch.',
  },

  language: 'Sprache',

  exit: {
    button: 'Notausgang',
    hint: 'Verlässt sofort den Raum, leert diese Seite und öffnet Wikipedia. Zweimal Escape bewirkt dasselbe. Der Verlauf des Browsers kennt den Besuch trotzdem.',
  },

  keys: {
    heading: 'Tastatur',
    exit: 'Notausgang: diese Seite leeren und woanders sein',
    share: 'Menschen einladen',
    leave: 'Den Raum verlassen',
    send: 'Die Nachricht senden',
    line: 'Neue Zeile',
    list: 'Diese Liste',
    names: { escape: 'Esc', enter: 'Enter', shift: 'Umschalt', control: 'Strg' },
  },

  preparing: {
    heading: 'Der Raum wird geöffnet',
    why: 'Ihr Gerät löst ein kleines Rätsel, damit niemand Räume zu Tausenden öffnen kann.',
    progress: 'Bisher gelöst',
    phase: {
      challenge: 'Der Server wird um ein Rätsel gebeten …',
      work: (hits, all) => `${hits} von ${all} Teilen gelöst`,
      register: 'Der Raum wird eingetragen …',
    },
    estimate: (leftMs) => `noch etwa ${duration(Math.max(1, Math.ceil(leftMs / 1000)))}`,
    longer: 'dauert länger als erwartet',
    raised: {
      none: null,
      load: 'Das Rätsel ist schwerer als sonst, weil gerade viele Räume geöffnet werden.',
      network: 'Das Rätsel ist schwerer als sonst, weil aus Ihrem Netz viele Räume geöffnet werden.',
    },
    askHeading: 'Das wird eine Weile dauern',
    ask: (expectedMs) =>
      `Auf diesem Gerät wird das Rätsel voraussichtlich etwa ${duration(Math.ceil(expectedMs / 1000))} dauern, bei voller Last.`,
    askStart: 'Lösen',
  },

  share: {
    heading: 'Menschen einladen',
    link: 'Link dieses Raums',
    copy: 'Link kopieren',
    copied: 'Link kopiert',
    copyFailed: 'Der Browser hat das Kopieren nicht erlaubt. Markieren Sie den Link und kopieren Sie ihn selbst.',
    system: 'Teilen …',
    qrShow: 'Als QR-Code zeigen',
    qrHide: 'QR-Code ausblenden',
    qrAlt: 'QR-Code des Links',
    waiting: 'Noch ist niemand gekommen …',
    stay: 'Lassen Sie diese Seite offen: ein Raum endet bald, nachdem der Letzte darin gegangen ist oder die Verbindung verloren hat.',
    qrFailed:
      'Der QR-Code ließ sich nicht zeichnen: ein Teil dieser Seite ist nicht angekommen. Blenden Sie ihn aus und wieder ein.',
    warning:
      'Wer diesen Link hat, kann beitreten und mitlesen. Schicken Sie ihn auf einem Weg, dem Sie trauen: der Teil nach # ist der Schlüssel, und dieser Server erhält ihn nie.',
    mail: 'Manche Mailsysteme schreiben Links um und schicken den Schlüssel an einen Scanner. Ein Messenger oder der QR-Code ist besser.',
  },

  invitation: {
    heading: 'Sie sind in einen privaten Raum eingeladen',
    what: 'Nachrichten werden im Browser verschlüsselt. Wenn der Raum endet, verwerfen diese Seite und der Server alles, was gesagt wurde.',
    server: 'Dieser Server',
    nothingYet: 'Über diesen Raum wurde noch nichts gesendet. Sie treten erst bei, wenn Sie den Knopf drücken.',
    limit: 'Wer im Raum ist, kann mitlesen und kopieren, und wer den Link hat, kann beitreten.',
    history: 'Wenn Sie einen Link angetippt haben, steht er jetzt mitsamt Schlüssel im Verlauf dieses Browsers.',
    name: 'Ihr Name in diesem Raum',
    nameTooLong: 'Dieser Name ist zu lang.',
    nameReserved: 'Dieses Wort verwendet die Seite selbst. Wählen Sie einen anderen Namen.',
    nameHint: 'Nur für diesen Raum erfunden. Ändern Sie ihn, wenn Sie mögen: er wird nicht geprüft und nicht behalten.',
    another: 'Ein anderer Name',
    join: 'Dem Raum beitreten',
    decline: 'Nicht beitreten',
  },

  joining: {
    heading: 'Sie treten dem Raum bei',
    text: 'Dem Server wird bewiesen, dass Sie den Link haben, ohne ihn zu zeigen.',
    unreachable: 'Der Server antwortet nicht',
    waiting: 'Noch nicht im Raum',
    keepsTrying: 'Sie sind nicht beigetreten. Diese Seite versucht es weiter.',
    checkConnection: 'Prüfen Sie Ihre Verbindung.',
    otherWay: 'Hilft das nicht, öffnen Sie den Link noch einmal, in einem anderen Netz oder Browser.',
    retryIn: (seconds) => `Nächster Versuch in ${count(seconds, 'Sekunde', 'Sekunden')}.`,
    retryNow: 'Neuer Versuch …',
  },

  room: {
    heading: 'Raum',
    log: 'Nachrichten',
    left: ({ hours, minutes, seconds }) => {
      if (hours > 0) return minutes === 0 ? `noch ${hours}\u00a0h` : `noch ${hours}\u00a0h ${minutes}\u00a0min`;
      return minutes > 0 ? `noch ${minutes}\u00a0min` : `noch ${seconds}\u00a0s`;
    },
    closesAt: (atMs) => `Dieser Raum schließt für alle um ${time(atMs)}`,
    warning: (leftMs) => `Dieser Raum schließt für alle in ${duration(leftMs / 1000)}.`,
    peopleOf: (n, all) => `${n} von ${all}`,
    inRoom: 'Personen',
    invite: 'Einladen',
    menu: 'Menü',
    leave: 'Verlassen',
    lockedMark: 'Gesperrt',
    emptyHeading: 'Außer Ihnen ist noch niemand hier',
    empty:
      'Schicken Sie jemandem den Link. Wer beitritt, sieht, was von da an geschrieben wird, und nichts von vorher.',
    inviteNow: 'Menschen einladen',
    quietHeading: 'Sie sind drin',
    quiet:
      'Sie sehen, was von jetzt an geschrieben wird. Was vorher geschrieben wurde, bleibt bei denen, die da waren.',
    cut: (kept) => `Ältere Zeilen gibt es nicht mehr: diese Seite behält die neuesten ${number(kept)}`,
    earlier: 'Frühere Nachrichten zeigen',
    later: 'Spätere Nachrichten zeigen',
    newest: 'Zurück zu den neuesten Nachrichten',
    whole: 'Alles davon zeigen',
    code: 'Quelltext',
    copyCode: 'Kopieren',
    codeCopied: 'Kopiert',
    below: (n) => count(n, 'neue Nachricht', 'neue Nachrichten'),
    someone: (member) => `Person ${member}`,
    you: 'Sie',
    sent: 'Gesendet',
    nobody: 'Niemand sonst war hier, um es zu lesen',
    sending: 'Wird gesendet …',
    waiting: 'Noch nicht gesendet: wartet auf die Verbindung',
    waitingForOthers: 'Wartet, bis Sie eingelassen sind',
    verify: 'Prüfen',
    equal: 'Geprüft',
    different: 'Weicht ab',
    notSent: 'Nicht gesendet',
  },

  lines: {
    joined: (who) => tell`${who} ist beigetreten`,
    back: (who) => tell`${who} ist zurück`,
    unreadable: (who) =>
      tell`Etwas, das ${who} gesendet hat, ist hier nicht lesbar: es wurde geschrieben, bevor Sie eingelassen waren, unterwegs beschädigt, oder ließ sich nicht öffnen`,
    forked: (who) =>
      tell`Die Seite von ${who} meldet ein anderes Gespräch als Ihre: der Server hat Ihnen Verschiedenes gezeigt, oder jene Seite lügt. Fragen Sie laut nach, oder gehen Sie`,
    dropped: 'Der Server hat eine Nachricht ausgelassen. Diese Seite hat sich neu verbunden',
    different:
      'Der Sicherheitscode stimmt nicht überein: vielleicht steht jemand zwischen Ihnen. Schreiben Sie hier nichts mehr',
    equal:
      'Sie haben den Sicherheitscode noch einmal verglichen, und er stimmt überein: die Warnung davor ist erledigt',
    uncompared:
      'Seit Sie den Sicherheitscode verglichen haben, ist jemand gekommen oder gegangen: vergleichen Sie ihn noch einmal',
    left: (who, why) =>
      ({
        left: tell`${who} ist gegangen`,
        lost: tell`${who} hat die Verbindung verloren`,
        replaced: tell`${who} ist über eine andere Verbindung zurück`,
        slow: tell`${who} wurde getrennt: die Verbindung war zu langsam`,
        removed: tell`${who} wurde vom Inhaber des Raums entfernt`,
        flood: tell`${who} wurde getrennt, weil zu viel gesendet wurde`,
        unknown: tell`${who} ist gegangen, während Sie weg waren`,
      })[why],
    renamed: (before, after) => tell`${before} heißt jetzt ${after}`,
    locked: 'Der Inhaber hat den Raum gesperrt: niemand Neues kann beitreten',
    unlocked: 'Der Inhaber hat den Raum entsperrt: wer den Link hat, kann beitreten',
    gap: (fromMs, toMs) => {
      const [from, to] = between(fromMs, toMs);
      return `Vielleicht fehlen Ihnen Nachrichten zwischen ${from} und ${to}`;
    },
  },

  composer: {
    label: 'Nachricht',
    placeholder: 'Nachricht schreiben',
    send: 'Senden',
    size: (bytes, maxBytes) => `${number(bytes)} von ${number(maxBytes)} Bytes`,
    tooLong: (overBytes) => `Um ${count(overBytes, 'Byte', 'Bytes')} zu lang. Senden Sie es in Teilen.`,
    enterHint: 'Enter sendet, Umschalt und Enter beginnt eine neue Zeile',
  },

  announce: {
    message: (name, text) => `${name}: ${text}`,
    long: (start) => `${start} … (lange Nachricht)`,
    several: (n) => count(n, 'neues Ereignis im Raum', 'neue Ereignisse im Raum'),
    letIn: 'Die anderen haben Sie eingelassen.',
  },

  people: {
    heading: 'Personen',
    you: 'Sie',
    owner: 'Inhaber',
    arriving: 'wird eingelassen',
    keyTag: 'Gehört zum Schlüssel dieser Person: unterscheidet zwei mit demselben Namen',
    remove: (called) => `${called} entfernen`,
    rename: 'Ihren Namen ändern',
    free: (n) => (n === 0 ? 'Der Raum ist voll.' : `Platz für noch ${count(n, 'Person', 'Personen')}.`),
  },

  verify: {
    heading: 'Ist jemand dazwischen?',
    wait: 'Es hat Sie noch niemand eingelassen: es gibt nichts zu vergleichen.',
    alone: 'Sie sind hier allein: es gibt noch niemanden zum Vergleichen.',
    how: 'Vergleichen Sie diese 8 Wörter mit allen im Raum, laut oder nebeneinander, nicht in diesem Chat. Sind alle gleich, liest niemand ungesehen mit.',
    words: 'Sicherheitscode',
    symbols: 'Als Symbole zeigen',
    changed: 'Jemand ist gekommen oder gegangen: der Code hat sich geändert. Vergleichen Sie diesen.',
    match: 'Stimmt überein',
    differ: 'Stimmt nicht überein',
    equal: 'Sie haben diesen Code verglichen. Das gilt, bis jemand kommt oder geht.',
    different: 'Sie haben diesen Code verglichen, und er stimmt nicht überein. Das gilt, bis jemand kommt oder geht.',
    differing:
      'Dann steht vielleicht jemand zwischen Ihnen. Schreiben Sie hier nichts mehr. Gehen Sie, öffnen Sie einen neuen Raum und schicken Sie dessen Link auf einem anderen Weg.',
    leave: 'Den Raum verlassen',
  },

  rename: {
    heading: 'Ihren Namen ändern',
    label: 'Ihr Name in diesem Raum',
    save: 'Ändern',
    empty: 'Ein Name braucht mindestens ein sichtbares Zeichen.',
  },

  menu: {
    heading: 'Menü',
    waits: 'Wartet auf die Verbindung',
    sound: 'Ton bei neuen Nachrichten',
    soundHint: 'Ein kurzer Ton, wenn diese Seite nicht vorn ist. Er sagt nichts darüber, wer geschrieben hat.',
    keep: 'Den Link in der Adresszeile behalten',
    keepHint:
      'Dann können Sie neu laden und wieder beitreten. Der Schlüssel bleibt aber auch in der Adresszeile, der Sitzung und dem Verlauf dieses Browsers.',
    keepOwner: 'Nach dem Neuladen sind Sie nicht mehr Inhaber: dieses Recht lebt nur in dieser Seite.',
    lock: 'Den Raum sperren',
    lockHint: 'Niemand Neues kann beitreten, auch nicht mit dem Link.',
    purge: 'Den Raum löschen …',
    purgeHint: 'Beendet ihn jetzt, für alle.',
    diagnostics: 'Diagnose kopieren',
    diagnosticsHint:
      'Version, Browser und Verbindungszeiten für eine Fehlermeldung. Kein Link, kein Schlüssel, kein Name, kein Text.',
    copied: 'Diagnose kopiert',
    copyFailed: 'Der Browser hat das Kopieren nicht erlaubt.',
  },

  remove: {
    heading: (who) => tell`${who} entfernen?`,
    text: 'Diese Person wird jetzt getrennt, und alle sehen, dass Sie sie entfernt haben. Den Link hat sie weiter: sperren Sie den Raum, damit sie draußen bleibt.',
    confirm: 'Entfernen',
  },

  purge: {
    heading: 'Diesen Raum löschen?',
    text: 'Alle werden jetzt getrennt, auch Sie. Der Server vergisst den Raum, der Link gilt nicht mehr, und diese Seite verwirft alle Nachrichten. Das lässt sich nicht rückgängig machen.',
    limit: 'Was andere kopiert haben, behalten sie.',
    confirm: 'Für alle löschen',
    cancel: 'Den Raum behalten',
  },

  otherLink: {
    heading: 'Sie haben einen anderen Link geöffnet',
    text: 'Er gehört zu einem anderen Raum. Um ihn anzusehen, verlassen Sie diesen.',
    unsent: 'Was hier geschrieben und noch nicht gesendet ist, geht dabei verloren.',
    confirm: 'Gehen und ansehen',
    cancel: 'Hier bleiben',
  },

  banner: {
    offline: 'Dieses Gerät meldet, dass es offline ist.',
    purgeWaits: 'Das Löschen wartet auf die Verbindung: den Raum gibt es noch.',
    removalWaits: (who) => tell`${who} zu entfernen wartet auf die Verbindung: dieser Mensch liest noch mit.`,
    reason: {
      unreachable: 'Der Server antwortet nicht.',
      lost: 'Die Verbindung ist verloren.',
      restarting: 'Der Server startet neu.',
      overloaded: 'Der Server hat gerade keinen Platz für eine weitere Verbindung.',
      flooding: 'Es wurde zu viel auf einmal gesendet.',
      too_slow: 'Diese Verbindung war zu langsam, um mitzukommen.',
      join_timeout: 'Das Beitreten hat zu lange gedauert.',
      incomplete: 'Ein Teil dieser Seite konnte nicht geladen werden.',
      fault: 'Auf dieser Seite oder in diesem Browser ist etwas misslungen.',
    },
    kept: 'Was Sie schreiben, wartet hier.',
    retryIn: (seconds) => `Neuer Versuch in ${seconds} s.`,
    retrying: 'Neuer Versuch …',
    tryNow: 'Jetzt versuchen',
    back: 'Wieder verbunden.',
    arriving: 'Die anderen lassen Sie ein …',
    closing: (seconds) => `Der Server hält in ${seconds} s an und kommt vielleicht wieder.`,
  },

  ended: {
    purged: {
      heading: 'Der Raum wurde gelöscht',
      text: 'Sein Inhaber hat ihn für alle beendet. Der Server hat ihn vergessen, und der Link gilt nicht mehr.',
    },
    expired: {
      heading: 'Die Zeit des Raums ist um',
      text: 'Er hat sich für alle geschlossen, wie vorgesehen. Der Server hat ihn vergessen, und der Link gilt nicht mehr.',
    },
    removed: {
      heading: 'Sie wurden entfernt',
      text: 'Der Inhaber des Raums hat Sie getrennt. Der Raum kann ohne Sie weitergehen.',
    },
    left: { heading: 'Sie haben den Raum verlassen', text: 'Um zurückzukommen, brauchen Sie den Link noch einmal.' },
    gone: {
      heading: 'Den Raum gibt es nicht mehr',
      text: 'Er ist zu Ende gegangen, während Sie nicht verbunden waren: alle waren gegangen oder eine Weile ohne Verbindung, seine Zeit war um, er wurde gelöscht, oder der Server hat neu gestartet. Nichts von ihm wird behalten, darum kann niemand sagen, was davon stimmt.',
    },
    dropped: 'Diese Seite hat die Schlüssel und alle Nachrichten des Raums verworfen.',
    linkKept: 'Diese Seite hat alle Nachrichten des Raums verworfen. Den Link behält sie für einen neuen Versuch.',
    history: 'Haben Sie den Raum über einen Link geöffnet, so steht dieser Link noch im Verlauf dieses Browsers.',
    unpurged:
      'Soweit diese Seite weiß, wurde der Raum nicht gelöscht: ist er nicht auf andere Weise zu Ende gegangen, so besteht er weiter.',
    unsentHeading: 'Nicht gesendet',
    unsent:
      'Soweit diese Seite weiß, haben diese Texte von Ihnen den Raum nicht erreicht. Sie sind weg, wenn Sie diese Seite verlassen.',
    copyOne: 'Diesen Text kopieren',
    copied: 'Kopiert',
  },

  refused,
  cannotRun,
};
