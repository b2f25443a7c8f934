package server

import (
	"crypto/tls"
	"errors"
	"net/http"
	"os"
	"sync/atomic"

	"pug/relay/settings"
)

// noHTTP2: a WebSocket begins in HTTP/1.1, and everything else here is small.
var noHTTP2 = map[string]func(*http.Server, *tls.Conn, http.Handler){}

var (
	errUnreadable = errors.New("a file cannot be read")
	errUnusable   = errors.New("must be a certificate and its own key, both in PEM")
)

// CheckFiles reads the files that the settings name (OP-1, OP-4).
func CheckFiles(s *settings.Settings) error {
	if s.TLSCert == "" {
		return nil
	}
	if _, err := readPair(s); err != nil {
		return errors.New("tlsCert, tlsKey: " + err.Error())
	}
	return nil
}

func readPair(s *settings.Settings) (*tls.Certificate, error) {
	cert, noCert := os.ReadFile(s.TLSCert)
	key, noKey := os.ReadFile(s.TLSKey)
	if noCert != nil || noKey != nil {
		return nil, errUnreadable
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, errUnusable
	}
	return &pair, nil
}

// shown is the certificate that connections are shown, which can be exchanged (OP-5).
type shown struct {
	pair atomic.Pointer[tls.Certificate]
}

func (c *shown) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.pair.Load(), nil },
	}
}

// reload reads both files again. A pair that will not do is refused, and the old one stays (OP-5).
func (s *Server) reload(shown *shown) {
	pair, err := readPair(s.settings)
	switch err {
	case nil:
		shown.pair.Store(pair)
		s.log.info("tls_reloaded")
	case errUnreadable:
		s.log.error("tls_refused", field{"code", "unreadable"})
	default:
		s.log.error("tls_refused", field{"code", "unusable"})
	}
}
