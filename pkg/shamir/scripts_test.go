package shamir

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestInstructionsFitASheet(t *testing.T) {
	s := entropy(t)
	one := split(t, s, Single(2, 3), 0)[0]
	two := split(t, s, twoLevels[0], 0)[1]
	passphrase, err := NewPassphrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer passphrase.Close()
	locked, err := Protect(t.Context(), two, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	for sheet, says := range map[*Sheet]string{one: "43 bytes", two: "48 bytes", locked: "encrypted"} {
		lines := Instructions(sheet)
		if len(lines) > 12 || !strings.Contains(strings.Join(lines, " "), says) {
			t.Errorf("%v: %d lines, expected at most 12, with %q", sheet, len(lines), says)
		}
		for _, l := range lines {
			fits(t, l)
		}
	}
	for _, script := range []string{RecoverScript(), RecoverMoreScript()} {
		for _, l := range linesOf(script) {
			fits(t, l)
		}
	}
}

func fits(t *testing.T, line string) {
	t.Helper()
	if len(line) > 100 || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Errorf("%d bytes: %q", len(line), line)
	}
}
