// Maps of the same rows on one page: what is done on one shows on the others, without the server.

const groups = new Map(); // name -> {members: Set of Link, said: Map of topic -> value}

// One map's membership. `hear(topic, value)` is called with what another member tells, and with
// what holds already when the map joins.
export class Link {
  constructor(hear) {
    this.hear = hear;
    this.name = null;
  }

  // Maps of another number of rows cannot mean the same rows; they never meet.
  join(link, count) {
    const name = link === null || link === undefined ? null : `${link}\n${count}`;
    if (name === this.name) return;
    this.leave();
    this.name = name;
    if (name === null) return;
    if (!groups.has(name)) groups.set(name, { members: new Set(), said: new Map() });
    const { members, said } = groups.get(name);
    members.add(this);
    for (const [topic, value] of said) this.hear(topic, value);
  }

  // Something that holds from now on.
  tell(topic, value) {
    groups.get(this.name)?.said.set(topic, value);
    this.ask(topic, value);
  }

  // Something to be done once.
  ask(topic, value) {
    for (const other of groups.get(this.name)?.members ?? []) {
      if (other !== this) other.hear(topic, value);
    }
  }

  leave() {
    const group = groups.get(this.name);
    this.name = null;
    if (!group) return;
    group.members.delete(this);
    for (const [name, { members }] of groups) {
      if (!members.size) groups.delete(name);
    }
  }
}
