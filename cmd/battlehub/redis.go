package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
	"battlehub/hub/redislog"
)

// redisConfig is what a hub can be told of a shared log.
type redisConfig struct {
	RedisURL      hub.Secret          `group:"Redis" name:"redis-url" placeholder:"URL" help:"Share the log with other nodes through this Redis, 7.0 or newer: redis:// or rediss://, in go-redis' forms."`
	RedisURLFile  string              `group:"Redis" name:"redis-url-file" placeholder:"FILE" help:"Read the URL from this file, since it may hold a password."`
	RedisMode     redislog.Mode       `group:"Redis" enum:"standalone,sentinel,cluster" default:"standalone" help:"How Redis is run: standalone, sentinel or cluster."`
	RedisCAFile   string              `group:"Redis" name:"redis-ca-file" placeholder:"FILE" help:"Trust certificates of this authority (PEM) in a rediss:// URL's place. Default: the system's."`
	RedisCertFile string              `group:"Redis" placeholder:"FILE" help:"Show Redis this certificate (PEM); with --redis-key-file."`
	RedisKeyFile  string              `group:"Redis" placeholder:"FILE" help:"The certificate's key (PEM)."`
	Durability    redislog.Durability `group:"Redis" enum:"fast,disk,replicated" default:"fast" help:"Answer a webhook OK once Redis has it (fast), has synced it to disk (disk), or a replica has it, too (replicated)."`
	SpoolMax      byteSize            `group:"Redis" placeholder:"SIZE" default:"256MiB" help:"Keep up to this much in --data-dir of what Redis cannot take now."`
}

// completeRedis checks what is said of Redis and reads the URL from its file.
func (c *config) completeRedis() error {
	if c.RedisURLFile != "" {
		if c.RedisURL != "" {
			return errors.New("--redis-url-file: --redis-url is given, too; keep one of them")
		}
		text, err := os.ReadFile(c.RedisURLFile)
		if err != nil {
			return fmt.Errorf("--redis-url-file: %w", err)
		}
		c.RedisURL = hub.Secret(strings.TrimSpace(string(text)))
	}
	c.RedisMode, c.Durability = cmp.Or(c.RedisMode, redislog.Standalone), cmp.Or(c.Durability, redislog.Fast)
	switch {
	case c.RedisURL != "" && (c.RedisCertFile == "") != (c.RedisKeyFile == ""):
		return errors.New("--redis-cert-file and --redis-key-file go together")
	case c.RedisURL != "":
		return nil
	case c.RedisURLFile != "":
		return fmt.Errorf("--redis-url-file: %s is empty", c.RedisURLFile)
	case c.RedisMode != redislog.Standalone || c.RedisCAFile != "" || c.RedisCertFile != "" || c.RedisKeyFile != "":
		return errors.New("--redis-mode and the --redis-*-file flags need --redis-url")
	case c.Durability != redislog.Fast:
		return errors.New("--durability needs --redis-url: the log inside is as durable as --data-dir makes it")
	}
	return nil
}

// redisOptions are the options of every app's log, but for the app.
func (a *app) redisOptions() (redislog.Options, error) {
	c := &a.config
	certificates, err := c.redisTLS()
	return redislog.Options{
		URL: c.RedisURL, Mode: c.RedisMode, TLS: certificates, Durability: c.Durability,
		Retention: c.Retention, MaxBytes: int64(c.RetentionSize), Recent: c.Ring,
		Log: a.log, Metrics: redislog.NewMetrics(a.registry),
	}, err
}

// redisTLS reads the certificates, if any are named.
func (c *config) redisTLS() (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.RedisCAFile != "" {
		pem, err := os.ReadFile(c.RedisCAFile)
		if err != nil {
			return nil, fmt.Errorf("--redis-ca-file: %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--redis-ca-file: %s has no certificate in PEM form", c.RedisCAFile)
		}
	}
	if c.RedisCertFile != "" {
		pair, err := tls.LoadX509KeyPair(c.RedisCertFile, c.RedisKeyFile)
		if err != nil {
			return nil, fmt.Errorf("--redis-cert-file, --redis-key-file: %w", err)
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return t, nil
}

// redisLogger hands go-redis' own messages, of connections that come and go, to the log.
// What matters of them is told by redislog.
type redisLogger struct{ log *slog.Logger }

func (l redisLogger) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "go-redis: "+fmt.Sprintf(format, v...))
}

// logRedis sends go-redis' messages to log instead of to standard error. It is for the whole
// process, as go-redis has it.
func logRedis(log *slog.Logger) { redis.SetLogger(redisLogger{log}) }
