package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// provider is who knows the people, as its metadata describe it.
type provider struct {
	client   *http.Client
	oauth    *oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// discovery finds the provider when it is first needed, and tries again while it fails.
type discovery struct {
	opts   *OIDC
	client *http.Client

	mu     sync.Mutex
	found  *provider
	failed time.Time
	cause  error
}

// pause is how long a provider that could not be found is not looked for again, however
// many people want to sign in.
const pause = 2 * time.Second

func newDiscovery(o *OIDC) *discovery { return &discovery{opts: o, client: newClient(o.Transport)} }

// get returns the provider. It may take as long as a request to it.
func (d *discovery) get(ctx context.Context) (*provider, *failure) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.found == nil && time.Since(d.failed) > pause {
		// Whoever asked first may leave; others wait for the same answer.
		if d.found, d.cause = d.find(context.WithoutCancel(ctx)); d.cause != nil {
			d.failed = time.Now()
		}
	}
	if d.found == nil {
		return nil, unreachable(d.opts.Name, d.cause)
	}
	return d.found, nil
}

func unreachable(name string, cause error) *failure {
	return &failure{status: http.StatusBadGateway, result: resultUnavailable, title: name + " cannot be reached",
		text: "The hub gets no usable answer from it. Try again in a moment, or sign in with a token.", cause: cause}
}

// metadata is what is read of the provider's beyond what go-oidc does.
type metadata struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	Scopes        []string `json:"scopes_supported"`
	TokenAuth     []string `json:"token_endpoint_auth_methods_supported"`
}

// find fetches the provider's metadata (OpenID Connect Discovery §4).
func (d *discovery) find(ctx context.Context) (*provider, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, d.client), d.opts.Issuer)
	if _, other := errors.AsType[*oidc.IssuerMismatchError](err); other {
		return nil, fmt.Errorf("--oidc-issuer must be exactly what the provider calls itself: %w", err)
	}
	if err != nil {
		return nil, err
	}
	var m metadata
	if err := found.Claims(&m); err != nil {
		return nil, fmt.Errorf("its metadata: %w", err)
	}
	if err := m.check(d.opts.Issuer); err != nil {
		return nil, fmt.Errorf("its metadata: %w", err)
	}
	endpoint := found.Endpoint()
	endpoint.AuthStyle = m.authStyle(d.opts)
	return &provider{
		client: d.client,
		oauth: &oauth2.Config{ClientID: d.opts.ClientID, ClientSecret: string(d.opts.ClientSecret), Endpoint: endpoint,
			RedirectURL: CallbackURL(d.opts.PublicURL), Scopes: m.scopes()},
		verifier: found.Verifier(&oidc.Config{ClientID: d.opts.ClientID}),
	}, nil
}

// check refuses metadata that are incomplete, or send by http what the issuer keeps to https.
func (m *metadata) check(issuer string) error {
	onThisMachine := strings.HasPrefix(issuer, "http://")
	for _, endpoint := range []string{m.Authorization, m.Token, m.Keys} {
		u, err := url.Parse(endpoint)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !onThisMachine) {
			return errors.New("authorization_endpoint, token_endpoint and jwks_uri must be there, and by https")
		}
	}
	return nil
}

// authStyle is how the token endpoint wants the secret. By default that is Basic, but to
// escape the secret there is understood differently, so the form is taken where it may be.
func (m *metadata) authStyle(o *OIDC) oauth2.AuthStyle {
	if o.ClientSecret == "" || slices.Contains(m.TokenAuth, "client_secret_post") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// scopes asks for what may hold a user's name or groups, as far as the provider lists it:
// some refuse what they do not know.
func (m *metadata) scopes() []string {
	scopes := []string{oidc.ScopeOpenID}
	for _, scope := range []string{"profile", "email", "groups", "roles"} {
		if slices.Contains(m.Scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}
