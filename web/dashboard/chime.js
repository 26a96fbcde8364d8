// A sound made of two tones, so that there is no file to load.

/** Sounds that come faster would be noise. */
const APART_MS = 1_500;

let audio = null;
let last = -APART_MS;

/** Sounds, unless it has just done so, or the reader has not touched the page yet: browsers keep such pages quiet. */
export function chime() {
  if (performance.now() - last < APART_MS || !navigator.userActivation?.hasBeenActive) return;
  last = performance.now();
  audio ??= new AudioContext();
  audio.resume();
  tone(660, audio.currentTime);
  tone(880, audio.currentTime + 0.16);
}

function tone(hertz, at) {
  const source = new OscillatorNode(audio, { frequency: hertz });
  const loudness = new GainNode(audio, { gain: 0 });
  // Faded in and out: an edge would click.
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.2, at + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
  source.connect(loudness).connect(audio.destination);
  source.start(at);
  source.stop(at + 0.4);
}
