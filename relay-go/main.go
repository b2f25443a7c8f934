// Pug Network, the relay: one static binary (see README.md). It reads its settings, opens what they ask for, gives up
// every right it does not need, and serves.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"pug/relay/sandbox"
	"pug/relay/server"
	"pug/relay/settings"
)

// version is that of the root's package.json; a test holds them together.
const version = "0.1.0"

func main() { os.Exit(run(os.Args[1:])) }

func run(arguments []string) int {
	action, s, err := settings.Read(arguments, os.Environ())
	switch {
	case action == settings.Help && err == nil:
		fmt.Println(settings.Usage())
		return 0
	case action == settings.Version && err == nil:
		fmt.Println(version)
		return 0
	}
	if err == nil && action != settings.PrintConfig {
		err = server.CheckFiles(s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	switch action {
	case settings.CheckConfig:
		fmt.Println("The settings are good.")
		return 0
	case settings.PrintConfig:
		fmt.Println(s.Print())
		return 0
	}
	log, err := sandbox.KeepLog()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return server.New(s, version, log).Run(func() error { return confine(s) })
}

// confine gives up all that the settings do not need.
func confine(s *settings.Settings) error {
	needs := sandbox.Needs{Proc: s.MetricsListen != ""}
	if s.TLSCert != "" {
		needs.Read = []string{filepath.Dir(s.TLSCert), filepath.Dir(s.TLSKey)}
	}
	if s.UnixSocket != "" {
		needs.Remove = []string{filepath.Dir(s.UnixSocket)}
	}
	_, err := sandbox.Confine(needs)
	return err
}
