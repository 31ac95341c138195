// The console: shows one node by its HTTP API. What comes from the node is only ever put into the
// page as text, never as markup.
'use strict';

const PAGE = 100;
const REFRESH_MILLIS = 2000;
const by = (id) => document.getElementById(id);

/** An element with texts and elements in it. */
function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'onclick') {
      element.addEventListener('click', value);
    } else {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.map((child) => (child === null || child === undefined ? '' : child)));
  return element;
}

const row = (...cells) =>
  el('tr', {}, ...cells.map((cell) => (cell instanceof HTMLTableCellElement ? cell : el('td', {}, cell))));
const mark = (isGood, text) => el('span', { class: isGood ? 'good' : 'bad' }, text);
const segment = encodeURIComponent;

async function ask(method, path, body, headers) {
  const response = await fetch(path, {
    method,
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  if (!response.ok) {
    throw new Error(answer.detail || `${method} ${path}: ${response.status}`);
  }
  return answer;
}

const get = (path) => ask('GET', path);

function trouble(error) {
  by('trouble').hidden = error === null;
  by('trouble').textContent = error === null ? '' : String(error.message || error);
}

/** For what a person does: what goes wrong is shown until the next thing is done. */
const does = (action) => async (event) => {
  event?.preventDefault();
  trouble(null);
  try {
    await action();
  } catch (error) {
    trouble(error);
  }
};

// --- live values: one WebSocket for all, as browsers open only six connections to a host

const live = {
  socket: null,
  listeners: new Map(), // subscription -> {message, listener}
  connect() {
    const socket = new WebSocket(location.href.replace(/^http/, 'ws').replace(/\/[^/]*$/, '/v1/stream'));
    this.socket = socket;
    socket.onopen = () => {
      for (const { message } of this.listeners.values()) {
        socket.send(JSON.stringify(message));
      }
    };
    socket.onmessage = (event) => {
      const told = JSON.parse(event.data);
      this.listeners.get(told.subscription)?.listener(told);
    };
    socket.onclose = () => setTimeout(() => this.connect(), REFRESH_MILLIS);
  },
  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  },
  follow(name, what, listener) {
    const message = { subscribe: name, ...what };
    this.listeners.set(name, { message, listener });
    this.send(message);
  },
  leave(name) {
    if (this.listeners.delete(name)) {
      this.send({ unsubscribe: name });
    }
  },
};
let subscriptions = 0;

// --- members

let hasFaults = false;

async function showMembers() {
  const [cluster, replicas, faults, ready] = await Promise.all([
    get('/v1/cluster'),
    get('/v1/replicas').catch(() => ({ members: [] })),
    hasFaults ? get('/v1/faults') : { from: [] },
    fetch('/health/ready').then((response) => response.ok),
  ]);
  by('self').textContent = cluster.self;
  document.title = `${cluster.self} – Converge`;
  by('state').replaceChildren(mark(ready, ready ? 'ready' : 'not ready'));
  const cut = new Set(faults.from);
  const names = new Set([...cluster.members.map((m) => m.replica), ...cluster.absent]);
  const rows = [...names].sort().map((name) => {
    const member = cluster.members.find((m) => m.replica === name);
    const replica = replicas.members.find((m) => m.replica.split('~')[0] === name);
    const behind = replica ? Object.values(replica.lag).reduce((sum, n) => sum + n, 0) : null;
    const age = replica?.promiseAgeMillis;
    return row(
      name,
      member ? member.status : 'absent',
      mark(member?.reachable, member?.reachable ? 'yes' : 'no'),
      behind === null ? '' : mark(behind === 0, String(behind)),
      age === null || age === undefined ? '' : `${(age / 1000).toFixed(1)} s ago`,
      ...(hasFaults ? [cutCell(name, cluster.self, cut)] : []),
    );
  });
  by('members').replaceChildren(...rows);
  const lag = replicas.finalityLagMillis;
  by('finality').textContent =
    lag === undefined
      ? ''
      : `Epoch ${replicas.epoch}, ${replicas.phase}. ` +
        (lag === 0 ? 'All events here are final.' : `The oldest event that is not final is ${(lag / 1000).toFixed(1)} s old.`) +
        (replicas.heldBackBy?.length ? ` Finality waits for ${replicas.heldBackBy.join(', ')}.` : '');
}

function cutCell(name, self, cut) {
  if (name === self) {
    return el('td', {}, '');
  }
  return cut.has(name)
    ? el('td', {}, mark(false, 'cut off'))
    : el('td', {}, el('button', {
      type: 'button',
      onclick: does(async () => {
        await ask('POST', '/v1/faults/partition', { from: [...cut, name] });
        await showMembers();
      }),
    }, 'Cut'));
}

// --- store

let shownKeys = new Map(); // key -> subscription
let lastKey = '';

async function showKeys(after) {
  const query = `prefix=${segment(by('prefix').value)}&limit=${PAGE}&after=${segment(after)}`;
  const keys = (await get(`/v1/data?${query}`)).keys;
  lastKey = keys.length === PAGE ? keys[PAGE - 1].key : '';
  by('more-keys').hidden = lastKey === '';
  const wanted = keys.map((one) => one.key);
  if (wanted.length === shownKeys.size && wanted.every((key) => shownKeys.has(key))) {
    return; // their values come by themselves
  }
  shownKeys.forEach((name) => live.leave(name));
  shownKeys = new Map();
  by('keys').replaceChildren();
  if (keys.length === 0) {
    by('keys').append(row(el('td', { colspan: 3, class: 'empty' }, 'No key begins so.')));
  }
  for (const { key, type } of keys) {
    const value = el('td', { class: 'value' }, '…');
    const kind = el('td', {}, type);
    by('keys').append(row(key, kind, value));
    const name = `key ${subscriptions++}`;
    shownKeys.set(key, name);
    live.follow(name, { key }, ({ data, problem }) => {
      value.textContent = problem ? problem.detail : JSON.stringify(data.value);
      kind.textContent = data?.type ?? '';
    });
  }
}
let keysAfter = '';

// --- entities

let shown = null; // {type, id, name}
let lastId = '';
let idsAfter = '';

async function showIds() {
  const type = by('type').value;
  const query = `prefix=${segment(by('id-prefix').value)}&limit=${PAGE}&after=${segment(idsAfter)}`;
  const ids = (await get(`/v1/entities/${segment(type)}?${query}`)).ids;
  lastId = ids.length === PAGE ? ids[PAGE - 1] : '';
  by('more-ids').hidden = lastId === '';
  by('ids').replaceChildren(
    ...(ids.length === 0 ? [el('li', { class: 'empty' }, 'No id begins so.')] : []),
    ...ids.map((id) => el('li', {}, el('button', {
      type: 'button',
      'aria-pressed': String(shown?.type === type && shown?.id === id),
      onclick: does(() => open(type, id)),
    }, id))),
  );
}

async function open(type, id) {
  if (shown) {
    live.leave(shown.name);
  }
  shown = { type, id, name: `entity ${subscriptions++}` };
  const mine = shown;
  by('entity').hidden = false;
  by('entity-title').textContent = `${type} ${id}`;
  live.follow(shown.name, { type, id }, ({ data, problem }) => {
    if (shown === mine) {
      by('entity-state').textContent = problem
        ? problem.detail
        : JSON.stringify({ state: data.state, version: data.version, final: data.final }, null, 1);
      showHistory().catch(trouble);
    }
  });
  await Promise.all([showHistory(), showIds()]);
}

/** The newest page of a history that may be long. */
async function showHistory() {
  const { type, id } = shown;
  const entity = `/v1/entities/${segment(type)}/${segment(id)}`;
  const dot = (d) => `${d.replica}:${d.seq}`;
  let page = await get(`${entity}/history?limit=${PAGE}`);
  let events = page.events;
  for (let pages = 1; page.events.length === PAGE && pages < 50; pages++) {
    page = await get(`${entity}/history?limit=${PAGE}&from=${page.next}`);
    events = events.concat(page.events).slice(-PAGE);
  }
  if (shown.type === type && shown.id === id) {
    by('history').replaceChildren(...events.reverse().map((e) => row(
      dot(e.dot),
      new Date(Number(e.time.split('.')[0])).toISOString(),
      el('td', { class: 'value' }, JSON.stringify(e.event)),
      `${e.decision}${e.reason ? `: ${e.reason}` : ''}`,
      e.concurrentWith.map(dot).join(', '),
      e.final ? 'yes' : 'not yet',
    )));
  }
}

// --- conflicts

let conflictsShown = '';

async function showConflicts() {
  const conflicts = (await get(`/v1/conflicts?limit=${PAGE}`)).conflicts;
  const now = JSON.stringify(conflicts);
  if (now === conflictsShown) {
    return; // so that a button does not go away below the mouse
  }
  conflictsShown = now;
  by('conflict-count').textContent = conflicts.length === 0 ? '' : `(${conflicts.length})`;
  by('conflicts').replaceChildren(
    ...(conflicts.length === 0 ? [el('p', { class: 'empty' }, 'None.')] : conflicts.map(conflictCard)),
  );
}

function conflictCard(conflict) {
  const decide = (choose) => does(async () => {
    await ask('POST', `/v1/conflicts/${segment(conflict.id)}`, { choose }, { 'Converge-Context': conflict.context });
    await showConflicts();
  });
  return el(
    'div',
    { class: 'conflict' },
    el('strong', {}, `${conflict.type} ${conflict.entity}`),
    `: ${conflict.reason} (${conflict.applied ? 'applied' : 'held back'} until then)`,
    el('table', {}, ...conflict.sides.map((side) => row(
      side.side,
      el('td', { class: 'value' }, JSON.stringify(side.event)),
      side.reason ?? '',
      el('button', { type: 'button', onclick: decide(side.side) }, 'Choose this'),
    ))),
    el('p', {}, el('button', { type: 'button', onclick: decide('as-it-is') }, 'Leave it as it is')),
  );
}

// --- all of it

async function refresh() {
  try {
    await Promise.all([showMembers(), showKeys(keysAfter), by('type').value ? showIds() : null, showConflicts()]);
    if (by('trouble').dataset.lost) {
      delete by('trouble').dataset.lost;
      trouble(null);
    }
  } catch (error) {
    by('trouble').dataset.lost = 'yes';
    trouble(`The node does not answer: ${error.message}`);
  }
  setTimeout(refresh, REFRESH_MILLIS);
}

async function start() {
  const index = await get('/');
  hasFaults = index.routes.includes('POST /v1/faults/partition');
  document.querySelectorAll('.faults').forEach((element) => { element.hidden = !hasFaults; });
  by('type').replaceChildren(...index.types.map((type) => el('option', {}, type)));
  by('heal').addEventListener('click', does(async () => {
    await ask('DELETE', '/v1/faults');
    await showMembers();
  }));
  const keysFromStart = does(() => showKeys((keysAfter = '')));
  by('prefix').addEventListener('input', keysFromStart);
  by('keys-form').addEventListener('submit', keysFromStart);
  by('more-keys').addEventListener('click', does(() => showKeys((keysAfter = lastKey))));
  const idsFromStart = does(() => { idsAfter = ''; return showIds(); });
  by('id-prefix').addEventListener('input', idsFromStart);
  by('type').addEventListener('change', idsFromStart);
  by('entities-form').addEventListener('submit', idsFromStart);
  by('more-ids').addEventListener('click', does(() => { idsAfter = lastId; return showIds(); }));
  live.connect();
  await refresh();
}

start().catch(trouble);
