package redislog

import "battlehub/hub"

// keys are the names under which an app's log stands in Redis. They share the hash tag
// {app}, so that a Cluster keeps them in one slot and a script may use them together.
type keys struct {
	log     string // stream; an entry's id is its position without the tag
	meta    string // hash: epoch, replid (whose history), cut (the epoch before which all is lost), at
	board   string // hash: id, tag, board
	channel string // of pub/sub
	seen    string // prefix: what is known of an event's id, "<id> <tag> <at> <digest>"
	ticket  string // prefix: what a ticket stands for
	again   string // prefix: list of its repeats, "<at> <verdict> <raw>"
}

// prefix keeps battlehub apart from whatever else is in the same Redis.
const prefix = "bh:"

func keysOf(prefix string, app hub.App) keys {
	base := prefix + "{" + app.String() + "}:"
	return keys{
		log: base + "log", meta: base + "meta", board: base + "board", channel: base + "live",
		seen: base + "seen:", again: base + "again:", ticket: base + "ticket:",
	}
}
