package atomicfile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
)

func TestStreamedFileIsWholeAndReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	write := func(text string) error {
		_, err := atomicfile.WriteStream(t.Context(), root, "a.json", func(w io.Writer) error {
			for _, c := range text {
				if _, err := io.WriteString(w, string(c)); err != nil {
					return err
				}
			}
			return nil
		})
		return err
	}
	if err := write("history"); err != nil {
		t.Fatal(err)
	}
	if err := write("another"); err == nil {
		t.Error("a file was overwritten")
	}
	data, err := os.ReadFile(filepath.Join(dir, "a.json"))
	if err != nil || string(data) != "history" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestStreamThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	wrong := errors.New("the source is damaged")
	_, err = atomicfile.WriteStream(t.Context(), root, "a.json", func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Errorf("%v, expected the source's error", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
