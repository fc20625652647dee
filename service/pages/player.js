// Plays clauses of speech without gaps, says when each is to be heard, and what of it was.

const JITTER = 0.2; // seconds by which a clause begins later than it is announced
const FADE = 0.012; // seconds; a cut without a click

/** `heard(clause, at)` when a clause begins to sound, `played(clause, end)` when it is over or cut. */
export class Player {
  constructor({ heard, played, running }) {
    this.told = { heard, played, running };
    this.context = new AudioContext({ sampleRate: 24000, latencyHint: "interactive" });
    this.master = new GainNode(this.context);
    this.master.connect(this.context.destination);
    this.context.onstatechange = () => running(this.running);
    this.open = []; // clauses that are not over: {…, at, end, sources, timer}
    this.end = 0;
    this.bus = this.newBus();
  }

  get running() {
    return this.context.state === "running";
  }

  newBus() {
    const bus = new GainNode(this.context);
    bus.connect(this.master);
    return bus;
  }

  resume() {
    return this.context.resume();
  }

  /** Silent, whatever comes; clauses go on inaudibly. */
  silence(silent) {
    this.master.gain.value = silent ? 0 : 1;
  }

  begin(clause) {
    const held = { ...clause, left: clause.samples, at: null, end: 0, sources: new Set(), timer: 0 };
    this.open.push(held);
    if (!this.running) held.timer = setTimeout(() => this.told.heard(held), JITTER * 1000);
  }

  /** The next slice of the clause that was begun last. */
  slice(data) {
    const clause = this.open[this.open.length - 1];
    if (!clause) return;
    const pcm = new Int16Array(data);
    clause.left -= pcm.length;
    if (!this.running) {
      if (clause.left <= 0) this.close(clause);
      return;
    }
    const now = this.context.currentTime;
    if (this.end < now + 0.005) this.end = now + JITTER; // nothing is playing, or a slice came too late
    const rate = this.context.sampleRate;
    const at = Math.round(this.end * rate) / rate;
    const buffer = this.context.createBuffer(1, pcm.length, clause.rate);
    const channel = buffer.getChannelData(0);
    for (let i = 0; i < pcm.length; i++) channel[i] = pcm[i] / 32768;
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.bus);
    source.start(at);
    clause.sources.add(source);
    if (clause.at === null) {
      clause.at = at;
      clearTimeout(clause.timer);
      clause.timer = setTimeout(() => this.told.heard(clause), Math.max(0, (at - now) * 1000));
    }
    this.end = clause.end = at + buffer.duration;
    const last = clause.left <= 0;
    source.onended = () => {
      clause.sources.delete(source);
      if (last) this.finish(clause, clause.seconds);
    };
  }

  /** Silence at once; every clause up to this turn is over. */
  cut(turn) {
    const now = this.context.currentTime;
    const stale = this.open.filter((clause) => clause.turn === null || clause.turn < turn);
    if (!stale.length) return;
    const bus = this.bus;
    bus.gain.setValueAtTime(1, now);
    bus.gain.linearRampToValueAtTime(0, now + FADE);
    setTimeout(() => bus.disconnect(), 100);
    this.bus = this.newBus();
    this.end = 0;
    for (const clause of stale) {
      clearTimeout(clause.timer);
      for (const source of clause.sources) {
        source.onended = null;
        source.stop(now + FADE * 2);
      }
      const heard = clause.at === null ? 0 : Math.max(0, now - clause.at);
      this.finish(clause, Math.min(clause.seconds, clause.start + heard));
    }
  }

  finish(clause, end) {
    if (!this.open.includes(clause)) return;
    this.close(clause);
    this.told.played(clause, end);
  }

  close(clause) {
    this.open = this.open.filter((one) => one !== clause);
  }
}
