// What a pad tells the server while something is drawn: at most every GAP ms, one message on the way at a time, and the
// last state always. An answer that stays away is waited for no longer than PATIENCE.

export const GAP = 150;
export const PATIENCE = 3000;

export class Post {
  // `compose` makes the message, as it stands when it is sent; `send` takes it.
  constructor(compose, send, clock = globalThis) {
    Object.assign(this, { compose, transport: send, clock });
    this.number = 0; // of the last message
    this.seen = 0; // of the last answer
    this.last = -Infinity;
    this.waiting = false;
  }

  // Something has changed.
  want() {
    this.waiting = true;
    this.plan();
  }

  // The server has answered a message.
  heard(number) {
    if (!(number > this.seen)) return;
    this.seen = number;
    if (this.waiting) this.plan();
  }

  plan() {
    this.clock.clearTimeout(this.timer);
    const pause = this.seen < this.number ? PATIENCE : GAP;
    const left = this.last + pause - this.clock.performance.now();
    if (left <= 0) this.go();
    else this.timer = this.clock.setTimeout(() => this.go(), left);
  }

  go() {
    if (!this.waiting) return;
    this.waiting = false;
    this.last = this.clock.performance.now();
    this.number += 1;
    this.transport({ n: this.number, ...this.compose() });
  }

  drop() {
    this.waiting = false;
    this.clock.clearTimeout(this.timer);
  }
}
