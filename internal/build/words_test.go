package build

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

func TestWordsOfThePublishedFingerprint(t *testing.T) {
	// The example that documents of the list share.
	fingerprint, err := hex.DecodeString("e58294f2e9a227486e8b061b31cc528fd7fa3f19")
	if err != nil {
		t.Fatal(err)
	}
	const want = "topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator goldfish Medusa " +
		"afflict bravado chatter revolver Dupont midsummer stopwatch whimsical cowbell bottomless"
	if got := strings.Join(words(fingerprint), " "); got != want {
		t.Errorf("got %s", got)
	}
}

func TestWordListIsWhole(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(pgpWords, "\n"), "\n")
	if len(lines) != 256 {
		t.Fatalf("%d lines", len(lines))
	}
	seen := map[string]bool{}
	var columns [2][]string
	for i, line := range lines {
		pair := strings.Split(line, " ")
		if len(pair) != 2 {
			t.Fatalf("line %d: %q", i+1, line)
		}
		for c, word := range pair {
			seen[strings.ToLower(word)] = true
			columns[c] = append(columns[c], strings.ToLower(word))
		}
	}
	if len(seen) != 512 {
		t.Errorf("%d distinct words, want 512", len(seen))
	}
	// Both lists are alphabetical, but for one famous pair.
	if !slices.IsSorted(columns[0]) {
		t.Error("the even list is out of order")
	}
	columns[1][9], columns[1][10] = columns[1][10], columns[1][9] // applicant, Apollo
	if !slices.IsSorted(columns[1]) {
		t.Error("the odd list is out of order")
	}
}

func TestWordsTellEveryByteAndPositionApart(t *testing.T) {
	var sum [32]byte
	if got := Words(sum); len(got) != 32 || got[0] != "aardvark" || got[31] != "adroitness" {
		t.Errorf("zeros are %q", got)
	}
	for i := range sum {
		sum[i] = 0xff
	}
	if got := Words(sum); got[0] != "Zulu" || got[31] != "Yucatan" {
		t.Errorf("ones are %q", got)
	}
}
