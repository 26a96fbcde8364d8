package simulate

import (
	"math/rand/v2"
	"time"
)

// An app has one webhook URL: rooms and gifts arrive at the same address as battles
// do. The script sends them too: whose a room is decides who may see its battles, and a
// receiver which trips over gifts is found.

// openRoom adds the CreateRoom of a room that a battle needs.
func (s *script) openRoom(r *simRoom, at time.Duration) {
	r.open = true
	s.add(simCall{
		at:       at,
		command:  commandCreateRoom,
		platform: pick(s.rng, platforms),
		clientIP: clientAddress(s.rng),
		body: encode(createRoomPacket{
			CallbackCommand: commandCreateRoom,
			Operator:        r.owner,
			Room: createdRoomInfo{
				RoomID:         r.id,
				RoomName:       r.title,
				RoomType:       "Live",
				Owner:          r.owner,
				MaxMemberCount: 300,
				CustomInfo:     "custom123",
				SeatEnabled:    true,
				TakeSeatMode:   "ApplyToTake",
				MaxSeatCount:   16,
				CreateTime:     s.begin.Add(at).Unix(),
				PublicVisible:  true,
				CoverURL:       "https://example.com/cover/" + r.id + ".jpg",
				Category:       []int{1, 2},
			},
		}),
	})
}

// handOver lets a co-host have a room for a while between two battles, so that who may see
// it changes; battles name the owner that it always has.
func (s *script) handOver(r *simRoom) {
	cohost := r.owner + "-cohost"
	s.changeOwner(r, r.busy, r.owner, cohost)
	r.busy += compress(milliseconds(s.rng, 5000, 15000), s.speed)
	s.changeOwner(r, r.busy, cohost, r.owner)
}

// changeOwner adds the ChangeOwner by which a room's owner gives it to another.
func (s *script) changeOwner(r *simRoom, at time.Duration, from, to string) {
	s.add(simCall{
		at:       at,
		command:  commandChangeOwner,
		platform: pick(s.rng, platforms),
		clientIP: clientAddress(s.rng),
		body: encode(changeOwnerPacket{
			CallbackCommand: commandChangeOwner,
			RoomID:          r.id,
			EventTimeMS:     s.begin.Add(at).UnixMilli(),
			Operator:        from,
			CurrentOwner:    to,
			OriginalOwner:   from,
		}),
	})
}

// closeRooms lets the owners go home, once no battle begins any more.
func (s *script) closeRooms() {
	s.closed = true
	for _, r := range s.rooms {
		if r.open {
			s.closeRoom(r, max(r.busy, s.latest+milliseconds(s.rng, 0, 3000)))
		}
	}
}

// closeRoom adds the DestroyRoom of an owner who goes home.
func (s *script) closeRoom(r *simRoom, at time.Duration) {
	r.open, r.gone = false, at
	s.add(simCall{
		at:       at,
		command:  commandDestroyRoom,
		platform: pick(s.rng, platforms),
		clientIP: clientAddress(s.rng),
		body: encode(destroyRoomPacket{
			CallbackCommand: commandDestroyRoom,
			Operator:        r.owner,
			RoomID:          r.id,
			EventType:       "DestroyByUser",
			EventTimeMS:     s.begin.Add(at).UnixMilli(),
			Room: destroyedRoomInfo{
				RoomName:       r.title,
				RoomType:       "Live",
				Owner:          endAccount(r.owner),
				SeatEnabled:    true,
				TakeSeatMode:   "ApplyToTake",
				MaxMemberCount: 300,
			},
		}),
	})
}

// gifts are what viewers send, with their price in coins.
var gifts = []giftInfo{
	{GiftID: "rose", Coins: 1},
	{GiftID: "microphone", Coins: 99},
	{GiftID: "fireworks", Coins: 1000},
	{GiftID: "火箭", Coins: 5000},
}

// addGifts lets viewers send up to three gifts while the battle runs.
func (s *script) addGifts(b *simBattle) {
	if b.opType == opNotStarted {
		return
	}
	for range s.rng.IntN(4) {
		r := pick(s.rng, append([]*simRoom{b.from}, b.joined...))
		at := b.started + fraction(b.ended-b.started, s.rng.Float64())
		s.add(simCall{
			at:       at,
			command:  commandSendGift,
			platform: pick(s.rng, platforms),
			clientIP: clientAddress(s.rng),
			body:     encode(giftPacket(r, s.begin.Add(at), s.rng)),
		})
	}
}

// giftPacket makes one gift up, for the owner of a room.
func giftPacket(r *simRoom, at time.Time, rng *rand.Rand) sendGiftPacket {
	viewer := pick(rng, hosts) + "-fan"
	gift := pick(rng, gifts)
	gift.From, gift.To = viewer, []string{r.owner}
	gift.Time, gift.Count = at.Unix(), 1+rng.IntN(9)
	return sendGiftPacket{CallbackCommand: commandSendGift, Operator: viewer, RoomID: r.id, Gift: gift}
}
