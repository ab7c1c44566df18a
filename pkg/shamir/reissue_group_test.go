package shamir

import (
	"slices"
	"strings"
	"testing"
)

// What is made for a group of one is never the secret itself, and never from a
// sheet that is still locked or one that the others of its group contradict.
func TestReissueGroupRefusesWhatIsNotSound(t *testing.T) {
	sheets := split(t, entropy(t), Scheme{GroupThreshold: 2, Groups: []Group{{1, 1}, {1, 1}, {2, 3}}}, 0)
	lost, one, of := sheets[0], sheets[1], sheets[2:]
	made, err := ReissueGroup(slices.Concat(of, sheets[1:2]), 1, lost.X())
	if err != nil || textOf(t, made) != textOf(t, lost) {
		t.Fatal(err)
	}
	made.Close()
	locked, _ := protected(t, one)
	lockedOne, _ := protected(t, of[0])
	for name, c := range map[string]struct {
		from []*Sheet
		x    byte
		says string
	}{
		"x = 0":                       {slices.Concat(of, sheets[1:2]), 0, "no group 1 of one sheet with that x"},
		"a locked group of one":       {slices.Concat(of, []*Sheet{locked}), lost.X(), "needs its passphrase first"},
		"a locked sheet":              {[]*Sheet{one, lockedOne, of[1]}, lost.X(), "needs its passphrase first"},
		"a locked one beyond":         {[]*Sheet{one, of[1], of[2], lockedOne}, lost.X(), "needs its passphrase first"},
		"a wrong one more in a group": {[]*Sheet{one, of[0], of[1], forge(t, of[2], func(_ *header, b []byte) { b[1] ^= 1 })}, lost.X(), "do not fit together"},
	} {
		made, err := ReissueGroup(c.from, 1, c.x)
		made.Close()
		if !strings.Contains(errorText(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
