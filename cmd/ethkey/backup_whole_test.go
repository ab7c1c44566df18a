package main

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/internal/testkit/damage"
	"github.com/ethkey/ethkey/pkg/paper"
)

// The life of a backup with the binary alone: 24 words become three of five
// printed sheets, which programs of others render and read; years later three of
// them, hurt in three ways and photographed badly, make the keystores that
// existing-mnemonic makes; then three others, typed with four wrong characters;
// then the Python of the page that is for the day without ethkey.
func TestWholeLifeOfABackup(t *testing.T) {
	pdftoppm := testkit.Program(t, "pdftoppm")
	dir := splitPrinted(t, pdftoppm)
	record := theRecord(t, dir)
	wanted := depositKeys(t, dir, "existing", ethkey(t, dir, "--non_interactive", "existing-mnemonic", "--mnemonic-file", "phrase",
		"--validator_start_index", "0", "--num_validators", "2", "--chain", "hoodi", "--withdrawal_address", "", "--keystore-password-file", "password",
		"--folder", "existing"))
	othersRead(t, dir, record, wanted[0])
	for n, kinds := range map[int][]string{
		1: {"coffee ring", "rotated 15"},
		3: {"finder pattern blotted", "held at 25 degrees"},
		5: {"two holes punched", "blur 0.4 mm"},
	} {
		hurt(t, filepath.Join(dir, "scans", fmt.Sprintf("%d-1.png", n)), filepath.Join(dir, "photos", fmt.Sprintf("%d.jpg", n)), kinds...)
	}
	got := depositKeys(t, dir, "photographed", ethkey(t, dir, "--non_interactive", "backup", "restore", "keystores", "--record", record, "--pictures", "photos",
		"--validator_start_index", "0", "--num_validators", "2", "--chain", "hoodi", "--withdrawal_address", "", "--keystore-password-file", "password",
		"--folder", "photographed", "--yes"))
	if !slices.Equal(got, wanted) {
		t.Errorf("from pictures %v, expected %v", got, wanted)
	}
	texts := codesOf(t, dir)
	if got := typedKeystores(t, dir, record, texts); !slices.Equal(got, wanted) {
		t.Errorf("from the keyboard %v, expected %v", got, wanted)
	}
	withPython(t, dir, []string{texts[4], texts[0], texts[2]})
}

