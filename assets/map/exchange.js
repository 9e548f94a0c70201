// State shared with Python: what the hand did goes out; what Python says comes in once.

const REMEMBERED = 16;

let last = 0; // the time of the last word of any map in this page, ms since 1970

export class Exchange {
  constructor() {
    this.channel = null; // Streamlit's setters, fresh with every call of the component
    this.said = {}; // name -> Python's last word, as JSON
    this.sent = {}; // name -> what we sent and have not heard back yet, oldest first
  }

  send(name, value) {
    this.expect(name, value);
    this.channel.setStateValue(name, value);
  }

  // What belongs to these very points, with its time: of linked maps the last word holds. `value`
  // is what Python will say back, null for nothing; `said` is what it is told.
  sendDated(name, value, said) {
    this.expect(name, value);
    last = Math.max(last + 1, Date.now());
    this.channel.setStateValue(name, { ...said, at: last });
  }

  // Python will say this because we did, or a linked map did: an echo.
  expect(name, value) {
    const pending = (this.sent[name] ??= []);
    pending.push(JSON.stringify(value));
    if (pending.length > REMEMBERED) pending.shift();
  }

  // Calls `adopt(value)` when Python says something new that is not an echo of the hand: an echo
  // may arrive after the hand has moved on, and must not pull it back.
  heard(name, value, adopt) {
    const text = JSON.stringify(value ?? null);
    if (text === this.said[name]) return;
    this.said[name] = text;
    const echo = this.sent[name]?.indexOf(text) ?? -1;
    this.sent[name] = echo < 0 ? [] : this.sent[name].slice(echo + 1);
    if (echo < 0) adopt(value ?? null);
  }

  // A rerun brings fresh tokens.
  renew() {
    this.channel.setTriggerValue("renew", Date.now());
  }
}
