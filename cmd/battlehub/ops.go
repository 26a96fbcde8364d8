package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/pprof"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"battlehub/hub"
)

// opsHandler serves what operators need, on a listener of its own that is never public.
// Whether it is well, a node tells by any name: a balancer's check may use none.
func (a *app) opsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.Handle("/", a.localNames(a.insideHandler()))
	return mux
}

// insideHandler serves what tells of the inside, or changes it.
func (a *app) insideHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{Registry: a.registry}))
	mux.HandleFunc("POST /v1/revocations", a.serveRevocations)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index) // without cmdline, which would tell the secrets among the flags
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// localNames refuses requests under names of others, if only this machine is served: see
// config.localOnly.
func (a *app) localNames(next http.Handler) http.Handler {
	if !isLoopback(a.config.OpsListen) {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hub.LoopbackHost(r.Host) {
			http.Error(w, "this address answers to the names of this machine only; see --ops-listen", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// errDraining makes load balancers look elsewhere before the sessions are sent away.
var errDraining = errors.New("draining: this node is shutting down")

// readyz says whether the node should get traffic, and if not, why, in words. It answers
// for other nodes' sake; whether this process needs a restart is for /livez.
func (a *app) readyz(w http.ResponseWriter, _ *http.Request) {
	err := a.hub.Ready()
	if a.draining.Load() {
		err = errDraining
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ready\n")
}

// buildInfo is the usual metric that is always 1 and tells the version by its label.
func buildInfo() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "battlehub_build_info", Help: "Always 1; the label tells the version.",
		ConstLabels: prometheus.Labels{"version": version()},
	}, func() float64 { return 1 })
}
