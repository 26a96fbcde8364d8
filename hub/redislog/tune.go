package redislog

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// urlError tells what is wrong with a URL without showing it: it has the password in it.
func urlError(err error) error {
	if parsing, ok := errors.AsType[*url.Error](err); ok {
		err = parsing.Err
	}
	return fmt.Errorf("redis url: %w", err)
}

// tune sets what a URL cannot know. Retries are the log's own business: go-redis would
// send an append again that has only lost its answer, under its own rules and in its own
// time. What else a URL sets stays.
func tune(opt *redis.Options, o *Options, p profile) {
	opt.MaxRetries, opt.DialerRetries = -1, 1
	opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout, opt.PoolTimeout = dialTimeout, p.timeout, p.timeout, p.timeout
	opt.Protocol, opt.PoolSize, opt.ClientName, opt.DisableIdentity = p.protocol, p.pool, "battlehub", true
	opt.TLSConfig = withCertificates(opt.TLSConfig, o.TLS)
	opt.Dialer, opt.OnConnect = dialer(opt.TLSConfig, p), requireMaster
	opt.MaintNotificationsConfig = noNotifications()
}

func tuneFailover(opt *redis.FailoverOptions, o *Options, p profile) {
	opt.MaxRetries, opt.DialerRetries = -1, 1
	opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout, opt.PoolTimeout = dialTimeout, p.timeout, p.timeout, p.timeout
	opt.Protocol, opt.PoolSize, opt.ClientName, opt.DisableIdentity = p.protocol, p.pool, "battlehub", true
	opt.TLSConfig = withCertificates(opt.TLSConfig, o.TLS)
	opt.Dialer, opt.OnConnect = dialer(opt.TLSConfig, p), requireMaster
}

func tuneCluster(opt *redis.ClusterOptions, o *Options, p profile) {
	opt.MaxRetries, opt.DialerRetries = -1, 1
	opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout, opt.PoolTimeout = dialTimeout, p.timeout, p.timeout, p.timeout
	opt.Protocol, opt.PoolSize, opt.ClientName, opt.DisableIdentity = p.protocol, p.pool, "battlehub", true
	opt.TLSConfig = withCertificates(opt.TLSConfig, o.TLS)
	// No requireMaster: go-redis asks replicas, too, who owns which slot.
	opt.Dialer = dialer(opt.TLSConfig, p)
	opt.MaintNotificationsConfig = noNotifications()
}

// noNotifications switches off a handshake for a service that announces its maintenance.
func noNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// withCertificates adds what the options know of certificates to what the URL asks for;
// only a rediss:// URL asks for TLS. The name that a certificate must have is left to the
// dialer: go-redis would take the URL's host for it, which behind Sentinel or in a Cluster
// is another server.
func withCertificates(url, own *tls.Config) *tls.Config {
	if url == nil {
		return nil
	}
	merged := &tls.Config{MinVersion: tls.VersionTLS12}
	if own != nil {
		merged = own.Clone()
	}
	merged.InsecureSkipVerify = url.InsecureSkipVerify
	return merged
}
