/** About: which version this is, and how to check it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { sourceBytes } from '../platform/page.ts';
import { hostName } from '../platform/relay.ts';
import { hasDocs, servedManifest, version } from '../state/about.ts';
import { words } from '../strings/words.ts';
import { DialogFrame } from './dialog.tsx';
import { OpenButton } from './open.tsx';

export function AboutDialog() {
  const { about, sees } = words.value;
  const manifest = useSignal<string | null | 'asking'>('asking');
  const docs = useSignal(false);
  const bytes = sourceBytes();
  useEffect(() => {
    void hasDocs().then((known) => {
      docs.value = known;
    });
    void servedManifest().then((known) => {
      manifest.value = known;
    });
  }, []);
  return (
    <DialogFrame heading={about.heading}>
      <dl class="about">
        <dt>{about.version}</dt>
        <dd>{version}</dd>
        <dt>{about.server}</dt>
        <dd>{hostName}</dd>
        <dt>{about.manifest}</dt>
        <dd class="fingerprint" translate={false}>
          {manifest.value === 'asking' ? about.asking : (manifest.value ?? about.unknown)}
        </dd>
      </dl>
      <p>{about.check}</p>
      <p>{about.stored}</p>
      <p class="hint">{about.licence}</p>
      <div class="actions">
        {docs.value && (
          <a class="button" href="/docs/" target="_blank" rel="noreferrer noopener">
            {about.docs}
          </a>
        )}
        {bytes !== null && (
          <a class="button" href="/source.tar.gz" download={`pug-network-${version}.tar.gz`}>
            {about.source(bytes)}
          </a>
        )}
        <OpenButton kind="sees" label={sees.heading} look="" />
      </div>
    </DialogFrame>
  );
}
