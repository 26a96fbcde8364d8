package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"battlehub/hub"
	"battlehub/webhook"
)

// secrets are the values of a repeatable flag. Unlike a plain list, they cannot be empty by
// mistake: a variable that should hold the token and holds nothing would otherwise let
// unsigned webhooks in.
type secrets []hub.Secret

// Decode implements kong.MapperValue. That none is empty is checked later: kong would add the
// whole variable to the error, with the others.
func (s *secrets) Decode(ctx *kong.DecodeContext) error {
	texts, err := textsOf(ctx)
	for _, text := range texts {
		*s = append(*s, hub.Secret(text))
	}
	return err
}

// textsOf reads the values of a repeatable flag, the empty ones too, which kong drops. A
// comma separates several, as in an environment variable.
func textsOf(ctx *kong.DecodeContext) (texts []string, err error) {
	switch v := ctx.Scan.Pop().Value.(type) {
	case string:
		return strings.Split(v, ","), nil
	case []any:
		for _, item := range v {
			texts = append(texts, fmt.Sprint(item))
		}
		return texts, nil
	default:
		return nil, errors.New("write a text or a list of texts")
	}
}

func emptySecret(flag string) error {
	return fmt.Errorf("--%s: it is empty; set it, or leave it out to go without", flag)
}

// readSecrets returns the secrets that are given, and after them those in files, one a line.
// The flag is that of the former; that of the latter is called the same, with -file.
func readSecrets(flag string, given []hub.Secret, files []string) ([]hub.Secret, error) {
	for _, path := range files {
		more, err := webhook.ReadTokens(path)
		if err != nil {
			return nil, fmt.Errorf("--%s-file: %w", flag, err)
		}
		given = append(given, more...)
	}
	if slices.Contains(given, "") {
		return nil, emptySecret(flag)
	}
	return given, nil
}
