package simulate

import (
	"math/rand/v2"
	"time"
)

// An app has one webhook URL: rooms and gifts arrive at the same address as battles
// do. The script sends them too, so that a receiver which trips over them is found.

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

// closeRoom adds the DestroyRoom of an owner who goes home.
func (s *script) closeRoom(r *simRoom, at time.Duration) {
	r.open = false
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
