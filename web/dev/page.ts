/** The page with the fake people, for design work. Only the development server has it. */
import { busy, joinRoomWith, openRoomWith, quiet } from './people.ts';

function find<T extends Element>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`there is no ${id}`);
  return element;
}

const frame = find('room', HTMLIFrameElement);
const tab = find('tab', HTMLAnchorElement);
const size = find('size', HTMLSelectElement);
const link = find('link', HTMLInputElement);
const state = find('state', HTMLOutputElement);

async function tell(what: string, work: () => Promise<void>): Promise<void> {
  state.value = `${what} …`;
  try {
    await work();
    state.value = '';
  } catch (error) {
    state.value = error instanceof Error ? error.message : String(error);
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-room]')) {
  button.addEventListener('click', () =>
    tell('opening a room', async () => {
      const fragment = await openRoomWith(button.dataset.room === 'busy' ? busy : quiet);
      tab.href = `/r#${fragment}`;
      tab.hidden = false;
      // Only another address loads the page anew.
      frame.src = `/r?${Date.now()}#${fragment}`;
    }),
  );
}

find('controls', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void tell('sending people', () => joinRoomWith(quiet, link.value));
});

size.addEventListener('change', () => {
  const [width = '', height = ''] = size.value.split(' ');
  frame.width = width;
  frame.height = height;
});
