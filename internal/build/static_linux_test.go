package build

import (
	"debug/elf"
	"slices"
	"testing"
)

func TestStaticAgreesWithTheImage(t *testing.T) {
	image, err := elf.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	interpreted := slices.ContainsFunc(image.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
	if Read().Static == interpreted {
		t.Errorf("static: %v, PT_INTERP: %v", Read().Static, interpreted)
	}
}

func TestNoLoaderReadsTheVector(t *testing.T) {
	for _, c := range []struct {
		vector [][2]uintptr
		want   bool
	}{
		{[][2]uintptr{{6, 4096}, {7, 0}, {9, 1}}, true},
		{[][2]uintptr{{6, 4096}, {7, 0x7f00_0000}, {9, 1}}, false},
		{nil, false},
	} {
		if got := noLoader(c.vector); got != c.want {
			t.Errorf("%v: %v", c.vector, got)
		}
	}
}
