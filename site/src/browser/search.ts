/** The search box. It is shown only when this script runs, fetches the index when somebody turns to it, and draws with DOM calls alone. */
import MiniSearch, { type SearchResult } from 'minisearch';
import { options } from './options.ts';

const shownResults = 12;

// On a desk the list of pages scrolls by itself: let it begin where this page stands. On a phone it is below the text, whole.
const pages = document.querySelector<HTMLElement>('.pages');
const here = pages?.querySelector<HTMLElement>('[aria-current]');
if (pages && here && pages.scrollHeight > pages.clientHeight) pages.scrollTop = here.offsetTop - pages.clientHeight / 2;

const box = document.querySelector<HTMLElement>('.search');
if (box !== null) start(box);

function start(box: HTMLElement): void {
  const field = box.querySelector('input');
  const list = box.querySelector('ol');
  const status = box.querySelector('[role=status]');
  const { index } = box.dataset;
  if (field === null || list === null || status === null || index === undefined) return;
  let loading: Promise<MiniSearch> | null = null;
  const load = (): Promise<MiniSearch> => {
    loading ??= fetchIndex(index);
    loading.catch(() => {
      loading = null; // The next try may succeed.
    });
    return loading;
  };
  const close = (): void => {
    list.replaceChildren();
    status.textContent = '';
  };
  const search = async (): Promise<void> => {
    const wanted = field.value.trim();
    if (wanted.length < 2) return close();
    try {
      const found = (await load()).search(wanted);
      if (wanted !== field.value.trim()) return;
      list.replaceChildren(...found.slice(0, shownResults).map(resultOf));
      status.textContent = found.length === 0 ? 'Nothing found' : `${Math.min(found.length, shownResults)} results`;
    } catch {
      close();
      status.textContent = 'The search index could not be loaded';
    }
  };
  box.hidden = false;
  field.addEventListener('focus', () => void load().catch(() => {}));
  field.addEventListener('input', () => void search());
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target === field) list.querySelector('a')?.click();
    if (event.key !== 'Escape') return;
    field.value = '';
    close();
    field.focus();
  });
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Node && !box.contains(target)) close();
  });
}

async function fetchIndex(path: string): Promise<MiniSearch> {
  const answer = await fetch(path, { credentials: 'omit', referrerPolicy: 'no-referrer' });
  if (!answer.ok) throw new Error('no index');
  return MiniSearch.loadJSON(await answer.text(), options);
}

/** `id` is where it stands: `page.html#anchor`, or `./` for the first page. */
function resultOf({ id, title, page }: SearchResult): HTMLLIElement {
  const link = document.createElement('a');
  link.href = String(id);
  link.append(String(title));
  if (page !== title) {
    const where = document.createElement('small');
    where.append(String(page));
    link.append(where);
  }
  const item = document.createElement('li');
  item.append(link);
  return item;
}
