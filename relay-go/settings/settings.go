// Package settings reads what the operator wants: flags, variables, a file, defaults (OP-1).
package settings

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"

	"pug/relay/wire"
)

// Settings are all settings in effect. A text or list that is empty is off.
type Settings struct {
	wire.Policy
	Host           string
	Port           uint32
	UnixSocket     string
	TLSCert        string
	TLSKey         string
	RedirectListen string
	MetricsListen  string
	AllowedOrigins []string
	TrustedProxies []string
	Shared         bool
	DrainSeconds   uint32
	EffortBits     struct{ Min, Max uint32 }

	MaxRooms, MaxPendingRooms, MaxSockets, MaxUnjoinedPerPrefix uint32
	MaxQueuedBytes                                              uint64
}

// Action is what the command line asks for.
type Action string

// What can be asked for besides running.
const (
	Run         Action = ""
	Help        Action = "help"
	Version     Action = "version"
	CheckConfig Action = "check-config"
	PrintConfig Action = "print-config"
)

var actions = []Action{Help, Version, CheckConfig, PrintConfig}

// Read reads the command line and the environment (as os.Environ has it). An error names the setting and never its
// value (OP-1).
func Read(arguments, environment []string) (Action, *Settings, error) {
	flags, action, err := readFlags(arguments)
	if err != nil {
		return action, nil, err
	}
	variables, err := readVariables(environment)
	if err != nil {
		return action, nil, err
	}
	path := cmp.Or(flags["config"], variables["config"])
	file, err := readFile(path)
	if err != nil {
		return action, nil, err
	}
	s := &Settings{AllowedOrigins: []string{}, TrustedProxies: []string{}}
	for _, row := range table() {
		if row.standard != "" {
			row.form.read(s, row.standard)
		}
		for _, source := range []struct {
			name   string
			values map[string]string
		}{{row.key + " in the config file", file}, {variables["as "+row.key], variables}, {"--" + flagName(row.key), flags}} {
			if value, given := source.values[row.key]; given && !row.form.read(s, value) {
				return action, nil, errors.New(source.name + ": " + row.form.must)
			}
		}
	}
	return action, s, s.check()
}

// flagName is the name of a setting as a flag: ttlSeconds.max is ttl-seconds-max.
func flagName(key string) string {
	var name strings.Builder
	for _, letter := range key {
		switch {
		case letter == '.':
			name.WriteByte('-')
		case letter >= 'A' && letter <= 'Z':
			name.WriteByte('-')
			name.WriteRune(letter - 'A' + 'a')
		default:
			name.WriteRune(letter)
		}
	}
	return name.String()
}

func variableName(key string) string {
	return "PUG_" + strings.ToUpper(strings.ReplaceAll(flagName(key), "-", "_"))
}

func unknown(name string) error { return errors.New(name + ": there is no such setting (see --help)") }

func readFlags(arguments []string) (values map[string]string, action Action, err error) {
	values = map[string]string{}
	for at := 0; at < len(arguments); at++ {
		name, isFlag := strings.CutPrefix(arguments[at], "--")
		if !isFlag && !strings.HasPrefix(arguments[at], "-") {
			return nil, action, errors.New("flags begin with -- (see --help)")
		}
		if isFlag && slices.Contains(actions, Action(name)) {
			action = cmp.Or(action, Action(name))
			continue
		}
		name, value, given := strings.Cut(name, "=")
		row := slices.IndexFunc(table(), func(row setting) bool { return flagName(row.key) == name })
		if !isFlag || (row < 0 && name != "config") {
			return nil, action, errors.New(strings.SplitN(arguments[at], "=", 2)[0] + ": there is no such flag (see --help)")
		}
		key := "config"
		if row >= 0 {
			key = table()[row].key
		}
		switch {
		case given:
		case row >= 0 && table()[row].form.isBool:
			value = "true"
		case at+1 < len(arguments):
			at++
			value = arguments[at]
		default:
			return nil, action, errors.New("--" + name + ": needs a value")
		}
		values[key] = value
	}
	return values, action, nil
}

// readVariables also keeps, as "as <key>", the name under which each value was given.
func readVariables(environment []string) (map[string]string, error) {
	values := map[string]string{}
	keys := map[string]string{"PUG_CONFIG": "config"}
	for _, row := range table() {
		keys[variableName(row.key)] = row.key
	}
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		key, known := keys[name]
		switch {
		case known:
			values[key], values["as "+key] = value, name
		case strings.HasPrefix(name, "PUG_"):
			return nil, unknown(name)
		case name == "PORT" && values["as port"] == "":
			values["port"], values["as port"] = value, name
		}
	}
	return values, nil
}

func readFile(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New("config: the file cannot be read")
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(bytes, &object) != nil || object == nil {
		return nil, errors.New("config: the file is not a JSON object")
	}
	values := map[string]string{}
	return values, flatten(values, "", object)
}

// flatten turns {"ttlSeconds":{"max":1}} into ttlSeconds.max, and each value into the text it would have as a flag.
func flatten(values map[string]string, prefix string, object map[string]json.RawMessage) error {
	rows := table()
	for name, value := range object {
		key := prefix + name
		var inner map[string]json.RawMessage
		isGroup := slices.ContainsFunc(rows, func(row setting) bool { return strings.HasPrefix(row.key, key+".") })
		if isGroup && json.Unmarshal(value, &inner) == nil && inner != nil {
			if err := flatten(values, key+".", inner); err != nil {
				return err
			}
			continue
		}
		if !slices.ContainsFunc(rows, func(row setting) bool { return row.key == key }) {
			return unknown(key + " in the config file")
		}
		values[key] = asText(value)
	}
	return nil
}

func asText(value json.RawMessage) string {
	var text string
	var list []string
	if json.Unmarshal(value, &text) == nil && string(value) != "null" {
		return text
	}
	if json.Unmarshal(value, &list) == nil && list != nil {
		return strings.Join(list, ",")
	}
	return string(value)
}
