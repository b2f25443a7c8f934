package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatIsWrongNamesTheSettingAndNeverItsValue_OP_1(t *testing.T) {
	for arguments, text := range map[string]string{
		"--nope":                            "--nope: there is no such flag (see --help)",
		"--nope=secret":                     "--nope: there is no such flag (see --help)",
		"-h":                                "-h: there is no such flag (see --help)",
		"secret":                            "flags begin with -- (see --help)",
		"--port":                            "--port: needs a value",
		"--port secret":                     "--port: must be a whole number from 0 to 65535",
		"--port=-1":                         "--port: must be a whole number from 0 to 65535",
		"--port 1.5":                        "--port: must be a whole number from 0 to 65535",
		"--port 99999999999999999999":       "--port: must be a whole number from 0 to 65535",
		"--shared=yes":                      "--shared: must be true or false",
		"--ttl-seconds-max=1":               "ttlSeconds: min, default and max must ascend",
		"--capacity-default 9":              "capacity: min, default and max must ascend",
		"--capacity-max 17":                 "maxPayloadBytes: must be at least 4096 for each place of capacity.max (LM-1)",
		"--byte-burst 10":                   "byteBurst: must be at least maxPayloadBytes + 4, or the longest frame is a flood (LM-1)",
		"--queue-bytes 10":                  "queueBytes: must be at least maxPayloadBytes + 8, or nobody can be sent the longest frame (LM-1)",
		"--messages-per-second 100000":      "messagesPerSecond: times ttlSeconds.max and capacity.max it must stay below 2^31 (RM-11)",
		"--effort-bits-floor 24":            "effortBits: floor and ceiling must ascend",
		"--allowed-origins secret":          "--allowed-origins: must be origins as browsers send them, separated by commas",
		"--allowed-origins https://A.b":     "--allowed-origins: must be origins as browsers send them, separated by commas",
		"--allowed-origins https://a.b/":    "--allowed-origins: must be origins as browsers send them, separated by commas",
		"--trusted-proxies 10.0.0.1/33":     "--trusted-proxies: must be addresses, networks, or unix, separated by commas",
		"--unix-socket /secret":             "unixSocket: needs unix in trustedProxies, or shared, because it has no addresses",
		"--tls-cert /secret":                "tlsCert, tlsKey: one needs the other",
		"--redirect-listen 127.0.0.1:80":    "redirectListen: needs tlsCert",
		"--metrics-listen secret":           "--metrics-listen: must be host:port, an IPv6 address in brackets",
		"--metrics-listen ::1:9":            "--metrics-listen: must be host:port, an IPv6 address in brackets",
		"--metrics-listen 127.0.0.1:secret": "--metrics-listen: must be host:port, an IPv6 address in brackets",
		"--unix-socket /a --shared --tls-cert b --tls-key c": "tlsCert: not together with unixSocket",
		"--config /secret": "config: the file cannot be read",
	} {
		if _, _, err := Read(strings.Fields(arguments), nil); err == nil || err.Error() != text {
			t.Errorf("%s: %v", arguments, err)
		}
	}
}

func TestRM11HoldsAtItsEdge_RM_11(t *testing.T) {
	for arguments, good := range map[string]bool{
		"--ttl-seconds-max 86400 --capacity-max 6 --messages-per-second 4142": true,
		"--ttl-seconds-max 86400 --capacity-max 6 --messages-per-second 4143": false,
		"--ttl-seconds-max 4294967295 --capacity-max 2 --capacity-default 2":  false,
	} {
		if _, _, err := Read(strings.Fields(arguments), nil); (err == nil) != good {
			t.Errorf("%s: %v", arguments, err)
		}
	}
}

