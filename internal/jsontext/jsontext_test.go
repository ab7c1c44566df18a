package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParseNamesThePlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"two members of one name": {`{"a":{"b":1,"b":2}}`, "a.b: stands twice"},
		"escaped twin":            {`{"ab":1,"a\u0062":2}`, "ab: stands twice"},
		"second value":            {`{"a":1} {}`, "not JSON: line 1, column 9"},
		"second line":             {"{\n \"a\": x}", "not JSON: line 2, column 7"},
		"empty":                   {``, "not JSON: line 1, column 1"},
		"cut off":                 {`{"a":`, "not JSON: line 1, column 5"},
		"array":                   {`[1]`, "want a JSON object, found an array"},
		"not UTF-8":               {"{\"a\":\"\xff\"}", "the file is not UTF-8 text"},
		"too deep":                {strings.Repeat(`{"a":`, 17) + "1" + strings.Repeat("}", 17), "more than 16 deep"},
		"too large":               {`{"a":"` + strings.Repeat("x", 1000) + `"}`, "larger than 1000 bytes"},
		"in an array":             {`{"a":[{"x":1},{"x":1,"x":2}]}`, "a[1].x: stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.text), 1000)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestParseNeverQuotesTheFile(t *testing.T) {
	_, err := Parse([]byte("abandon ability able"), 1000)
	if err == nil || strings.Contains(err.Error(), "ab") {
		t.Errorf("got %v", err)
	}
}

func TestMembers(t *testing.T) {
	o, err := Parse([]byte("\ufeff{\"s\":\"x\",\"n\":7,\"d\":0.5,\"neg\":-1,\"o\":{\"x y\":null},\"t\":true}"), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := o.String("s"); s != "x" || err != nil {
		t.Error(s, err)
	}
	if n, err := o.Uint("n"); n != 7 || err != nil {
		t.Error(n, err)
	}
	if d, err := o.Number("d"); d != "0.5" || err != nil {
		t.Error(d, err)
	}
	inner, err := o.Object("o")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(o.Names(), " "); got != "s n d neg o t" {
		t.Error(got)
	}
	for want, err := range map[string]error{
		"s: want a whole number, found a string":                second(o.Uint("s")),
		"d: want a whole number of at most 64 bits, found 0.5":  second(o.Uint("d")),
		"neg: want a whole number of at most 64 bits, found -1": second(o.Uint("neg")),
		"t: want a string, found true or false":                 second(o.String("t")),
		"S: missing, want a string":                             second(o.String("S")),
		"s: want an object, found a string":                     second(o.Object("s")),
		`o."x y": want a number, found null`:                    second(inner.Number("x y")),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestAppendQuotedLikePython(t *testing.T) {
	for s, want := range map[string]string{
		"":             `""`,
		"a\"b\\c/d":    `"a\"b\\c/d"`,
		"\n\r\t\b\f":   `"\n\r\t\b\f"`,
		"\x00\x1f\x7f": `"\u0000\u001f\u007f"`,
		"é€":           `"\u00e9\u20ac"`,
		"🔑":            `"\ud83d\udd11"`,
		"<a&b>\u2028":  `"<a&b>\u2028"`,
	} {
		if got := string(AppendQuoted(nil, s)); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":{"b":[1,"x",null]}}`, `{"a":1,"a":2}`, `[`, "\ufeff{}", `{"a":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := Parse(data, 1<<16)
		if err != nil {
			return
		}
		for _, name := range o.Names() {
			if !o.Has(name) {
				t.Errorf("%q is listed and not there", name)
			}
			var back string
			quoted := AppendQuoted(nil, name)
			if err := json.Unmarshal(quoted, &back); err != nil || back != name {
				t.Errorf("%q is written %s", name, quoted)
			}
		}
	})
}
