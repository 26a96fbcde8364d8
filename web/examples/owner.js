// What the owner of a room wants to know: who challenges, how long there is left, who won.

import { Battlehub } from '../client/battlehub.js';

const [form, status, list] = ['form', '[role=status]', 'ul'].map((part) => document.querySelector(part));
const { room, token } = form.elements;
let hub;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  hub?.close();
  // Yours asks its own backend for a token here: whenever the client needs a fresh one.
  hub = new Battlehub({ url: new URL('..', location), rooms: [room.value], token: () => token.value });
  hub.on('state', ({ name, reason }) => (status.textContent = reason ? `${name}: ${reason}` : name));
  hub.on('battles', draw);
  hub.connect();
});

function draw() {
  list.replaceChildren(...[...(hub?.battles.values() ?? [])].reverse().map((battle) => {
    const item = document.createElement('li');
    item.textContent = tell(battle); // never as markup: room ids are foreign text
    return item;
  }));
}

function tell(battle) {
  const rivals = [battle.from, ...battle.to].map((side) => side.room).filter((id) => id !== room.value).join(', ');
  const left = `${Math.ceil(hub.countdown(battle) / 1000)} s left`;
  if (battle.state === 'pending') return `${battle.from.room === room.value ? 'You challenge' : 'Challenged by'} ${rivals}: ${left} to answer`;
  if (battle.state === 'live') return `Against ${rivals}: ${left}`;
  if (!battle.winner) return `Against ${rivals}: over, nobody won`;
  return `Against ${rivals}: ${battle.winner === room.value ? 'you won' : `${battle.winner} won`}`;
}

setInterval(draw, 1000); // the countdowns
room.value = new URLSearchParams(location.search).get('room') ?? '';
if (room.value) form.requestSubmit();
