package jsontext

import (
	"strings"
	"testing"
)

func TestParseListNumbersItsObjects(t *testing.T) {
	objects, err := ParseList([]byte(`[{"n":1}, {"n":2}]`), 1000, "deposit")
	if err != nil || len(objects) != 2 {
		t.Fatal(objects, err)
	}
	if n, err := objects[1].Uint("n"); n != 2 || err != nil {
		t.Error(n, err)
	}
	if _, err := objects[1].Uint("m"); err == nil || err.Error() != "deposit 2.m: missing, want a whole number" {
		t.Error(err)
	}
}

func TestParseListRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1}`:                 "want a JSON array",
		`7`:                       "want a JSON array",
		`[{"a":1},{"b":1,"b":2}]`: "deposit 2.b: stands twice",
		`[{"a":1},[]]`:            "deposit 2: want an object, found an array",
		`[] []`:                   "not JSON: line 1, column 4",
		`[{"a":1},]`:              "not JSON: line 1, column 10",
		``:                        "not JSON",
	} {
		if _, err := ParseList([]byte(text), 1000, "deposit"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}
