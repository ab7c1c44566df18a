package validator_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/validator"
)

// branchOf is a branch of abandon.
func branchOf(t testing.TB, at derive.Template) *derive.Branch {
	t.Helper()
	seed, err := phrase(t, abandon).Seed(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer seed.Close()
	branch, err := derive.NewBranch(seed, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(branch.Close)
	return branch
}

// A scan answers for each wanted key in order, twice wanted ones too, and ends
// with the batch in which the last was found.
func TestFindKeys(t *testing.T) {
	at := derive.SigningTemplate()
	branch := branchOf(t, at)
	want := []bls.PublicKey{publicKey(t, at, 9), publicKey(t, at, 300), publicKey(t, derive.WithdrawalTemplate(), 1), publicKey(t, at, 9)}
	var last, total int
	found, err := validator.FindKeys(t.Context(), machine(), branch, want, 5, 400, func(d, n int) { last, total = d, n })
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, []validator.Found{
		{OK: true, Index: 9, Path: "m/12381/3600/9/0/0"}, {OK: true, Index: 300, Path: "m/12381/3600/300/0/0"}, {}, {OK: true, Index: 9, Path: "m/12381/3600/9/0/0"},
	}) {
		t.Errorf("found %+v", found)
	}
	if last != 400 || total != 400 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	last = 0
	if _, err := validator.FindKeys(t.Context(), machine(), branch, want[:1], 5, 1<<40, func(d, _ int) { last = d }); err != nil || last > 256 {
		t.Errorf("went on to %d: %v", last, err)
	}
	if found, err = validator.FindKeys(t.Context(), machine(), branch, want[:1], 10, 20, nil); err != nil || found[0].OK {
		t.Errorf("found before the start: %+v, %v", found, err)
	}
}

func TestFindCredentials(t *testing.T) {
	want := [][32]byte{oldCredentials(t, 3), {0: 0, 1: 1}}
	found, err := validator.FindCredentials(t.Context(), machine(), branchOf(t, derive.WithdrawalTemplate()), want, 0, 10, nil)
	if err != nil || !slices.Equal(found, []validator.Found{{OK: true, Index: 3, Path: "m/12381/3600/3/0"}, {}}) {
		t.Errorf("%+v, %v", found, err)
	}
}

// The end of the tree is the end of a scan, a whole path is one key, and a
// scan can be ended.
func TestEndsOfAScan(t *testing.T) {
	at := derive.SigningTemplate()
	branch := branchOf(t, at)
	last := publicKey(t, at, 1<<32-1)
	found, err := validator.FindKeys(t.Context(), machine(), branch, []bls.PublicKey{last, {}}, 1<<32-2, 100, nil)
	if err != nil || !found[0].OK || found[0].Index != 1<<32-1 {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := validator.FindKeys(t.Context(), machine(), branch, nil, 1<<32, 1, nil); err == nil {
		t.Error("started past the end")
	}
	whole, err := derive.ParseTemplate("m/12381/3600/9/0/0")
	if err != nil {
		t.Fatal(err)
	}
	found, err = validator.FindKeys(t.Context(), machine(), branchOf(t, whole), []bls.PublicKey{publicKey(t, at, 9), {}}, 0, 1<<30, nil)
	if err != nil || !found[0].OK {
		t.Errorf("%+v, %v", found, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := validator.FindKeys(ctx, machine(), branch, []bls.PublicKey{{}}, 0, 10, nil); fault.KindOf(err) != fault.Interrupted {
		t.Errorf("ended: %v", err)
	}
}

func TestKeysOfAMnemonic(t *testing.T) {
	whole, err := derive.ParseTemplate("m/12381/3600/9/0/0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := validator.NewMnemonicKeys(phrase(t, abandon), nil, whole, []uint32{0, 1}); err == nil || !strings.Contains(err.Error(), "names one key") {
		t.Errorf("two keys of one path: %v", err)
	}
	for _, c := range []struct{ start, count uint64 }{{1 << 32, 1}, {1<<32 - 1, 2}, {1, 1<<64 - 1}} {
		if _, err := validator.Consecutive(c.start, c.count); err == nil {
			t.Errorf("%d from %d on were taken", c.count, c.start)
		}
	}
	got, err := validator.Consecutive(1<<32-2, 2)
	if err != nil || !slices.Equal(got, []uint32{1<<32 - 2, 1<<32 - 1}) {
		t.Errorf("%v, %v", got, err)
	}
}

// Lists are read as the anchor reads them, and refused where it does not look.
func TestLists(t *testing.T) {
	for _, text := range []string{"1,2,3", "[1, 2, 3]", "1;2;3", "1 2 3", " (1, 2; 3) ", "{1,,2,3,}"} {
		got, err := validator.ParseValidatorIndices(text)
		if err != nil || !slices.Equal(got, []beacon.ValidatorIndex{1, 2, 3}) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "at least one", "[]": "at least one", "1,a": "whole number", "-1": "whole number", "1.0": "whole number", "0x10": "whole number",
		"4294967296": "below 2^32", "1,2,1": "1 stands twice", "01, 1": "1 stands twice", "18446744073709551616": "whole number", "1_0": "whole number",
	} {
		if got, err := validator.ParseValidatorIndices(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", text, got, err, want)
		}
	}
	zeros := strings.Repeat("00", 32)
	got, err := validator.ParseOldCredentials("[" + zeros + ", 0x" + zeros + "]")
	if err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	for text, want := range map[string]string{
		"": "at least one", zeros[2:]: "64 hexadecimal digits", "01" + zeros[2:]: "start with 00", "02" + zeros[2:]: "start with 00",
		"0xzz" + zeros[2:]: "not hexadecimal", "07" + zeros[2:]: "start with 00",
	} {
		if got, err := validator.ParseOldCredentials(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", text, got, err, want)
		}
	}
}

func FuzzLists(f *testing.F) {
	for _, s := range []string{"1,2", "[1; 2]", "0x" + strings.Repeat("00", 32), "1 1", "(,)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if indices, err := validator.ParseValidatorIndices(s); err == nil {
			seen := map[beacon.ValidatorIndex]bool{}
			for _, index := range indices {
				if seen[index] || index >= 1<<32 {
					t.Errorf("%q was read as %v", s, indices)
				}
				seen[index] = true
			}
			if len(indices) == 0 {
				t.Errorf("%q was read as nothing", s)
			}
		}
		if credentials, err := validator.ParseOldCredentials(s); err == nil {
			for _, c := range credentials {
				if c[0] != 0 {
					t.Errorf("%q was read as %x", s, credentials)
				}
			}
		}
	})
}
