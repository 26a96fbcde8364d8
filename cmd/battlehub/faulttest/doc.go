// Package faulttest runs real battlehub processes, breaks what they stand on while webhooks
// arrive and clients listen, and then checks everything that was promised against
// everything that was seen. It is tests only.
//
// # How a test goes
//
// A scenario (scenario_test.go) starts the log's server, the nodes and recording clients,
// then an open-loop load of webhooks. Once it runs, the scenario's fault is injected, must be
// noticed, is healed, and everything must be whole again. Then the load stops, everyone
// catches up, and the checker reads what each client was sent, what each webhook was
// answered, what the log holds, and what each node shows.
//
// # What is checked
//
// The log is dense and tagged, so all of it is checked in one pass over the records
// (checker_test.go): the log is one chain; a webhook answered OK stands in it exactly once; no
// client misses an event in silence, gets one twice or out of order; every event
// reaches everyone entitled to it; no one is left behind; and all boards agree.
//
// # Running it
//
//	go test -race ./cmd/battlehub/faulttest                     everything
//	go test -race ./cmd/battlehub/faulttest -run TestRedis/flushall -v
//	go test -short ./cmd/battlehub/faulttest                    the checker and the harness only
//	BATTLEHUB_FAULT_TABLE=faults.md go test …                   a table row for each fault
//
// The nodes are always built with the race detector. The faults of Redis are skipped where
// redis-server is not installed.
package faulttest
