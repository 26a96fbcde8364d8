// Package bench measures a hub from outside: how fast events reach its clients, what that
// costs the server, and whether any was lost. Beside the hub it can measure a reference
// server that does nothing but write(2), which is the limit of the machine.
//
// # The way of an event
//
//	pace ──▶ publisher ──webhook──▶ hub ──▶ loop (epoll) ──▶ session ──▶ tally, histogram
//
// Read the files in that order: plan.go says who connects, what happens and who is to hear
// of it; pace.go when; packet.go and request.go how it is told, and publisher.go and sender.go
// send it; dial.go, loop.go, session.go, wsframe.go and told.go are the clients; crowd.go and
// tally.go count what they saw.
// fleet.go, order.go and worker.go let one process tell others what to do; run.go and
// storm.go conduct a run against a server (kit.go, child.go, refserver.go); figure.go makes
// figures of what was measured; table.go is the list of what this project promises.
//
// # Why it can be believed
//
// The load is an open loop: events are sent at their time whether or not the server keeps
// up, and a latency counts from when the event was to be sent, not from when there was room
// for it (Gil Tene's coordinated omission). Every client counts every event: one that is
// missing, comes twice or out of order is told. The clients share the cores with the
// server, so the tool watches itself, and leaves a latency out that its own slowness would
// have made (health.go).
package bench
