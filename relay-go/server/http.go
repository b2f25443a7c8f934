package server

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"io"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"pug/relay/client"
	"pug/relay/wire"
)

//go:embed exposed.html
var exposedPage []byte

// keyExposed is LK-8's answer: the path is not looked at any further.
var keyExposed = answer{400, "text/html; charset=utf-8", exposedPage, exposedHeaders(), notKept, "", ""}

// exposedHeaders are those of every other answer, and leave for the page's own style (HT-11).
func exposedHeaders() map[string]string {
	_, rest, _ := bytes.Cut(exposedPage, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	hash := sha256.Sum256(style)
	return with(otherHeaders, "Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+
		base64.StdEncoding.EncodeToString(hash[:])+"'; frame-ancestors 'none'; sandbox")
}

func with(headers map[string]string, name, value string) map[string]string {
	headers = maps.Clone(headers)
	headers[name] = value
	return headers
}

// ServeHTTP answers a request, unless it becomes a WebSocket.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if recover() != nil {
			s.counts.faults.Add(1)
			s.log.fault("http")
			s.problem(wire.Internal, nil).send(w, s.overTLS)
		}
	}()
	if a := s.answer(w, r); a != nil {
		a.send(w, s.overTLS)
	}
}

func (s *Server) problem(problem wire.Problem, challenge *wire.Challenge) answer {
	a := object(problem.Status, problem.Encode(challenge))
	a.kind = "application/problem+json"
	return a
}

func (s *Server) refuse(problem wire.Problem) *answer {
	a := s.problem(problem, nil)
	return &a
}

type handler struct {
	methods string // as Allow names them
	answer  func(w http.ResponseWriter, r *http.Request) *answer
}

// routes are the known paths (HT-9); paths are compared as they were sent.
func (s *Server) routes() map[string]handler {
	const reading = "GET, HEAD"
	routes := map[string]handler{
		"/api/v1/challenge": {reading, s.getChallenge},
		"/api/v1/policy":    {reading, fixed(object(200, s.settings.Policy.Encode()))},
		"/api/v1/rooms":     {"POST", s.postRoom},
		"/healthz":          {reading, fixed(text(200, "ok"))},
		"/readyz":           {reading, s.getReady},
		"/version":          {reading, fixed(object(200, s.versionText()))},
		"/ws":               {reading, s.upgrade},
	}
	for path, file := range s.client {
		routes[path] = handler{reading, served(file, notKept)}
	}
	for path, file := range s.docs {
		routes[path] = handler{reading, served(file, asked)}
		if folder, isFolder := strings.CutSuffix(path, "/"); isFolder {
			routes[folder] = handler{reading, fixed(moved(path))}
		}
	}
	return routes
}

func fixed(a answer) func(http.ResponseWriter, *http.Request) *answer {
	return func(http.ResponseWriter, *http.Request) *answer { return &a }
}

// served is how a file is answered; a page is kept by browsers only as `page` says.
func served(file client.File, page string) func(http.ResponseWriter, *http.Request) *answer {
	whole := answer{200, file.Type, file.Bytes, otherHeaders, notKept, "", ""}
	switch {
	case file.IsPage:
		whole.headers, whole.caching = pageHeaders, page
	case file.Immutable:
		whole.caching = lasting
	}
	varying := with(whole.headers, "Vary", "Accept-Encoding")
	compressed := with(varying, "Content-Encoding", "gzip")
	return func(_ http.ResponseWriter, r *http.Request) *answer {
		short, a := file.Gzip(), whole
		if short == nil {
			return &a
		}
		a.headers = varying
		if takesGzip(strings.Join(r.Header.Values("Accept-Encoding"), ",")) {
			a.body, a.headers = short, compressed
		}
		return &a
	}
}

var gzipNamed = regexp.MustCompile(`(?i)(?:^|,)[ \t]*gzip[ \t]*(?:;[ \t]*q=([\d.]+)[ \t]*)?(?:,|$)`)

// takesGzip tells whether gzip is named, with a weight that is not 0 (HT-19; RFC 9110, section 12.5.3).
func takesGzip(accepted string) bool {
	named := gzipNamed.FindStringSubmatch(accepted)
	if named == nil || named[1] == "" {
		return named != nil
	}
	weight, err := strconv.ParseFloat(named[1], 64)
	return err == nil && weight > 0
}

func (s *Server) versionText() string {
	text := `{"version":"` + s.version + `","protocol":1`
	if manifest := client.Manifest(s.client); manifest != "" {
		text += `,"manifest":"` + manifest + `"`
	}
	return text + `}`
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) *answer {
	if r.Header.Get("Service-Worker") == "script" {
		return s.refuse(wire.ServiceWorkerRefused)
	}
	if exposesKey(r) {
		return &keyExposed
	}
	route, known := s.paths[r.URL.EscapedPath()]
	if !known {
		return s.refuse(wire.NothingHere)
	}
	if !allows(route.methods, r.Method) {
		a := s.refuse(wire.MethodNotAllowed)
		a.allow = route.methods
		return a
	}
	return route.answer(w, r)
}

// exposesKey tells whether the path or the query holds a fragment (LK-8).
func exposesKey(r *http.Request) bool {
	return strings.Contains(r.RequestURI, "%23") || strings.Contains(r.RequestURI, "#")
}

func allows(methods, method string) bool {
	for allowed := range strings.SplitSeq(methods, ", ") {
		if allowed == method {
			return true
		}
	}
	return false
}

func (s *Server) getReady(http.ResponseWriter, *http.Request) *answer {
	a := text(200, "ready")
	if s.draining.Load() {
		a = text(503, "draining")
	}
	return &a
}

func (s *Server) getChallenge(_ http.ResponseWriter, r *http.Request) *answer {
	if !s.isOwnOrigin(r) {
		return s.refuse(wire.OriginRefused)
	}
	a := object(200, s.hub.challenge(s.addressOf(r)).Encode())
	return &a
}

func (s *Server) postRoom(_ http.ResponseWriter, r *http.Request) *answer {
	created, problem := s.createRoom(r)
	if problem == nil {
		s.counts.creations.add("created")
		a := object(201, created.Encode())
		return &a
	}
	s.counts.creations.add(problem.Code)
	var fresh *wire.Challenge
	if problem.Status == 400 || problem.Status == 409 { // PW-14
		challenge := s.hub.challenge(s.addressOf(r))
		fresh = &challenge
	}
	a := s.problem(*problem, fresh)
	return &a
}

// createRoom judges the request before its body, and the body as PW-9 has it.
func (s *Server) createRoom(r *http.Request) (wire.Created, *wire.Problem) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case !s.isOwnOrigin(r):
		return wire.Created{}, &wire.OriginRefused
	case s.draining.Load():
		return wire.Created{}, &wire.Draining
	case err != nil || kind != jsonType:
		return wire.Created{}, &wire.MediaType
	case r.ContentLength > wire.MaxBodyBytes:
		return wire.Created{}, &wire.BodyTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, wire.MaxBodyBytes+1))
	switch {
	case len(body) > wire.MaxBodyBytes:
		return wire.Created{}, &wire.BodyTooLarge
	case err != nil:
		return wire.Created{}, &wire.Malformed
	}
	return s.hub.create(string(body), s.addressOf(r))
}
