package keyfolder

import (
	"fmt"
	"strings"
	"testing"
)

// What the clients' libraries write, in the forms that people keep.
func TestYAML(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []map[string]string // null is absent
	}{
		"empty":        {"", nil},
		"empty list":   {"---\n[]\n", nil},
		"comments":     {"# a\n---\n  # b\n", nil},
		"mapping":      {"type: \"file-keystore\"\nkeyType: BLS\n", []map[string]string{{"type": "file-keystore", "keyType": "BLS"}}},
		"documents":    {"a: 1\n---\na: 2\n...\n", []map[string]string{{"a": "1"}, {"a": "2"}}},
		"sequence":     {"---\n- enabled: true\n  b: x y\n- enabled: false\n", []map[string]string{{"enabled": "true", "b": "x y"}, {"enabled": "false"}}},
		"indented":     {"  - a: 1\n    b: 2\n  - a: 3\n", []map[string]string{{"a": "1", "b": "2"}, {"a": "3"}}},
		"null":         {"- a: ~\n  b: null\n  c:\n  d: nullable\n", []map[string]string{{"d": "nullable"}}},
		"single":       {"a: 'it''s # no comment' # one\n", []map[string]string{{"a": "it's # no comment"}}},
		"double":       {`a: "\"\\\x41\u00e9\U0001f511\t" # one`, []map[string]string{{"a": "\"\\A\u00e9\U0001f511\t"}}},
		"plain":        {"a: /x/y#z:0 # comment\r\n", []map[string]string{{"a": "/x/y#z:0"}}},
		"hex key":      {"a: 0xAb\n", []map[string]string{{"a": "0xAb"}}},
		"empty quotes": {"a: \"\"\nb: ''\n", []map[string]string{{"a": "", "b": ""}}},
	} {
		got, err := parseYAML([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if fmt.Sprint(flat(got)) != fmt.Sprint(c.want) {
			t.Errorf("%s: %q, want %q", name, flat(got), c.want)
		}
	}
}

func flat(all []mapping) (out []map[string]string) {
	for _, m := range all {
		values := map[string]string{}
		for key := range m.values {
			if m.has(key) {
				values[key] = m.text(key)
			}
		}
		out = append(out, values)
	}
	return out
}

// What is not of the part of YAML that is read is refused by its line, and
// nothing of the file is repeated.
func TestYAMLRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nested":          "a: 1\nb:\n  hunter2: 3\n",
		"flow":            "a: [hunter2]\n",
		"flow list":       "[hunter2]\n",
		"flow mapping":    "a: {hunter2: 1}\n",
		"anchor":          "a: &hunter2 x\n",
		"alias":           "a: *hunter2\n",
		"tag":             "a: !hunter2 x\n",
		"literal":         "a: |\n  hunter2\n",
		"twice":           "a: 1\na: hunter2\n",
		"no value":        "hunter2\n",
		"colon":           "a: b: hunter2\n",
		"open quotes":     "a: \"hunter2\n",
		"open quote":      "a: 'hunter2\n",
		"after quotes":    "a: \"x\" hunter2\n",
		"escape":          `a: "\qhunter2"`,
		"short escape":    `a: "hunter2\u12"`,
		"surrogate":       `a: "hunter2\ud800"`,
		"end of escape":   `a: "hunter2\`,
		"tab":             "a: 1\n\thunter2: 2\n",
		"deeper":          "- a: 1\n    hunter2: 2\n",
		"list in mapping": "a: 1\n- hunter2: 2\n",
		"not UTF-8":       "a: hunter2\xff\n",
		"indented begin":  "  hunter2: 1\n",
	} {
		_, err := parseYAML([]byte(text))
		if err == nil {
			t.Errorf("%s: taken", name)
		} else if strings.Contains(err.Error(), "unter") {
			t.Errorf("%s: repeats the file: %v", name, err)
		}
	}
}

// What is written as a string is read as the same.
func FuzzYAMLString(f *testing.F) {
	for _, s := range []string{"", "plain", `"\`, "\u00e9\U0001f511", "\x00\n\x7f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		got, err := parseYAML(append(appendYAMLString([]byte("a: "), s), '\n'))
		if err != nil || len(got) != 1 || got[0].text("a") != s {
			t.Errorf("%q: %v, %v", s, flat(got), err)
		}
	})
}

func FuzzParseYAML(f *testing.F) {
	f.Add([]byte("---\n- enabled: true\n  voting_public_key: \"0xaa\"\n  voting_keystore_path: /x # y\n"))
	f.Add([]byte("type: 'file-keystore'\n---\n[]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := parseYAML(data)
		if err != nil {
			return
		}
		for _, m := range all {
			if m.line < 1 || m.values == nil {
				t.Errorf("%+v", m)
			}
		}
	})
}

// What the definitions say may be a password: it is wiped.
func TestForget(t *testing.T) {
	all, err := parseYAML([]byte("a: \"p\\Lq\"\n---\nb: 'secret'\nc: plain\n"))
	if err != nil {
		t.Fatal(err)
	}
	forget(all)
	for _, m := range all {
		for key, v := range m.values {
			if strings.Trim(string(v[:cap(v)]), "\x00") != "" {
				t.Errorf("%s: %q is left", key, v[:cap(v)])
			}
		}
	}
}
