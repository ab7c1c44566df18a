package shamir

import "testing"

func TestSchemeInWords(t *testing.T) {
	for want, s := range map[string]Scheme{
		"any 3 of 5 sheets": Single(3, 5),
		"all 3 sheets":      Single(3, 3),
		"any 2 of 3 groups (any 2 of 3 sheets; all 2 sheets; one sheet)": {GroupThreshold: 2, Groups: []Group{{2, 3}, {2, 2}, {1, 1}}},
		"all 2 groups (any 3 of 5 sheets; any 2 of 3 sheets)":            {GroupThreshold: 2, Groups: []Group{{3, 5}, {2, 3}}},
	} {
		if got := s.String(); got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
}
