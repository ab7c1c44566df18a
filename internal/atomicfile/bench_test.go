package atomicfile_test

import (
	"fmt"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
)

// BenchmarkSet writes sets of 1000 files of the size of a keystore.
func BenchmarkSet(b *testing.B) {
	data := make([]byte, 710)
	root, err := atomicfile.OpenRoot(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer root.Close()
	for i := range b.N {
		s, err := atomicfile.Begin(root, fmt.Sprintf("set-%d", i))
		if err != nil {
			b.Fatal(err)
		}
		for f := range 1000 {
			if err := s.Add(fmt.Sprintf("f-%d", f), data); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := s.Commit(b.Context(), func(string, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