// splitPrinted makes the set, and leaves its sheets as scans.
func splitPrinted(t *testing.T, pdftoppm string) string {
	t.Helper()
	dir := testkit.TempDir(t)
	writeFile(t, dir, "phrase", phrase24)
	writeFile(t, dir, "password", password)
	for _, name := range []string{"sheets", "records", "scans", "small", "photos", "existing", "photographed", "typed"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	p := atTerminal(t, ethkey(t, dir, "backup", "split", "--mnemonic-file", "phrase", "--chain", "hoodi", "--validators", "2", "--sheets", "5",
		"--threshold", "3", "--folder", "sheets", "--records", "records", "--on-disk", "--pictures", "scans", "--yes"))
	p.Expect("is every sheet printed?")
	for n := 1; n <= 5; n++ {
		sheets, err := filepath.Glob(filepath.Join(dir, "sheets", fmt.Sprintf("*-%d.pdf", n)))
		if err != nil || len(sheets) != 1 {
			t.Fatalf("sheet %d: %v, %v", n, sheets, err)
		}
		render(t, pdftoppm, "150", sheets[0], filepath.Join(dir, "scans", fmt.Sprint(n)))
		render(t, pdftoppm, "90", sheets[0], filepath.Join(dir, "small", fmt.Sprint(n)))
	}
	p.SendLine("yes")
	p.ExpectExit(0)
	p.Expect("each read back from paper")
	if left, _ := filepath.Glob(filepath.Join(dir, "sheets", "*")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	return dir
}

// hurt damages a scan in turn, as a JPEG of quality 20.
func hurt(t *testing.T, from, to string, kinds ...string) {
	t.Helper()
	img := grey(t, from)
	dpi := float64(img.Rect.Dx()) * 25.4 / 210
	mm := func(n float64) int { return int(n * dpi / 25.4) }
	for _, name := range kinds {
		i := slices.IndexFunc(allDamage, func(k damage.Kind) bool { return k.Name == name })
		if i < 0 {
			t.Fatalf("no damage %q", name)
		}
		img = allDamage[i].Apply(img, dpi, image.Rect(mm(15), mm(40), mm(65), mm(90)), 7)
	}
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := jpeg.Encode(f, img, &jpeg.Options{Quality: 20}); err != nil {
		t.Fatal(err)
	}
}

var allDamage = slices.Concat(damage.Drawn(), damage.Lived())

// grey reads a picture.
func grey(t *testing.T, name string) *image.Gray {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewGray(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// depositKeys runs what makes keystores, and returns the public keys of its
// deposit data.
func depositKeys(t *testing.T, dir, folder string, cmd *exec.Cmd) []string {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", folder, err, out)
	}
	return keysIn(t, dir, folder)
}

var depositKey = regexp.MustCompile(`"pubkey": "([0-9a-f]{96})"`)

func keysIn(t *testing.T, dir, folder string) (keys []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, folder, "validator_keys", "deposit_data-*.json"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %v, %v", folder, names, err)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range depositKey.FindAllStringSubmatch(string(data), -1) {
		keys = append(keys, m[1])
	}
	return keys
}

// codesOf reads the texts of all sheets from the clean scans.
func codesOf(t *testing.T, dir string) (texts []string) {
	t.Helper()
	for n := 1; n <= 5; n++ {
		data, err := os.ReadFile(filepath.Join(dir, "scans", fmt.Sprintf("%d-1.png", n)))
		if err != nil {
			t.Fatal(err)
		}
		found, err := paper.ReadPicture(context.Background(), data, "scan", paper.ReadOptions{})
		if err != nil || len(found) != 1 {
			t.Fatalf("sheet %d: %d texts, %v", n, len(found), err)
		}
		texts = append(texts, string(found[0].Text))
	}
	return texts
}

// typedKeystores restores from the keyboard. Enter takes what the record knows:
// the first index, how many keys, and the network.
func typedKeystores(t *testing.T, dir, record string, texts []string) []string {
	t.Helper()
	p := atTerminal(t, ethkey(t, dir, "backup", "restore", "keystores", "--record", record, "--keystore-password-file", "password",
		"--withdrawal_address", "", "--folder", "typed"))
	for _, question := range []string{"index of the first key", "how many validators", "hoodi]"} {
		p.Expect(question)
		p.SendLine("")
	}
	typeSheet(p, changed(texts[1], 17, 40, 62, 91))
	onAlt(p, "press y")
	said := strings.Join(strings.Fields(p.Screen().Alt()), " ")
	if want := "look again at line 2, group 1, character 2; line 3, group 3, character 1; line 4, group 4, character 3; line 6, group 3, character 4"; !strings.Contains(said, want) {
		t.Errorf("said %s, expected %s", said, want)
	}
	p.Send("y")
	p.Expect("1 of 3 sheets")
	typeSheet(p, strings.ToLower(texts[3]))
	p.Expect("2 of 3 sheets")
	typeSheet(p, texts[4])
	p.Expect("write these files?")
	p.SendLine("yes")
	p.ExpectExit(0)
	clean(t, p)
	notShown(t, p, strings.Fields(phrase24))
	neverShown(t, p, texts)
	return keysIn(t, dir, "typed")
}

// withPython restores with the listings of the page, as a stranger copies them.
// One sheet is typed in lines as it is printed, one small.
func withPython(t *testing.T, dir string, texts []string) {
	t.Helper()
	python := testkit.Program(t, "python3")
	page, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", "recover-without-ethkey.md"))
	if err != nil {
		t.Fatal(err)
	}
	listings := regexp.MustCompile("(?s)```python\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(listings) != 2 {
		t.Fatalf("the page has %d listings", len(listings))
	}
	groups := regexp.MustCompile(`.{1,4}`).FindAllString(texts[2][3:], -1)
	writeFile(t, dir, "sheets.txt", texts[0]+"\n\n"+strings.ToLower(texts[1])+"\nEK1\n"+strings.Join(groups, "\n")+"\n")
	const entropy = "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f"
	for i, name := range []string{"recover.py", "recover_more.py"} {
		writeFile(t, dir, name, listings[i][1])
		cmd := exec.Command(python, name, "sheets.txt")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "secret: "+entropy) {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}