func TestAFlagGoesOverAVariableThatOverTheFileThatOverTheDefault_OP_1(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.json")
	if os.WriteFile(file, []byte(`{"ttlSeconds":{"max":70000,"min":"61"},"port":1,"trustedProxies":["::1","unix"]}`), 0o600) != nil {
		t.Fatal("the file cannot be written")
	}
	environment := []string{"PUG_TTL_SECONDS_MAX=71000", "PORT=2", "PUG_CONFIG=" + file, "HOME=/"}
	action, s, err := Read([]string{"--ttl-seconds-max=72000", "--shared", "--check-config"}, environment)
	if err != nil {
		t.Fatal(err)
	}
	if action != CheckConfig || s.TTLSeconds.Max != 72000 || s.TTLSeconds.Min != 61 || s.TTLSeconds.Default != 3600 ||
		s.Port != 2 || !s.Shared || len(s.TrustedProxies) != 2 {
		t.Errorf("%v %+v", action, s)
	}
	if _, s, _ = Read(nil, append(environment, "PUG_PORT=3")); s.Port != 3 || s.TTLSeconds.Max != 71000 {
		t.Errorf("%+v", s)
	}
}

func TestTheFileAndTheVariablesAreReadStrictly_OP_1(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.json")
	for text, expected := range map[string]string{
		`{"nope":1}`:                "nope in the config file: there is no such setting (see --help)",
		`{"ttlSeconds":{"nope":1}}`: "ttlSeconds.nope in the config file: there is no such setting (see --help)",
		`{"ttlSeconds":5}`:          "ttlSeconds in the config file: there is no such setting (see --help)",
		`{"port":80.5}`:             "port in the config file: must be a whole number from 0 to 65535",
		`{"port":null}`:             "port in the config file: must be a whole number from 0 to 65535",
		`[]`:                        "config: the file is not a JSON object",
		`null`:                      "config: the file is not a JSON object",
		`{`:                         "config: the file is not a JSON object",
		`{"config":"x"}`:            "config in the config file: there is no such setting (see --help)",
		`{"allowedOrigins":["x"]}`:  "allowedOrigins in the config file: must be origins as browsers send them, separated by commas",
	} {
		if os.WriteFile(file, []byte(text), 0o600) != nil {
			t.Fatal("the file cannot be written")
		}
		if _, _, err := Read([]string{"--config", file}, nil); err == nil || err.Error() != expected {
			t.Errorf("%s: %v", text, err)
		}
	}
	for variable, expected := range map[string]string{
		"PUG_NOPE=secret": "PUG_NOPE: there is no such setting (see --help)",
		"PUG_PORT=secret": "PUG_PORT: must be a whole number from 0 to 65535",
		"PORT=secret":     "PORT: must be a whole number from 0 to 65535",
		"PUG_SHARED=1":    "PUG_SHARED: must be true or false",
	} {
		if _, _, err := Read(nil, []string{variable}); err == nil || err.Error() != expected {
			t.Errorf("%s: %v", variable, err)
		}
	}
}

func TestWhatIsPrintedIsReadAgain_OP_1(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.json")
	arguments := strings.Fields("--shared --allowed-origins https://a.example,null --metrics-listen [::1]:9 --port 7 --tls-cert a --tls-key b")
	_, s, err := Read(arguments, nil)
	if err != nil || os.WriteFile(file, []byte(s.Print()), 0o600) != nil {
		t.Fatal(err)
	}
	_, again, err := Read([]string{"--config", file}, nil)
	if err != nil || again.Print() != s.Print() || !strings.Contains(s.Print(), `"metricsListen": "[::1]:9"`) {
		t.Errorf("%v\n%s\n%s", err, s.Print(), again.Print())
	}
}

func FuzzFile(f *testing.F) {
	f.Add(`{"ttlSeconds":{"max":70000},"port":1,"shared":true}`)
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "settings.json")
		if os.WriteFile(file, []byte(text), 0o600) != nil {
			t.Fatal("the file cannot be written")
		}
		if _, s, err := Read([]string{"--config", file}, nil); err == nil && s.check() != nil {
			t.Fatal("settings that do not hold together were read")
		}
	})
}
