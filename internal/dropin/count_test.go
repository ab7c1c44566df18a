package dropin

import (
	"math"
	"testing"
)

// A number is decimal digits in its range and nothing else; one that does not
// fit 64 bits does not come round again.
func TestParseCount(t *testing.T) {
	for text, want := range map[string]uint64{
		"0": 0, " 7 ": 7, "007": 7, "4294967295": math.MaxUint32,
	} {
		if got, err := ParseCount(text, 0, math.MaxUint32); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", " ", "-1", "+1", "1.0", "1e3", "0x1", "0_1", "１", "one", "4294967296",
		"18446744073709551617", "18446744073709551616", "99999999999999999999", "000000000000000000001",
	} {
		if got, err := ParseCount(text, 0, math.MaxUint32); err == nil {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
	if _, err := ParseCount("0", 1, 2); err == nil {
		t.Error("less than the least is taken")
	}
}
