package redistest_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"

	"battlehub/hub/redislog/redistest"

	"github.com/redis/go-redis/v9"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	s, config, files := redistest.StartTLS(t)
	s.Do("SET", "kept", "value")
	if err := ping(t, s.URL(), config); err != nil {
		t.Errorf("with the configuration: %v", err)
	}
	if err := ping(t, s.URL(), load(t, files)); err != nil {
		t.Errorf("with the files: %v", err)
	}
	anonymous := config.Clone()
	anonymous.Certificates = nil
	if err := ping(t, s.URL(), anonymous); err == nil {
		t.Error("a client without certificate was let in")
	}
	r := s.Replica()
	if got := r.Do("GET", "kept"); got != "value" {
		t.Errorf("GET at the replica: %v", got)
	}
}

func ping(t *testing.T, url string, config *tls.Config) error {
	t.Helper()
	opt, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	opt.TLSConfig = config
	c := redis.NewClient(opt)
	defer c.Close()
	return c.Ping(t.Context()).Err()
}

// load makes a configuration of the files, as a program does that is given their names.
func load(t *testing.T, files redistest.Files) *tls.Config {
	t.Helper()
	ca, err := os.ReadFile(files.CA)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}
}
