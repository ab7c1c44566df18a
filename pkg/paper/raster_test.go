package paper

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// TestVerifyFindsChanges changes a finished file: what is in it is then not what
// was to be printed, and that must be found.
func TestVerifyFindsChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	c, other := readableCode(t, r, 96), readableCode(t, r, 96)
	d := twoCodes(A4, c)
	pdf, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	paths := bytes.Split(pdf, []byte("\nf\n"))
	for name, changed := range map[string][]byte{
		"a letter":         bytes.Replace(pdf, []byte("words."), []byte("wards."), 1),
		"a text elsewhere": bytes.Replace(pdf, []byte("BT 42.52"), []byte("BT 45.52"), 1),
		"a text of a band": bytes.Replace(pdf, []byte("(PRACTICE)"), []byte("(PRACTISE)"), 1),
		"another size":     bytes.Replace(pdf, []byte(" 20.00 Tf"), []byte(" 26.00 Tf"), -1),
		"another font":     bytes.Replace(pdf, []byte("/BaseFont /Helvetica\n"), []byte("/BaseFont /Helvetita\n"), 1),
		"a finder covered": bytes.Replace(pdf, []byte("\nf\n"), []byte("\n42.52 728.50 70.00 -70.00 re\nf\n"), 1),
		"no first code":    bytes.Join(append([][]byte{paths[0][:bytes.LastIndex(paths[0], []byte("ET\n"))+3]}, paths[1:]...), []byte("\nf\n")),
	} {
		if bytes.Equal(changed, pdf) {
			t.Errorf("%s: not changed", name)
		}
		if d.verify(repaired(changed)) == nil {
			t.Errorf("%s: not found", name)
		}
	}
	for _, file := range [][]byte{nil, pdf[:len(pdf)-10], append([]byte("\n"), pdf...)} {
		if d.verify(file) == nil {
			t.Error("a file that is cut or moved: not found")
		}
	}
	swapped := twoCodes(A4, other)
	if pdf, err = swapped.PDF(); err != nil {
		t.Fatal(err)
	}
	if err := d.verify(pdf); fault.KindOf(err) != fault.Integrity || errors.Is(err, ErrUnreadable) {
		t.Errorf("the codes of another document: %v", err)
	}
}

// repaired sets the length of the stream and the cross-references right after a
// change, so that nothing but the change is wrong.
func repaired(pdf []byte) []byte {
	begin, end := bytes.Index(pdf, []byte("stream\n")), bytes.Index(pdf, []byte("\nendstream"))
	if begin < 0 || end < begin+7 {
		return pdf
	}
	head := bytes.LastIndex(pdf[:begin], []byte("<</Length"))
	if head < 0 {
		return pdf
	}
	out := append([]byte(nil), pdf[:head]...)
	out = fmt.Appendf(out, "<</Length %d>>\nstream\n", end-begin-7)
	out = append(out, pdf[begin+7:]...)
	table := bytes.LastIndex(out, []byte("\nxref\n")) + 1
	trailer := bytes.LastIndex(out, []byte("trailer\n"))
	start := bytes.LastIndex(out, []byte("startxref"))
	if table == 0 || trailer < table || start < trailer {
		return out
	}
	n := bytes.Count(out[table:trailer], []byte(" n \n"))
	fixed := append([]byte(nil), out[:table]...)
	fixed = fmt.Appendf(fixed, "xref\n0 %d\n0000000000 65535 f \n", n+1)
	for i := 1; i <= n; i++ {
		at := bytes.Index(out, fmt.Appendf(nil, "\n%d 0 obj\n", i)) + 1
		fixed = fmt.Appendf(fixed, "%010d 00000 n \n", at)
	}
	return fmt.Appendf(append(fixed, out[trailer:start]...), "startxref\n%d\n%%%%EOF\n", table)
}

func TestRepairedLeavesTheRest(t *testing.T) {
	d := twoCodes(A4, readableCode(t, rand.New(rand.NewPCG(17, 18)), 96))
	pdf, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(repaired(pdf), pdf) {
		t.Error("the test's own repair changes a good file")
	}
}

func TestRasteriseResolution(t *testing.T) {
	for _, dpi := range []float64{0, -1, 19, 601} {
		if _, err := Rasterise(nil, dpi); fault.KindOf(err) != fault.Usage {
			t.Errorf("%g dpi: %v", dpi, err)
		}
	}
}

// TestZbarReadsPages has another renderer and another reader look at pages.
func TestZbarReadsPages(t *testing.T) {
	need(t, "pdftoppm", "zbarimg")
	r := rand.New(rand.NewPCG(19, 20))
	for _, size := range []Size{A4, Letter} {
		c := readableCode(t, r, 147)
		pdf, err := twoCodes(size, c).PDF()
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		file := filepath.Join(folder, "page.pdf")
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, dpi := range []string{"150", "300"} {
			picture := filepath.Join(folder, dpi)
			command(t, "pdftoppm", "-r", dpi, "-gray", "-singlefile", file, picture)
			got := strings.Fields(command(t, "zbarimg", "--quiet", "--raw", picture+".pgm"))
			if len(got) != 2 || got[0] != c.text || got[1] != c.text {
				t.Errorf("%s, %s dpi: zbar reads %d codes", size.Name, dpi, len(got))
			}
		}
	}
}

// need ends a test that needs programs which are not there; in CI they are.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		testkit.Program(t, program)
	}
}

func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// FuzzRasterise gives the reader of finished pages what is none.
func FuzzRasterise(f *testing.F) {
	d := NewDocument(A4, day)
	p := d.AddPage()
	p.Text(50, 100, Font{Bold: true, Points: 10}, "a (text)")
	p.Fold(150)
	p.Band(Rect{50, 50, 60, 10}, 10, "BAND")
	pdf, err := d.PDF()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pdf)
	f.Add([]byte("%PDF-1.3\nstartxref\n9\n%%EOF\n"))
	f.Add(bytes.Replace(pdf, []byte("BAND"), []byte(`B\)\\\`), 1))
	f.Add(bytes.Replace(pdf, []byte("re\n"), []byte("99999 -99999 -9 9 re\n"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, file := range [][]byte{data, repaired(data)} {
			texts, err := Texts(file)
			pages, err2 := Rasterise(file, 20)
			if (err == nil) != (err2 == nil) || len(texts) != len(pages) {
				t.Fatalf("texts: %v, pictures: %v", err, err2)
			}
			if err != nil && fault.KindOf(err) != fault.Integrity {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkPage(b *testing.B) {
	c := readableCode(b, rand.New(rand.NewPCG(21, 22)), 96)
	for b.Loop() {
		if _, err := twoCodes(A4, c).PDF(); err != nil {
			b.Fatal(err)
		}
	}
}
