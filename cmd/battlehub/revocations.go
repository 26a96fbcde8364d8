package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"battlehub/hub"
)

// opsConfig says who may give orders at --ops-listen. Reading needs no token: the listener
// is never public.
type opsConfig struct {
	OpsToken     secrets  `group:"Addresses" name:"ops-token" placeholder:"TOKEN" help:"Take orders, such as battlehub revoke, from whoever shows this token at --ops-listen. Repeatable, for a rotation. Without it, none are taken."`
	OpsTokenFile []string `group:"Addresses" name:"ops-token-file" placeholder:"FILE" help:"Read such tokens from this file, one a line."`
}

func (c *opsConfig) completeOps() (err error) {
	c.OpsToken, err = readSecrets("ops-token", c.OpsToken, c.OpsTokenFile)
	c.OpsTokenFile = nil
	return err
}

// admits reports whether the request shows one of the tokens. All are compared, in constant
// time, so that the time it takes tells nothing.
func (c *opsConfig) admits(r *http.Request) bool {
	shown, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	got, admitted := sha256.Sum256([]byte(shown)), false
	for _, token := range c.OpsToken {
		want := sha256.Sum256([]byte(token))
		admitted = subtle.ConstantTimeCompare(got[:], want[:]) == 1 || admitted
	}
	return admitted
}

// maxRevocation bounds the body of a revocation.
const maxRevocation = 4 << 10

// serveRevocations answers POST /v1/revocations: the body is a hub.Revocation.
func (a *app) serveRevocations(w http.ResponseWriter, r *http.Request) {
	switch {
	case len(a.config.OpsToken) == 0:
		http.Error(w, "this hub takes no orders: start it with --ops-token-file", http.StatusForbidden)
		return
	case !a.config.admits(r):
		http.Error(w, "Authorization: show --ops-token as Bearer", http.StatusUnauthorized)
		return
	}
	var revoke hub.Revocation
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRevocation))
	in.DisallowUnknownFields()
	if err := in.Decode(&revoke); err != nil {
		http.Error(w, "the body is not a JSON object with token, user or all, and before", http.StatusBadRequest)
		return
	}
	if err := revoke.Check(time.Now()); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), stopTimeout)
	defer cancel()
	if err := a.hub.Revoke(ctx, revoke); err != nil {
		a.log.Error("revoking", "err", err)
		http.Error(w, "the log cannot take it now; send it again", http.StatusServiceUnavailable)
		return
	}
	a.log.Warn("grants were revoked", "by", revokedBy(&revoke), "before", revoke.Before)
	w.WriteHeader(http.StatusNoContent)
}

// revokedBy says what a revocation goes by, not whose it is.
func revokedBy(r *hub.Revocation) string {
	by := []string{"all", "token", "user"}
	return by[slices.Index([]bool{r.All, r.Token != "", r.User != ""}, true)]
}
