/** One short tone, made here: no file, no name, no text. */

const tonesHz = [587, 784];
const toneSeconds = 0.12;
const loudness = 0.08;

let audio: AudioContext | null = null;

/** Gets ready to sound, or never to. Browsers let a page sound that was allowed to by a click. */
export function readySound(sounds: boolean): void {
  void audio?.close();
  audio = sounds ? new AudioContext() : null;
  chime();
}

export function chime(): void {
  if (audio === null) return;
  const { currentTime, destination } = audio;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(loudness, currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, currentTime + toneSeconds * (tonesHz.length + 1));
  gain.connect(destination);
  for (const [at, hertz] of tonesHz.entries()) {
    const tone = audio.createOscillator();
    tone.frequency.value = hertz;
    tone.connect(gain);
    tone.start(currentTime + at * toneSeconds);
    tone.stop(currentTime + (at + 1) * toneSeconds);
  }
}
