package shamir

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/internal/testkit"
)

func pageOf(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// figure returns what the page says after "key: ", in all places.
func figures(page, key string) (all []string) {
	for line := range strings.Lines(page) {
		if value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), key+": "); ok {
			all = append(all, value)
		}
	}
	return all
}

// TestWorkedExample computes every number of the example in docs/ek1.md.
func TestWorkedExample(t *testing.T) {
	page := pageOf(t, "ek1.md")
	expect := func(key string, values ...string) {
		t.Helper()
		if got := figures(page, key); !slices.Equal(got, values) {
			t.Errorf("%s: the page says %q, computed is %q", key, got, values)
		}
	}
	g := goldens(t)[0]
	one, three := parse(t, g.Sheets[0].Text), parse(t, g.Sheets[2].Text)
	expect("sheet 1", spaced(textOf(t, one)))
	expect("sheet 3", spaced(textOf(t, three)))
	h := one.head
	expect("header", string(h.text()))
	expect("header in hex", fmt.Sprintf("%015x", h.bits()))
	for key, value := range map[string]int{
		"version": h.version, "group": h.group, "GT": h.groupThreshold, "G": h.groups, "T": h.threshold, "number": h.number, "flags": int(h.flags),
	} {
		expect(key, fmt.Sprint(value))
	}
	expect("set", h.id.String())
	expect("share", fmt.Sprintf("%x", one.body.Bytes()), fmt.Sprintf("%x", three.body.Bytes()))
	expect("x", fmt.Sprintf("%02x", one.X()), fmt.Sprintf("%02x", three.X()))
	text := textOf(t, one)
	expect("checksum", text[len(text)-checkChars:])
	expect("fingerprint", g.Sheets[0].Fingerprint)
	value, err := valueAt(sharesOf([]candidate{{share: one.body}, {share: three.body}}, []int{0, 1}), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer value.Close()
	p := value.Bytes()
	expect("package", fmt.Sprintf("%x", p))
	w1, w3 := weight(one.X(), three.X()), weight(three.X(), one.X())
	expect("weight of sheet 1", fmt.Sprintf("%02x", w1))
	expect("weight of sheet 3", fmt.Sprintf("%02x", w3))
	y1, y3 := one.body.Bytes()[0], three.body.Bytes()[0]
	if sum := mul256(w1, y1) ^ mul256(w3, y3); sum != p[0] {
		t.Errorf("the first byte is %02x, not %02x", sum, p[0])
	}
	expect("first byte", fmt.Sprintf("%02x * %02x + %02x * %02x = %02x", w1, y1, w3, y3, p[0]))
	key := append([]byte(packageKey), fmt.Appendf(nil, "")...)
	bits, _ := hex.DecodeString(fmt.Sprintf("%016x", h.packageBits()))
	key = append(key, bits...)
	expect("key of the tag", fmt.Sprintf("%x", key))
	sum := make([]byte, hmac.SHA256.Size())
	m := hmac.New(hmac.SHA256, make([]byte, hmac.SHA256.Room()))
	m.SetKey(key)
	m.Sum(sum, p[:len(p)-tagSize])
	expect("HMAC-SHA256", fmt.Sprintf("%x", sum))
	if hex.EncodeToString(sum[:tagSize]) != hex.EncodeToString(p[len(p)-tagSize:]) {
		t.Error("the tag does not fit")
	}
	expect("kind", fmt.Sprintf("%02x", p[0]))
	expect("length", fmt.Sprintf("%02x", p[1]))
	expect("secret", g.Secret)
}

// weight is X / (X + x) for two sheets.
func weight(x, other byte) byte {
	for i := range 256 {
		if mul256(byte(i), other^x) == other {
			return byte(i)
		}
	}
	return 0
}

func mul256(a, b byte) (product byte) {
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			product ^= a
		}
		top := a >> 7
		a = a<<1 ^ top*0x1b
	}
	return product
}

// TestConstantsOnThePage holds the page's constants of the checksum to ours.
func TestConstantsOnThePage(t *testing.T) {
	page := pageOf(t, "ek1.md")
	number := func(s symbols) string {
		text := ""
		bits := ""
		for _, v := range slices.Backward(s[:]) {
			bits += fmt.Sprintf("%05b", v)
		}
		for bits = "0" + bits; len(bits) > 0; bits = bits[4:] {
			var digit int
			_, _ = fmt.Sscanf(bits[:4], "%b", &digit)
			text += fmt.Sprintf("%X", digit)
		}
		return text
	}
	var scaled []string
	for i := range 5 {
		var s symbols
		for j, c := range generator {
			s[j] = mul32(c, 1<<i)
		}
		scaled = append(scaled, number(s))
	}
	for _, constant := range []string{
		alphabet, "0x" + strings.TrimLeft(number(ek1.start), "0"), "0x" + strings.TrimLeft(number(ek1.target), "0"), strings.Join(scaled, " "),
	} {
		if !strings.Contains(page, constant) {
			t.Errorf("docs/ek1.md has no %s", constant)
		}
	}
	for i, h := range []header{{}, {groups: 2, threshold: 2}} {
		sizes := h.bodySizes()
		if row := fmt.Sprintf("| %d (%d) | %d (%d) |", sizes[0], sizes[1], charsFor(sizes[0]), charsFor(sizes[1])); !strings.Contains(page, row) {
			t.Errorf("docs/ek1.md has no %q (%d)", row, i)
		}
	}
}

// examplePrinted is what the listings print of the example.
const examplePrinted = `kind: BIP-39 entropy, language 0
secret: 7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f
words: legal winner thank year wave sausage worth useful legal winner thank yellow
`

// TestExampleForPeople runs the example of docs/recover-without-ethkey.md as a
// person would.
func TestExampleForPeople(t *testing.T) {
	page := pageOf(t, "recover-without-ethkey.md")
	var sheets []string
	for _, s := range goldens(t)[0].Sheets[:3] {
		sheets = append(sheets, spaced(s.Text))
	}
	for _, block := range []string{"```\n" + strings.Join(sheets, "\n") + "\n```", "```\n" + examplePrinted + "```"} {
		if !strings.Contains(page, block) {
			t.Errorf("the page does not have\n%s", block)
		}
	}
	p := newPython(t)
	p.write("sheets.txt", sheets[0]+"\n"+sheets[2])
	p.write("english.txt", strings.Join(englishWords(t), "\n"))
	for _, script := range []string{"recover.py", "recover_more.py"} {
		cmd := exec.Command("python3", script, "sheets.txt", "english.txt")
		cmd.Dir = p.folder
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != examplePrinted {
			t.Errorf("%s: %v: %s", script, err, out)
		}
	}
}
