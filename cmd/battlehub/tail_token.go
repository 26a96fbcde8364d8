package main

import (
	"errors"
	"net/http"

	"battlehub/hub"
)

// tailToken is what tail shows a hub that wants to know who it is.
type tailToken struct {
	Token     hub.Secret `env:"BATTLEHUB_TOKEN" placeholder:"TOKEN" help:"Show the hub this token (JWT). battlehub token makes one."`
	TokenFile string     `env:"BATTLEHUB_TOKEN_FILE" placeholder:"FILE" help:"Read the token from this file instead."`
}

// header is what carries the token; nil without one.
func (t *tailToken) header() (http.Header, error) {
	token := t.Token
	if t.TokenFile != "" {
		if token != "" {
			return nil, errors.New("--token and --token-file (BATTLEHUB_TOKEN, BATTLEHUB_TOKEN_FILE) are both given; keep one of them")
		}
		read, err := readSecrets("token", nil, []string{t.TokenFile})
		if err != nil {
			return nil, err
		}
		if len(read) > 1 {
			return nil, errors.New("--token-file: it has several words; a token is one")
		}
		token = read[0]
	}
	if token == "" {
		return nil, nil
	}
	return http.Header{"Authorization": {"Bearer " + string(token)}}, nil
}
