package hub

import (
	"context"
	"strings"
)

// refresh lets a client go on with a new credential, without connecting again. It is to be
// the same user with the same part to play: another one connects anew. It runs where the
// client's frames are read, since finding out may take a while.
func (s *session) refresh(r *request) *frame {
	if s.hub.opts.Authorize == nil {
		return errorFrame(r.ID, CodeBadRequest, "auth: this hub is open and takes no tokens")
	}
	c := parseToken(r.Token)
	if c.Text == "" {
		return errorFrame(r.ID, CodeBadRequest, "token: send a JWT, or usersig.<sdkappid>.<userid>.<usersig>")
	}
	grant, err := s.hub.authorize(context.Background(), c)
	if err != nil {
		refusal := s.hub.unauthenticated(err)
		return errorFrame(r.ID, CodeUnauthenticated, refusal.detail)
	}
	if !s.regrant(grant) {
		return errorFrame(r.ID, CodeForbidden, "token: it is for another user, app or role; connect anew with it")
	}
	return nil
}

// regrant replaces the session's grant. It reports false if the new one is of another kind.
func (s *session) regrant(g Grant) bool {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if g.User != s.grant.User || !g.covers(f.app) || g.Moderator() != s.grant.Moderator() || f.revoked.cover(&g) {
		return false
	}
	s.mu.Lock()
	f.index.removeUser(s)
	s.grant = g
	if !s.ended {
		f.index.addUser(s)
	}
	s.setExpiryLocked()
	s.mu.Unlock()
	if f.whole { // else whose the rooms are is still being read, and Live reassesses all
		s.reassess()
	}
	return true
}

// parseToken reads the token of an auth frame: what a subprotocol would say, or just a JWT.
func parseToken(token Secret) Credential {
	name, text, _ := strings.Cut(string(token), ".")
	if scheme, ok := subprotocolSchemes[name]; ok {
		return Credential{scheme, Secret(text)}
	}
	return Credential{CredentialBearer, token}
}
