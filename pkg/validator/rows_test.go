package validator_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/validator"
)

func TestParseRows(t *testing.T) {
	a, b := strings.Repeat("a1", 4), strings.Repeat("b2", 4)
	rows, err := validator.ParseRows([]byte("# mine\n7, 0x"+a+"\r\n\n  8\t"+b+" # spare\n"), 4, "key")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Index != 7 || rows[1].Index != 8 || rows[1].Value[3] != 0xb2 {
		t.Errorf("read %v", rows)
	}
	for _, c := range []struct{ text, want string }{
		{"", "empty"},
		{"# nothing\n", "empty"},
		{"7," + a + "\n7," + b, "line 2: validator index 7 stands in line 1 too"},
		{"7," + a + "\n8," + a, "line 2: this key stands in line 1 too"},
		{"7", "line 1: want an index and a key, found 1 values"},
		{"7 " + a + " 1", "found 3 values"},
		{"-1," + a, "below 2^32"},
		{"4294967296," + a, "below 2^32"},
		{"7,0x" + a[:6], "want 8 hexadecimal digits"},
		{"7,0xzz" + a[2:], "want 8 hexadecimal digits"},
		{"7,\xff", "UTF-8"},
	} {
		_, err := validator.ParseRows([]byte(c.text), 4, "key")
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Refused {
			t.Errorf("%q: got %v, want %q", c.text, err, c.want)
		}
	}
}

func FuzzParseRows(f *testing.F) {
	f.Add([]byte("7,0xa1a1a1a1\n8 b2b2b2b2 # x\n"))
	f.Add([]byte("\xff\n1,,2"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := validator.ParseRows(text, 4, "key")
		if err != nil {
			return
		}
		var again bytes.Buffer
		for _, r := range rows {
			fmt.Fprintf(&again, "%d,%x\n", r.Index, r.Value)
		}
		back, err := validator.ParseRows(again.Bytes(), 4, "key")
		if err != nil || len(back) != len(rows) {
			t.Errorf("%q does not read back: %v", again.String(), err)
		}
	})
}
