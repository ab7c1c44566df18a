package source

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

// FuzzRead holds Read to its one sentence: every byte but one line ending.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "\n", "\r\n", "a", "a\n", "a\r\n", "a\n\n", "\r", "\x00\n", "legal winner thank year\n"} {
		f.Add([]byte(seed), false)
	}
	f.Add(bytes.Repeat([]byte("0123456789abcdef"), 4097), true)
	f.Fuzz(func(t *testing.T, in []byte, halved bool) {
		want, found := bytes.CutSuffix(in, []byte("\r\n"))
		if !found {
			want = bytes.TrimSuffix(in, []byte("\n"))
		}
		var r io.Reader = bytes.NewReader(in)
		if halved {
			r = iotest.HalfReader(r)
		}
		buf, err := Read(r, "test")
		if err != nil {
			if len(want) > 0 && len(in) <= maxSize {
				t.Errorf("%q: %v", in, err)
			}
			return
		}
		defer buf.Close()
		if len(want) == 0 || len(in) > maxSize || !bytes.Equal(buf.Bytes(), want) {
			t.Errorf("%q became %q", in, buf.Bytes())
		}
	})
}
