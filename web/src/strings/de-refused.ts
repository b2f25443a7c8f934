/** German, continued: every way not to get in (CL-13). */
import type { Words } from './words.ts';

export const refused: Words['refused'] = {
  no_key: {
    heading: 'Dem Link fehlt der Schlüssel',
    text: 'Der Teil nach # fehlt, und dieser Teil ist der Schlüssel. Manche Apps schneiden ihn ab. Kopieren Sie den ganzen Link, oder bitten Sie noch einmal darum, und fügen Sie ihn hier ein. Auch wer einen Raum neu lädt, landet hier: sein Schlüssel steht nicht in der Adresszeile.',
  },
  alphabet: {
    heading: 'Der Link ist beschädigt',
    text: 'Er enthält Zeichen, die in keinem Link vorkommen: eine App oder ein Mailfilter hat ihn umgeschrieben. Bitten Sie auf einem anderen Weg noch einmal darum, und fügen Sie ihn hier ein.',
  },
  version: {
    heading: 'Der Link ist beschädigt',
    text: 'So beginnt kein Link. Vielleicht wurde etwas anderes kopiert. Kopieren Sie den ganzen Link und fügen Sie ihn hier ein.',
  },
  length: {
    heading: 'Der Link ist nicht vollständig',
    text: 'Ein Teil wurde abgeschnitten oder angehängt. Kopieren Sie den ganzen Link, bis zum letzten Zeichen, und fügen Sie ihn hier ein.',
  },
  check: {
    heading: 'Der Link ist beschädigt',
    text: 'Mindestens ein Zeichen ist falsch. Wurde er abgetippt, sehen Sie noch einmal nach. Sonst bitten Sie noch einmal darum und fügen ihn hier ein.',
  },
  newer: {
    heading: 'Der Link stammt von einer neueren Version',
    text: 'Die Seite dieses Servers ist zu alt dafür. Laden Sie sie neu. Hilft das nicht, fragen Sie, wer den Link geschickt hat, für welchen Server er ist.',
  },
  not_found: {
    heading: 'Diesen Raum gibt es nicht',
    text: 'Er ist zu Ende, oder es gab ihn auf diesem Server nie. Ein Raum endet, wenn seine Zeit um ist, wenn er gelöscht wird, oder bald nachdem der Letzte darin gegangen ist. Nichts von ihm wird behalten, darum kann niemand sagen, was geschehen ist.',
  },
  full: {
    heading: 'Der Raum ist voll',
    text: 'So viele, wie sein Inhaber erlaubt hat, sind drin. Wenn jemand gegangen ist, können Sie es noch einmal versuchen.',
  },
  locked: {
    heading: 'Der Raum ist gesperrt',
    text: 'Sein Inhaber lässt zurzeit niemand Neues ein. Bitten Sie ihn zu entsperren, und versuchen Sie es dann noch einmal.',
  },
  proof_rejected: {
    heading: 'Der Server hat den Link nicht angenommen',
    text: 'Der Beweis, dass Sie den Link haben, ist misslungen. Bitten Sie noch einmal um den Link und fügen Sie ihn hier ein.',
  },
  bad_message: {
    heading: 'Der Server hat diese Seite nicht verstanden',
    text: 'Das ist unser Fehler, oder Seite und Server sind von verschiedenen Versionen. Laden Sie die Seite neu und treten Sie noch einmal bei.',
  },
  too_large: {
    heading: 'Eine Nachricht war zu groß für diesen Server',
    text: 'Der Server hat deshalb die Verbindung geschlossen. Treten Sie noch einmal bei und senden Sie sie in Teilen.',
  },
  outdated: {
    heading: 'Diese Seite und der Server passen nicht zusammen',
    text: 'Sie sind von verschiedenen Versionen. Laden Sie die Seite neu und öffnen Sie den Link noch einmal.',
  },
  unable: {
    heading: 'Dieser Browser konnte den Raum nicht öffnen',
    text: 'Auf dieser Seite oder in diesem Browser ist etwas misslungen. Versuchen Sie es noch einmal, oder öffnen Sie den Link in einem anderen Browser.',
  },
  create_unreachable: {
    heading: 'Der Server antwortet nicht',
    text: 'Es wurde kein Raum geöffnet. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
  },
  create_busy: {
    heading: 'Der Server ist überlastet',
    text: 'Er kann gerade keinen weiteren Raum aufnehmen. Versuchen Sie es in einer Minute noch einmal.',
  },
  create_draining: {
    heading: 'Der Server startet gleich neu',
    text: 'Es wurde kein Raum geöffnet. Versuchen Sie es in einer Minute noch einmal.',
  },
  create_too_much_work: {
    heading: 'Das Rätsel ist zu schwer',
    text: 'Der Server verlangt mehr Arbeit, als diese Seite Ihrem Gerät zumutet. Versuchen Sie es später noch einmal, oder nehmen Sie einen anderen Server.',
  },
  create_unable: {
    heading: 'Dieser Browser konnte keinen Raum öffnen',
    text: 'Auf dieser Seite oder in diesem Browser ist etwas misslungen. Es wurde kein Raum geöffnet. Versuchen Sie es noch einmal, oder nehmen Sie einen anderen Browser.',
  },
  create_failed: {
    heading: 'Der Raum ließ sich nicht öffnen',
    text: 'Der Server hat die Anfrage abgelehnt. Versuchen Sie es noch einmal; geschieht es wieder, melden Sie es mit dem Code unten.',
  },
  code: (code) => `Code: ${code}`,
  nothingJoined: 'Sie sind nirgends beigetreten.',
};

export const cannotRun: Words['cannotRun'] = {
  heading: 'In diesem Browser läuft es nicht',
  text: 'Räume werden hier, im Browser, verschlüsselt. Dafür fehlt diesem Browser:',
  features: {
    secure_context: 'eine sichere Adresse (https)',
    ed25519: 'Ed25519-Signaturen',
    pbkdf2: 'PBKDF2',
    hkdf: 'HKDF',
    aes_gcm: 'AES-GCM-Verschlüsselung',
    websocket: 'WebSocket-Verbindungen',
    dialog: 'Dialogfenster',
  },
  todo: 'Aktualisieren Sie den Browser, oder nehmen Sie eine aktuelle Version von Chrome, Edge, Firefox oder Safari.',
  secure: 'Öffnen Sie die Seite unter ihrer https-Adresse.',
  link: 'Ihr Link, um ihn dort zu öffnen',
  nothing: 'Über keinen Raum wurde etwas gesendet.',
};
