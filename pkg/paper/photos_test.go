package paper

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/testkit"
)

type photo struct{ File, Payload, Made string }

func photos(t testing.TB) (all []photo, second string) {
	t.Helper()
	var file struct {
		Images []photo `json:"images"`
		Second string  `json:"two_sheets_second_payload"`
	}
	if err := json.Unmarshal(testkit.Vectors(t, "qr-photos/expected.json"), &file); err != nil {
		t.Fatal(err)
	}
	return file.Images, file.Second
}

// TestPhotographs reads the published pictures of damaged sheets. Those that are
// not read are refused; no text but the right one ever comes back.
func TestPhotographs(t *testing.T) {
	all, second := photos(t)
	read := 0
	for _, p := range all {
		data := testkit.Vectors(t, "qr-photos/"+p.File)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		start := time.Now()
		step := ""
		found, err := ReadPicture(ctx, data, p.File, ReadOptions{Progress: func(s string, _, _ int) { step = s }})
		took := time.Since(start)
		cancel()
		t.Logf("%-22s %8v %s %d %v", p.File, took.Round(time.Millisecond), step, len(found), err)
		for _, f := range found {
			if string(f.Text) != p.Payload && !(p.File == "two-sheets.jpg" && string(f.Text) == second) {
				t.Errorf("%s: a wrong text", p.File)
			}
		}
		if len(found) > 0 {
			read++
		}
		if p.File == "two-sheets.jpg" && len(found) != 2 {
			t.Errorf("%s: %d texts, expected two", p.File, len(found))
		}
	}
	if read < 32 {
		t.Errorf("%d of %d pictures were read, expected at least 32", read, len(all))
	}
}
