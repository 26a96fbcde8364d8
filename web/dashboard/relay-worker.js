// The worker that the tabs of one browser share: it alone is connected to the hub. What it
// needs is all named here, so that it is fetched at once.

import '../client/battlehub.js';
import { Relay } from './relay.js';

const app = new URLSearchParams(location.search).get('app');
const relay = new Relay({ app });
onconnect = ({ ports: [port] }) => relay.attach(port);
