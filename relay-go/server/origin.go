package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// isOwnOrigin judges the page that a browser says a request is from (HT-15). Without an Origin there is none.
func (s *Server) isOwnOrigin(r *http.Request) bool {
	origins := r.Header["Origin"]
	if len(origins) == 0 {
		return true
	}
	if len(origins) > 1 {
		return false
	}
	if slices.Contains(s.settings.AllowedOrigins, origins[0]) {
		return true
	}
	scheme, host, isOne := strings.Cut(origins[0], "://")
	standard, known := standardPorts[scheme]
	if !isOne || !known || (s.overTLS && scheme != "https") {
		return false
	}
	// A proxy may have ended TLS, so that the scheme of the request says nothing about that of the page.
	own := strings.ToLower(r.Host)
	return host != "" && (host == own || host+standard == own)
}

var standardPorts = map[string]string{"http": ":80", "https": ":443"}

// proxies are those whose X-Forwarded-For is believed (LM-5).
type proxies struct {
	unix     bool
	networks []netip.Prefix
}

func newProxies(names []string) proxies {
	var p proxies
	for _, name := range names {
		if name == "unix" {
			p.unix = true
		} else if network, err := netip.ParsePrefix(name); err == nil {
			p.networks = append(p.networks, network)
		} else if address, err := netip.ParseAddr(name); err == nil {
			p.networks = append(p.networks, netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()))
		}
	}
	return p
}

func (p proxies) trusts(address netip.Addr) bool {
	if !address.IsValid() {
		return p.unix
	}
	return slices.ContainsFunc(p.networks, func(network netip.Prefix) bool {
		return network.Contains(address.WithZone(""))
	})
}

// addressOf is whom a request is from, as far as that says anything: on a shared listener it says nothing (LM-6).
func (s *Server) addressOf(r *http.Request) netip.Addr {
	if s.settings.Shared {
		return netip.Addr{}
	}
	return s.proxies.addressOf(r)
}

// addressOf is where a request comes from: its connection's end, or, as long as that is a proxy that is believed, whom it
// names. On a unix socket there is no address.
func (p proxies) addressOf(r *http.Request) netip.Addr {
	address := parseAddress(r.RemoteAddr)
	chain := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for at := len(chain) - 1; at >= 0 && p.trusts(address); at-- {
		named := parseAddress(strings.TrimSpace(chain[at]))
		if !named.IsValid() {
			break
		}
		address = named
	}
	return address
}

// parseAddress reads an address with or without a port; what is none is invalid.
func parseAddress(text string) netip.Addr {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	address, _ := netip.ParseAddr(strings.Trim(text, "[]"))
	return address.Unmap()
}
