package sshsig

import (
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestAllowedSigners(t *testing.T) {
	signer := newToken(1)
	key, sig := line(signer.PublicKey()), sign(t, signer, namespace)
	for name, c := range map[string]struct{ file, who, why string }{
		"plain":                    {"ann@example.org KEY", "ann@example.org", ""},
		"several, with a comment":  {"# who may\n\nann@example.org,ann@example.net KEY ann's token\n", "ann@example.org,ann@example.net", ""},
		"quoted principals":        {`"ann of example" KEY`, "ann of example", ""},
		"tabs and CR":              {"ann\tKEY\r\n", "ann", ""},
		"namespace":                {`ann namespaces="file,drill.ethkey" KEY`, "ann", ""},
		"namespace by pattern":     {`ann namespaces="*.ethkey" KEY`, "ann", ""},
		"another namespace":        {`ann namespaces="file" KEY`, "", "may not sign for drill.ethkey"},
		"negated namespace":        {`ann namespaces="*,!drill.*" KEY`, "", "may not sign for"},
		"in time":                  {`ann valid-after="20260101",valid-before="20270101Z" KEY`, "ann", ""},
		"too early":                {`ann valid-after="20270101" KEY`, "", "only after 20270101"},
		"too late":                 {`ann valid-before="20261120115959Z" KEY`, "", "only before"},
		"the next line allows it":  {"ann valid-before=\"2020010100\" KEY", "", "expected a time"},
		"first no, then yes":       {"ann valid-before=\"20200101\" KEY\nbob KEY", "bob", ""},
		"authority":                {`ann cert-authority KEY`, "", "certificates are not accepted"},
		"unknown option":           {`ann no-touch-required KEY`, "", "unknown option"},
		"an option twice":          {`ann namespaces="file",Namespaces="*" KEY`, "", "namespaces stands twice"},
		"a time twice":             {`ann valid-before="20200101",valid-before="20300101" KEY`, "", "valid-before stands twice"},
		"option without a value":   {`ann namespaces KEY`, "", "expected at least one"},
		"option without its quote": {`ann namespaces=file KEY`, "", "options"},
		"open quote":               {`ann namespaces="file KEY`, "", "not closed"},
		"no principals":            {"KEY", "", "line 1"},
		"no key":                   {"ann ssh-ed25519", "", "not base64"},
		"key of another type":      {"ann " + strings.Replace(key, "sk-ssh-ed25519@openssh.com", "ssh-ed25519", 1), "", "one of the type"},
		"nobody":                   {"# nobody yet\n", "", "names nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			allowed, err := ParseAllowedSigners([]byte(strings.ReplaceAll(c.file, "KEY", key)))
			if err == nil {
				var who string
				if who, err = Verify(message, sig, namespace, allowed, noon); who != c.who {
					t.Errorf("signed by %q, %v", who, err)
				}
			}
			if c.why == "" && err != nil || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
				t.Error(err)
			}
		})
	}
}

func TestTimesWithoutZAreOfTheZone(t *testing.T) {
	signer := newToken(1)
	sig := sign(t, signer, namespace)
	allowed := allow(t, `ann valid-after="202611201300" %s`, line(signer.PublicKey()))
	if _, err := Verify(message, sig, namespace, allowed, noon); fault.KindOf(err) != fault.Integrity || err == nil {
		t.Error("noon UTC is after 13:00 UTC:", err)
	}
	if _, err := Verify(message, sig, namespace, allowed, noon.In(time.FixedZone("east", 2*3600))); err != nil {
		t.Error("14:00 is after 13:00 two hours east:", err)
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		s, pattern string
		want       bool
	}{
		{"file", "file", true}, {"file", "fil", false}, {"file", "files", false}, {"file", "*", true}, {"", "*", true},
		{"file", "f??e", true}, {"file", "f?e", false}, {"a.b.c", "a.*.c", true}, {"abcbc", "a*bc", true}, {"abcbd", "a*bc", false},
		{"file", "", false}, {"", "", true}, {"", "?", false},
	} {
		if got := match(c.s, c.pattern); got != c.want {
			t.Errorf("match(%q, %q) = %v", c.s, c.pattern, got)
		}
	}
}
