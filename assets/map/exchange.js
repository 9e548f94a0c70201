// State shared with Python: what the hand did goes out; what Python says comes in once.

const REMEMBERED = 16;

export class Exchange {
  constructor() {
    this.channel = null; // Streamlit's setters, fresh with every call of the component
    this.said = {}; // name -> Python's last word, as JSON
    this.sent = {}; // name -> what we sent and have not heard back yet, oldest first
  }

  send(name, value) {
    const pending = (this.sent[name] ??= []);
    pending.push(JSON.stringify(value));
    if (pending.length > REMEMBERED) pending.shift();
    this.channel.setStateValue(name, value);
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
