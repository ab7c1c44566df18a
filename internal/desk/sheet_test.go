package desk

import (
	"errors"
	"testing"

	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/secret"
)

// example is a practice sheet of docs/ek1.md.
const example = "EK1PX75JCZYFQSZUZ5EG6SVSN4M8PKY5F4ELRF87YL4V6JFAX7Y73AAL2K3F05TZDWV9YVF5Y0HEUNXGC5U780Q2UNLMV7WR9X2"

// A sheet that is not all there yet is no fault, and Enter goes on; one that is
// too long or damaged is.
func TestSheetUnderWayWantsMore(t *testing.T) {
	for text, want := range map[string]int{
		example[:3+16]: 96, example[:3+16*5]: 96, example[:3+95]: 96, example: 0, example + "Q": 0, example[:3+95] + "Q": 0,
	} {
		b, err := secret.From([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		err = judgeSheet(b)
		b.Close()
		var mend *term.Mend
		if errors.As(err, &mend) {
			mend.Text.Close()
		}
		var more *term.More
		switch {
		case errors.As(err, &more) != (want != 0):
			t.Errorf("%d characters: %v", len(text)-3, err)
		case more != nil && more.Want != want:
			t.Errorf("%d characters: %d are wanted, expected %d", len(text)-3, more.Want, want)
		case text == example && err != nil, text != example && err == nil:
			t.Errorf("%d characters: %v", len(text)-3, err)
		}
	}
}
