package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// configFile is a YAML file whose keys are the flags of serve. Kong resolves a flag from
// it that neither the command line nor the environment sets.
type configFile map[string]any

// loadConfigFile reads a configuration file for kong.
func loadConfigFile(r io.Reader) (kong.Resolver, error) {
	file := configFile{}
	if err := yaml.NewDecoder(r).Decode(&file); err != nil && err != io.EOF {
		return nil, fmt.Errorf("configuration file: %w", err)
	}
	return file, nil
}

// Validate refuses keys that are not flags of serve: a misspelt setting must not pass in
// silence. Kong calls it.
func (f configFile) Validate(app *kong.Application) error {
	var known []string
	for _, node := range app.Children {
		if node.Name == "serve" {
			for _, flag := range node.Flags {
				known = append(known, flag.Name)
			}
		}
	}
	for key := range f {
		if key == "config" || !slices.Contains(known, key) {
			return fmt.Errorf("configuration file: there is no setting %q; battlehub serve --help lists them", key)
		}
	}
	return nil
}

// Resolve implements kong.Resolver.
func (f configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, env := range flag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	value, found := f[flag.Name]
	if found && value == nil {
		return nil, fmt.Errorf("configuration file: %s has no value; leave it out for the default", flag.Name)
	}
	return value, nil
}

// appList is the apps of a configuration file.
type appList []appConfig

// Decode reads the value of apps, strictly. Kong calls it.
func (l *appList) Decode(ctx *kong.DecodeContext) error {
	value := ctx.Scan.Pop().Value
	if kind := reflect.ValueOf(value).Kind(); kind != reflect.Slice {
		return fmt.Errorf("apps: write a list in the configuration file, each with its sdkappid")
	}
	text, err := yaml.Marshal(value)
	if err != nil {
		return fmt.Errorf("apps: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode((*[]appConfig)(l)); err != nil {
		// The library's text may quote values, tokens among them; its first line does not.
		return fmt.Errorf("apps: each has sdkappid, and as lists webhook-token, webhook-token-file, usersig-key and usersig-key-file: %s", firstLine(err.Error()))
	}
	return nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
