package server

import (
	"net/http"
	"strconv"
	"strings"
)

const (
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'"
	otherPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"
	robots      = "noindex, nofollow, noarchive, nosnippet, noimageindex"
	transport   = "max-age=63072000; includeSubDomains"

	notKept  = "no-store, no-transform"
	asked    = "no-cache, no-transform"
	lasting  = "public, max-age=31536000, immutable, no-transform"
	jsonType = "application/json"
)

// features are switched off in the page (HT-10).
const features = "accelerometer aria-notify autoplay browsing-topics camera captured-surface-control clipboard-read " +
	"compute-pressure deferred-fetch deferred-fetch-minimal digital-credentials-create digital-credentials-get " +
	"display-capture encrypted-media fullscreen gamepad geolocation gyroscope hid identity-credentials-get " +
	"idle-detection keyboard-map language-detector language-model local-fonts local-network local-network-access " +
	"loopback-network magnetometer microphone midi on-device-speech-recognition otp-credentials payment " +
	"picture-in-picture private-state-token-issuance private-state-token-redemption publickey-credentials-create " +
	"publickey-credentials-get screen-wake-lock serial speaker-selection storage-access summarizer sync-xhr " +
	"translator unload usb window-management xr-spatial-tracking"

var permissions = strings.ReplaceAll(features, " ", "=(), ") + "=(), clipboard-write=(self), web-share=(self)"

// pageHeaders are those of a page besides its type, length and date (HT-10).
var pageHeaders = map[string]string{
	"Content-Security-Policy":      pagePolicy,
	"Integrity-Policy":             "blocked-destinations=(script)",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Origin-Agent-Cluster":         "?1",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"X-Robots-Tag":                 robots,
	"X-DNS-Prefetch-Control":       "off",
	"Permissions-Policy":           permissions,
}

// otherHeaders are those of every other answer (HT-11).
var otherHeaders = map[string]string{
	"Content-Security-Policy":      otherPolicy,
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Robots-Tag":                 robots,
}

// answer is what is sent back.
type answer struct {
	status  int
	kind    string // Content-Type
	body    []byte
	headers map[string]string
	caching string
	// Sent only where they are not empty.
	allow, location string
}

func text(status int, body string) answer {
	return answer{status, "text/plain; charset=utf-8", []byte(body), otherHeaders, notKept, "", ""}
}

func object(status int, body string) answer {
	return answer{status, jsonType, []byte(body), otherHeaders, notKept, "", ""}
}

// moved says where the same thing is for good.
func moved(to string) answer {
	return answer{http.StatusPermanentRedirect, "", nil, otherHeaders, notKept, "", to}
}

// send writes an answer. To HEAD it is sent without its body (HT-9).
func (a answer) send(w http.ResponseWriter, overTLS bool) {
	header := w.Header()
	for name, value := range a.headers {
		header[name] = []string{value} // Spelt as the specification spells it.
	}
	header.Set("Cache-Control", a.caching)
	if a.kind != "" {
		header.Set("Content-Type", a.kind)
	}
	header.Set("Content-Length", strconv.Itoa(len(a.body)))
	if a.allow != "" {
		header.Set("Allow", a.allow)
	}
	if a.location != "" {
		header.Set("Location", a.location)
	}
	if overTLS {
		header.Set("Strict-Transport-Security", transport)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // Whoever went does not need it any more.
}
