package faulttest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// toxics is a toxiproxy between the nodes and Redis, for the faults of a network that a
// link does not know. It has none of toxiproxy's own server: it is used as a library.
type toxics struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
}

func startToxics(t *testing.T, upstream string) *toxics {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, "redis", "127.0.0.1:0", upstream)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return &toxics{t, p}
}

func (x *toxics) addr() string { return x.proxy.Listen }

// add poisons what Redis answers, on all connections.
func (x *toxics) add(kind string, attributes map[string]int) {
	x.t.Helper()
	text, err := json.Marshal(map[string]any{"name": kind, "type": kind, "stream": "downstream", "attributes": attributes})
	if err == nil {
		_, err = x.proxy.Toxics.AddToxicJson(strings.NewReader(string(text)))
	}
	if err != nil {
		x.t.Fatal(err)
	}
}

// remove takes a poison away.
func (x *toxics) remove(kind string) {
	x.t.Helper()
	if err := x.proxy.Toxics.RemoveToxic(context.Background(), kind); err != nil {
		x.t.Fatal(err)
	}
}
