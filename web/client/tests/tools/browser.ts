// Compiled with the types of a browser.

import { Battlehub } from 'battlehub';

new Battlehub({ url: location, WebSocket });
new Battlehub({ url: new URL('..', location.href) });
