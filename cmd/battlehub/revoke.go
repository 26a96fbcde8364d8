package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"battlehub/hub"
)

// revokeCmd takes grants back, on every node of a hub.
type revokeCmd struct {
	TokenID string    `name:"token-id" xor:"what" required:"" placeholder:"JTI" help:"Revoke the token with this id (jti; battlehub token inspect shows it)."`
	User    string    `xor:"what" required:"" placeholder:"USER" help:"Revoke all that this user has got."`
	All     bool      `xor:"what" required:"" help:"Revoke all that anybody has got."`
	Before  time.Time `placeholder:"TIME" help:"With --user or --all: only what was issued before, such as 2026-11-22T10:00:00Z. Default: now."`

	OpsURL       string     `name:"ops-url" default:"http://localhost:8081" help:"Where one of the nodes listens for operations."`
	OpsToken     hub.Secret `name:"ops-token" placeholder:"TOKEN" help:"The hub's --ops-token."`
	OpsTokenFile []string   `name:"ops-token-file" placeholder:"FILE" help:"Read it from this file."`
}

// Run succeeds once the log has the revocation: every node ends the sessions concerned
// within a second.
func (c *revokeCmd) Run(ctx context.Context) error {
	request, err := c.request(ctx)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the URL, which the caller gave
		}
		return fmt.Errorf("no answer at --ops-url: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNoContent {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10)) // what came is better than nothing
	return fmt.Errorf("not revoked: %s: %q", response.Status, firstLine(string(body)))
}

func (c *revokeCmd) request(ctx context.Context) (*http.Request, error) {
	given := []hub.Secret{}
	if c.OpsToken != "" {
		given = append(given, c.OpsToken)
	}
	tokens, err := readSecrets("ops-token", given, c.OpsTokenFile)
	if err != nil {
		return nil, err
	}
	if len(tokens) == 0 {
		return nil, errors.New("--ops-token-file: give the token that the hub was started with")
	}
	r := hub.Revocation{Token: c.TokenID, User: c.User, All: c.All}
	if c.TokenID == "" {
		r.Before = hub.At(c.Before)
		if c.Before.IsZero() {
			r.Before = hub.At(time.Now())
		}
	}
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.OpsURL+"/v1/revocations", bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("--ops-url: write it as http://host:port")
	}
	request.Header.Set("Authorization", "Bearer "+string(tokens[0]))
	return request, nil
}
