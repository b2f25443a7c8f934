package server

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"pug/relay/wire"
)

// redirect answers plain HTTP with the way to the TLS listener (OP-6).
func (s *Server) redirect(tlsPort int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := s.redirected(r, tlsPort)
		a.send(w, false)
	})
}

func (s *Server) redirected(r *http.Request, tlsPort int) answer {
	if exposesKey(r) {
		return keyExposed
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		a := s.problem(wire.MethodNotAllowed, nil)
		a.allow = "GET, HEAD"
		return a
	}
	host, ok := hostOf(r.Host)
	target := r.URL.RequestURI()
	if !ok || !strings.HasPrefix(target, "/") { // Behind a host, `*` or `x:.example` would be a part of its name.
		return s.problem(wire.Malformed, nil)
	}
	if tlsPort != 443 {
		host += ":" + strconv.Itoa(tlsPort)
	}
	return moved("https://" + host + target)
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$`)

// hostOf is a Host header's without its port: a host name, an IPv4 address or a bracketed IPv6 address.
func hostOf(header string) (string, bool) {
	host := header
	if name, port, err := net.SplitHostPort(header); err == nil {
		if _, wrong := strconv.ParseUint(port, 10, 16); wrong != nil {
			return "", false
		}
		host = name
		if strings.HasPrefix(header, "[") {
			host = "[" + name + "]"
		}
	}
	if inner, opened := strings.CutPrefix(host, "["); opened {
		inner, closed := strings.CutSuffix(inner, "]")
		address, err := netip.ParseAddr(inner)
		return host, closed && err == nil && address.Is6() && address.Zone() == ""
	}
	if strings.Trim(host, "0123456789.") == "" { // Digits are an address or nothing.
		address, err := netip.ParseAddr(host)
		return host, err == nil && address.Is4()
	}
	return host, len(host) <= 253 && hostName.MatchString(host)
}
