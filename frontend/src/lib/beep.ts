/** A short alert tone, made here: no file to load, and silent where the browser does not let the page sound yet. */

const TONE_HZ = 880;
const LENGTH_S = 0.18;
const GAP_S = 0.12;
const LOUDNESS = 0.25;

let context: AudioContext | null = null;

export function beep(times: number): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  void context.resume().catch(() => undefined);
  for (let n = 0; n < times; n += 1) {
    const start = context.currentTime + n * (LENGTH_S + GAP_S);
    const tone = new OscillatorNode(context, { frequency: TONE_HZ });
    const volume = new GainNode(context, { gain: LOUDNESS });
    volume.gain.setTargetAtTime(0, start + LENGTH_S * 0.7, 0.03);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + LENGTH_S);
  }
}
