// Says what to do, aloud: who stands at the wall does not see the screen. A beep for each count; silence when it is wanted.
const AGAIN_MS = 7000;

export class Voice {
  muted = false;
  #context = null;
  #last = { text: "", ms: -Infinity };

  /** Must be called from a tap, or the browser keeps silent. */
  wake() {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!this.#context && Context) this.#context = new Context();
    this.#context?.resume().catch(() => {}); // stays silent; the words are on the screen as well
  }

  mute(on) {
    this.muted = on;
    if (on) window.speechSynthesis?.cancel();
  }

  /** Speak at once, in place of what is being said. */
  say(text) {
    if (this.muted || !text || !window.speechSynthesis) return;
    this.#last = { text, ms: performance.now() };
    window.speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.lang = document.documentElement.lang;
    window.speechSynthesis.speak(words);
  }

  /** Speak of something that goes on: a new hint at once, the same one again only after a while. */
  remind(text) {
    if (text === this.#last.text && performance.now() - this.#last.ms < AGAIN_MS) return;
    if (performance.now() - this.#last.ms < AGAIN_MS / 2) return;
    this.say(text);
  }

  beep(pitchHz = 880, lengthS = 0.15) {
    if (this.muted || this.#context?.state !== "running") return;
    const tone = this.#context.createOscillator();
    const loudness = this.#context.createGain();
    tone.frequency.value = pitchHz;
    loudness.gain.value = 0.2;
    tone.connect(loudness).connect(this.#context.destination);
    tone.start();
    tone.stop(this.#context.currentTime + lengthS);
  }
}
