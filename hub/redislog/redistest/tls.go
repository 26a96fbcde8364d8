package redistest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Files are the PEM files that a client of a TLS server needs: the CA's certificate, and
// a client certificate with its key.
type Files struct {
	CA, Cert, Key string
}

// identity is what the server of StartTLS and its clients show each other.
type identity struct {
	server, client Files
	config         *tls.Config // the clients'
}

// StartTLS starts a server that speaks TLS only, and only with clients that show a
// certificate of its CA. It returns what such a client needs, as a configuration and as
// files. The arguments are as for Start.
func StartTLS(t testing.TB, args ...string) (*Server, *tls.Config, Files) {
	t.Helper()
	id := newIdentity(t)
	s := start(t, setup{conf: dataConf(), args: args, tls: id})
	return s, id.config.Clone(), id.client
}

// conf configures a server with the identity. Its replicas use TLS as well.
func (id *identity) conf() []string {
	return []string{
		"port 0",
		"tls-cert-file " + id.server.Cert,
		"tls-key-file " + id.server.Key,
		"tls-ca-cert-file " + id.server.CA,
		"tls-auth-clients yes",
		"tls-replication yes",
	}
}

func newIdentity(t testing.TB) *identity {
	t.Helper()
	ca := newAuthority(t)
	id := &identity{server: ca.issue("server"), client: ca.issue("client")}
	pair, err := tls.LoadX509KeyPair(id.client.Cert, id.client.Key)
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca.cert)
	id.config = &tls.Config{
		RootCAs:      roots,
		Certificates: []tls.Certificate{pair},
		ServerName:   "127.0.0.1",
		MinVersion:   tls.VersionTLS12,
	}
	return id
}

// authority is a CA for one test.
type authority struct {
	t    testing.TB
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	ca := &authority{t: t, dir: t.TempDir(), key: newKey(t)}
	template := certificate("CA", 1)
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign
	ca.cert = ca.sign(template, template, ca.key)
	ca.file = ca.write("ca.crt", "CERTIFICATE", ca.cert.Raw)
	return ca
}

// issue makes a certificate for 127.0.0.1 that is good for both ends of a connection,
// since a replica shows its server certificate as a client.
func (ca *authority) issue(name string) Files {
	ca.t.Helper()
	key := newKey(ca.t)
	template := certificate(name, 2)
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	cert := ca.sign(template, ca.cert, key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		ca.t.Fatalf("redistest: %v", err)
	}
	return Files{
		CA:   ca.file,
		Cert: ca.write(name+".crt", "CERTIFICATE", cert.Raw),
		Key:  ca.write(name+".key", "PRIVATE KEY", der),
	}
}

// sign makes the certificate of the key's owner.
func (ca *authority) sign(template, issuer *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	ca.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, ca.key)
	if err != nil {
		ca.t.Fatalf("redistest: %v", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		ca.t.Fatalf("redistest: %v", err)
	}
	return cert
}

func (ca *authority) write(name, kind string, der []byte) string {
	ca.t.Helper()
	path := filepath.Join(ca.dir, name)
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		ca.t.Fatalf("redistest: %v", err)
	}
	return path
}

// certificate is what all certificates have in common.
func certificate(name string, serial int64) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	return key
}
