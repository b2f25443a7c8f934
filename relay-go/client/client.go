// Package client is the web client and the documentation as they were built, inside this program byte for byte.
// `npm run build:relay-go` puts them here.
package client

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// File is one file as it is served.
type File struct {
	Type      string
	Bytes     []byte
	Gzip      func() []byte // the same, compressed when it is first asked for; nil where that is no shorter (HT-19)
	IsPage    bool
	Immutable bool // its name holds its hash, so that it can be kept for ever (HT-11)
}

var types = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".txt":         "text/plain; charset=utf-8",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".gz":          "application/gzip",
	".woff2":       "font/woff2",
	".json":        "application/json",
	".xml":         "application/xml",
	".webmanifest": "application/manifest+json",
}

var hashed = regexp.MustCompile(`-[\w-]{8,}\.\w+$`)

// Files are those of the web client by their path; `/` and `/r` are its page. None when it was not built.
func Files() map[string]File {
	files := read("dist/web", "")
	page, built := files["/index.html"]
	if !built {
		return nil
	}
	delete(files, "/index.html")
	files["/"], files["/r"] = page, page
	return files
}

// Docs are the files of the documentation by their path; a folder's page stands at the folder's path, with a slash at
// its end (HT-18). None when it was not built.
func Docs() map[string]File {
	files := read("dist/docs", "/docs")
	for name, file := range files {
		if folder, isIndex := strings.CutSuffix(name, "/index.html"); isIndex {
			files[folder+"/"] = file
			delete(files, name)
		}
	}
	return files
}

// Manifest is the SHA-256 of the client's manifest (HT-16), or "" without one.
func Manifest(files map[string]File) string {
	manifest, built := files["/manifest.txt"]
	if !built {
		return ""
	}
	hash := sha256.Sum256(manifest.Bytes)
	return hex.EncodeToString(hash[:])
}

func read(root, prefix string) map[string]File {
	files := map[string]File{}
	_ = fs.WalkDir(dist, root, func(name string, entry fs.DirEntry, _ error) error {
		if entry.IsDir() || entry.Name() == ".gitignore" {
			return nil
		}
		content, err := dist.ReadFile(name)
		if err != nil {
			return err // What is inside this program can be read.
		}
		extension := path.Ext(name)
		at := prefix + strings.TrimPrefix(name, root)
		short := func() []byte { return nil } // Trying takes a while.
		if extension != ".gz" {
			short = sync.OnceValue(func() []byte { return shorter(content) })
		}
		files[at] = File{
			Type: types[extension], Bytes: content, Gzip: short,
			IsPage:    extension == ".html",
			Immutable: strings.HasPrefix(at, prefix+"/assets/") && hashed.MatchString(at),
		}
		return nil
	})
	return files
}

// shorter is the content as gzip has it, as short as it gets, or nil.
func shorter(content []byte) []byte {
	var short bytes.Buffer
	w, _ := gzip.NewWriterLevel(&short, gzip.BestCompression) // There is such a level.
	_, _ = w.Write(content)                                   // To memory.
	_ = w.Close()
	if short.Len() >= len(content) {
		return nil
	}
	return short.Bytes()
}
