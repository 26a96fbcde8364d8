package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// What a fetch of published keys may take.
const (
	fetchTimeout = 5 * time.Second
	maxKeySet    = 1 << 20
	maxRedirects = 3
)

// CheckJWKSURL returns nil if keys may be fetched from a URL: by https, so that they are
// whose the URL says, or by http on this machine.
func CheckJWKSURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("write a URL such as https://id.example.com/.well-known/jwks.json")
	case u.User != nil || u.Fragment != "":
		return errors.New("write the URL without user, password and fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("use https; by http, anybody on the way could put in keys of their own")
	}
	return nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// newFetchClient makes what fetches keys. It keeps no connection: it is used every quarter
// of an hour, and nothing of it may be left when the hub stops.
func newFetchClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: stayOnHost,
	}
}

// stayOnHost refuses redirects to elsewhere: the operator trusts the host that was named.
func stayOnHost(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if r.URL.Scheme != first.Scheme || r.URL.Host != first.Host {
		return errors.New("it redirects to another host; name that one if it is to be trusted")
	}
	if len(via) > maxRedirects {
		return errors.New("it redirects too often")
	}
	return nil
}

// fetchResult is what came of a fetch. Its text is a metric label.
type fetchResult string

const (
	fetchOK          fetchResult = "ok"
	fetchUnreachable fetchResult = "unreachable" // no answer, not in time, or a redirect to elsewhere
	fetchStatus      fetchResult = "status"      // an answer other than 200
	fetchContent     fetchResult = "content"     // too big, or not a JWKS
)

var fetchResults = []fetchResult{fetchOK, fetchUnreachable, fetchStatus, fetchContent}

// fetchKeySet gets a JWKS. Errors leave the URL out, whose query may be private.
func fetchKeySet(ctx context.Context, client *http.Client, from string) (*keySet, fetchResult, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, fetchUnreachable, errors.New("the URL is not one") // CheckJWKSURL has seen it
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := client.Do(request)
	if err != nil {
		if at, ok := errors.AsType[*url.Error](err); ok {
			err = at.Err
		}
		return nil, fetchUnreachable, fmt.Errorf("no answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fetchStatus, fmt.Errorf("it answered %d instead of 200", response.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxKeySet+1))
	if err != nil {
		return nil, fetchUnreachable, fmt.Errorf("the answer broke off: %w", err)
	}
	if len(text) > maxKeySet {
		return nil, fetchContent, fmt.Errorf("the answer is over %d bytes", maxKeySet)
	}
	set, err := readKeySet(text)
	if err != nil {
		return nil, fetchContent, err
	}
	return set, fetchOK, nil
}
