package selftest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// The figures of EK1 are our own: those that pkg/shamir is frozen by.
func TestFrozenEK1(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "pkg", "shamir", "testdata", "v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sets []struct {
		Name, Kind, Set, Secret string
		Sheets                  []struct{ Text, Fingerprint, Protected string }
	}
	if err := json.Unmarshal(file, &sets); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, b := range embedded(t, "ek1.txt") {
		for _, s := range sets {
			name, _, _ := strings.Cut(b.text("section"), ", sheet")
			if name != s.Name {
				continue
			}
			found++
			var texts, prints, protected []string
			for _, sheet := range s.Sheets {
				texts, prints, protected = append(texts, sheet.Text), append(prints, sheet.Fingerprint), append(protected, sheet.Protected)
			}
			switch b.text("kind") {
			case "set":
				equalFigures(t, b, map[string]string{
					"set": s.Set, "secret": s.Secret, "type": s.Kind, "sheets": strings.Join(texts, " "), "fingerprints": strings.Join(prints, " "),
				})
			case "protected":
				equalFigures(t, b, map[string]string{"sheet": texts[1], "protected": protected[1]})
			case "damaged":
				if b.truth("output") {
					equalFigures(t, b, map[string]string{"proposed": texts[0]})
				}
			}
		}
	}
	if found != len(embedded(t, "ek1.txt")) {
		t.Errorf("%d cases are of frozen sets", found)
	}
}

func equalFigures(t *testing.T, b *block, frozen map[string]string) {
	t.Helper()
	for key, value := range frozen {
		if b.values[key] != value {
			t.Errorf("%s: %s is not the frozen one", b.where, key)
		}
	}
}
