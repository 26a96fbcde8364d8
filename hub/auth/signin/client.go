package signin

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// What an answer of the provider may take.
const (
	providerTimeout = 10 * time.Second
	maxAnswer       = 1 << 20
)

// newClient makes what talks to the provider. It keeps no connection, since people sign in
// seldom, and follows no redirect, which could carry the secret elsewhere.
func newClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: 64 << 10}
	}
	return &http.Client{
		Transport: bounded{transport},
		Timeout:   providerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it redirects; name what it redirects to")
		},
	}
}

// bounded lets no answer be longer than maxAnswer: the libraries read them whole.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, maxAnswer)
	}
	return response, err
}

// CheckIssuer returns nil if a provider may be asked there: by https, so that it is who the
// URL says, or by http on this machine.
func CheckIssuer(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("write a URL such as https://id.example.com/realms/live")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("write the URL without user, password, query and fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("use https; by http, anybody on the way could sign in as anybody")
	}
	return nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
