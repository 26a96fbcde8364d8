// Battles as Tencent tells of them: the packets of trtc.io/document/68259, 68260 and 68261.

let made = 0;

export class Battle {
  #hub;
  #begun = Math.floor(Date.now() / 1000);

  constructor(hub, from, ...to) {
    this.#hub = hub;
    this.from = from;
    this.to = to;
    // Base64, with the characters that an address must escape.
    this.id = `+/${Buffer.from(`battle ${process.pid} ${++made}`).toString('base64')}`;
  }

  /** From now on its packets go to this hub. */
  at(hub) {
    this.#hub = hub;
  }

  async create() {
    await this.#post('Live.CallbackAfterCreateBattle', {
      Operator_Account: 'operator',
      FromRoomId: this.from,
      ToRoomIdList: this.to,
      Timeout: 30_000,
      NeedResponse: true,
      ExtensionInfo: '',
    });
    return this;
  }

  async start() {
    await this.#post('Live.CallbackAfterStartBattle', {
      CreateTime: this.#begun,
      StartTime: this.#begun,
      FromRoomInfo: room(this.from),
      ToRoomList: this.to.map(room),
    });
    return this;
  }

  async end(...scores) {
    const [from, ...to] = [this.from, ...this.to].map((id, i) => ({ ...room(id), Score: scores[i] }));
    await this.#post('Live.CallbackAfterEndBattle', {
      CreateTime: this.#begun,
      StartTime: this.#begun,
      EndTime: this.#begun + 60,
      OpType: 0,
      FromRoomInfo: from,
      ToRoomList: to,
    });
    return this;
  }

  async #post(command, fields) {
    await this.#hub.webhook(command, { BattleId: this.id, Duration: 60_000, EventTime: this.#begun * 1000, ...fields });
  }
}

const room = (id) => ({ RoomId: id, Owner_Account: `owner of ${id}` });
