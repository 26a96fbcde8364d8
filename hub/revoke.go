package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Check returns what is wrong with the revocation, or nil. Its errors name the field.
func (r *Revocation) Check(now time.Time) error {
	named := 0
	for _, is := range []bool{r.Token != "", r.User != "", r.All} {
		if is {
			named++
		}
	}
	switch {
	case named != 1:
		return errors.New("say what to revoke by exactly one of token, user and all")
	case len(r.Token) > maxIDLen || len(r.User) > maxIDLen:
		return fmt.Errorf("token and user: at most %d bytes", maxIDLen)
	case r.Token == "" && r.Before.IsZero():
		return errors.New("before: say when the grants were issued that are void")
	case r.Before.After(now.Add(time.Minute)):
		return errors.New("before: it lies in the future, and would take back what nobody has got yet")
	}
	return nil
}

// Revoke takes grants back, in every app of the hub, on every node: it goes through the
// logs. It blocks until they have it; after an error, some may.
func (h *Hub) Revoke(ctx context.Context, r Revocation) error {
	now := time.Now()
	if err := r.Check(now); err != nil {
		return err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	for app, f := range h.feeds {
		e := Event{ID: EventID(app, KindRevoked, string(body)), App: app, Kind: KindRevoked, At: At(now), ReceivedAt: At(now), Revoked: &r}
		if _, err := f.log.Append(ctx, []Event{e}); err != nil {
			return fmt.Errorf("app %s: %w", app, err)
		}
	}
	return nil
}
