// Package hub is the core of battlehub: it follows an ordered log of battle events and
// shows every client what it may see, live.
//
// # The way of an event
//
//	Log ──Tail──▶ feed.Apply ──▶ board (merge) ──▶ frame (encode once) ──▶ ring
//	                                                 └─▶ index (room → sessions) ──▶ session.offer ──▶ writer ──▶ socket
//
// Read the files in that order: event.go, battle.go and merge.go say what a battle is, and
// eventjson.go how it is written; position.go and log.go what a log promises; feed.go, board.go,
// frame.go, ring.go and index.go how a node follows one; session.go, flush.go, join.go,
// catchup.go, snapshot.go, replay.go and request.go how a client is served; writer.go,
// attempt.go, websocket.go, frameconn.go, await.go and sse.go how bytes reach it, with the
// system calls of rawconn; query.go, source.go, grant.go and admission.go who gets in;
// battles.go, detail.go, history.go and sourcestatus.go what can be asked over plain HTTP.
//
// # What a client can rely on
//
// The frames of one session are in log order. Between a hello, or a gap, and the next gap
// nothing is missing that the session may see, and no event comes twice. A cursor resumes
// on any node of the same log, after an event, a bookmark, or the last page of a
// snapshot, for as long as the log is kept. What cannot be continued is announced by a gap
// and followed by a snapshot, never passed over in silence.
//
// # Goroutines
//
// Hub.wg counts every goroutine, and Hub.Close waits for them:
//
//   - for each app, tailLoop (feed.go) applies the log and tidyLoop (tidy.go) presumes ends,
//     clears the board and stores it;
//   - heartbeatLoop (wheel.go) gives every session its bookmarks;
//   - for each WebSocket, readLoop (websocket.go); an event stream has its handler's;
//   - for each processor, a writer's loop (writer.go), which sends what sockets take at once;
//   - for each session that has something else to do, flushLoop (flush.go), until it has not.
//
// # Locks
//
// feed.mu is taken before session.mu, and that before writer.mu. wheel.mu, admission.mu, sharedSnapshot.mu and
// frameConn.mu are never held while another is taken, but for sharedSnapshot.mu, which
// comes before feed.mu. Nothing that can block on a client happens under any of them but
// frameConn.mu, which is one connection's own.
package hub
