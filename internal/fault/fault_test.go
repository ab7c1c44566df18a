package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestKindOf(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want Kind
	}{
		"nothing":       {nil, 0},
		"a bare error":  {errors.New("x"), Refused},
		"wrapped":       {fmt.Errorf("x: %w", New(Integrity, "y")), Integrity},
		"the outermost": {New(Usage, "x: %w", New(Integrity, "y")), Usage},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("%s: %v, expected %v", name, got, c.want)
		}
	}
}
