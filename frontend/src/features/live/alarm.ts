/** When the mirror sounds: once when a pair comes too near, and again only after nobody was for a moment. */

/** A person hidden for a moment has not gone away. */
const CALM_MS = 1_500;

export class NearAlarm {
  private isNear = false;
  private lastNearMs = -Infinity;

  /** One frame's count of people too near; true where the tone is due. */
  take(near: number, nowMs: number): boolean {
    if (near > 0) {
      const isNew = !this.isNear;
      this.isNear = true;
      this.lastNearMs = nowMs;
      return isNew;
    }
    if (nowMs - this.lastNearMs >= CALM_MS) this.isNear = false;
    return false;
  }
}

const TONE_HZ = 880;
const TONE_S = 0.35;
const LOUDNESS = 0.25;

/** A short tone. Browsers let a page sound only after somebody has clicked on it: `context` is made by that click. */
export function tone(context: AudioContext): void {
  const wave = context.createOscillator();
  const volume = context.createGain();
  const now = context.currentTime;
  wave.frequency.value = TONE_HZ;
  volume.gain.setValueAtTime(LOUDNESS, now);
  // Faded out, so that it does not click.
  volume.gain.exponentialRampToValueAtTime(0.001, now + TONE_S);
  wave.connect(volume).connect(context.destination);
  wave.start(now);
  wave.stop(now + TONE_S);
}
