package backup

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/shamir"
)

var updateSheets = flag.Bool("update-sheets", false, "write the golden files of the pages again")

// TestSheetsOfEveryKind composes sheets of every length, with every mark, on
// both papers, and looks for what must stand on them.
func TestSheetsOfEveryKind(t *testing.T) {
	var unread atomic.Int32
	for name, d := range variants(t) {
		pdf := composed(t, d, &unread)
		if pdf == nil {
			continue
		}
		pages, err := paper.Texts(pdf)
		if err != nil || len(pages) != 1 {
			t.Fatalf("%s: %d pages, %v", name, len(pages), err)
		}
		apart(t, name, d.Paper, pages[0])
		var all []string
		for _, text := range pages[0] {
			all = append(all, text.Text)
		}
		page := strings.Join(all, " ")
		for _, expected := range expectedOn(d) {
			if !strings.Contains(page, expected) {
				t.Errorf("%s: the sheet does not say %q", name, expected)
			}
		}
		if marked := strings.Contains(page, "GUARDS NOTHING"); marked != (d.Sheet.Flags()&(shamir.Rehearsal|shamir.Practice) != 0) {
			t.Errorf("%s: marked %v", name, marked)
		}
		if passphrase := strings.Contains(page, "Passphrase of this sheet"); passphrase != d.Sheet.Protected() {
			t.Errorf("%s: a line for a passphrase: %v", name, passphrase)
		}
	}
}

// expectedOn is what every sheet says.
func expectedOn(d SheetData) []string {
	hash := recordHash(d.RecordHash)
	return []string{
		d.Sheet.ID().String(), d.title(), d.need(), d.Label, "made on 2026-11-20", hash[0], hash[1],
		fmt.Sprintf("heet %d of %d", d.Sheet.Number(), d.group().Sheets),
		"Alone it reveals nothing", "not a seed phrase", "ARE the secret", "ethkey backup restore", "ethkey backup check",
		"modulo 0x11B", "Holder", "Place", "Date", "Witness", "BIP-39 passphrase used", "no [X]",
	}
}

// apart checks in its own way that no text touches another or the border: small
// letters are half as high as the font.
func apart(t *testing.T, name string, size paper.Size, texts []paper.Printed) {
	t.Helper()
	metrics := paper.NewDocument(size, sheetDay)
	boxes := make([]paper.Rect, len(texts))
	for i, text := range texts {
		h := text.Font.Points * 25.4 / 72 * 0.72
		boxes[i] = paper.Rect{X: text.X, Y: text.Y - h, W: metrics.Width(text.Font, text.Text), H: h}
		if b := boxes[i]; b.X < 14.9 || b.Y < 14.9 || b.X+b.W > size.Width-14.9 || b.Y+b.H > size.Height-14.9 {
			t.Errorf("%s: %q lies in the margin", name, text.Text)
		}
		for j, o := range boxes[:i] {
			if b := boxes[i]; b.X < o.X+o.W && o.X < b.X+b.W && b.Y < o.Y+o.H && o.Y < b.Y+b.H {
				t.Errorf("%s: %q lies over %q", name, text.Text, texts[j].Text)
			}
		}
	}
}

// TestTextSheetsAreTyped reads the share from the plain text, line by line as a
// person would, and checks that it fits the paper.
func TestTextSheetsAreTyped(t *testing.T) {
	row := regexp.MustCompile(`(?m)^ +(?:EK1|\d+\. +[0-9A-Z ]+)$`)
	for name, d := range variants(t) {
		text, err := ComposeText(d)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Cleanup(text.Close)
		pages := strings.Split(string(text.Bytes()), "\f")
		for _, page := range pages {
			lines := strings.Split(strings.TrimSuffix(page, "\n"), "\n")
			if len(lines) > textRows {
				t.Errorf("%s: a page of %d lines", name, len(lines))
			}
			for _, line := range lines {
				if len(line) > textColumns {
					t.Errorf("%s: %q has %d characters", name, line, len(line))
				}
			}
		}
		rows := row.FindAllString(pages[0], -1)
		sheet, err := shamir.Parse([]byte(strings.Join(rows, "\n")))
		if err != nil {
			t.Errorf("%s: the rows are not a sheet: %v", name, err)
			continue
		}
		t.Cleanup(sheet.Close)
		got, _ := sheet.Fingerprint()
		if expected, _ := d.Sheet.Fingerprint(); got != expected {
			t.Errorf("%s: the rows are another sheet", name)
		}
		first := strings.Join(strings.Fields(pages[0]), " ")
		for _, expected := range expectedOn(d) {
			if expected != "modulo 0x11B" && !strings.Contains(strings.ToLower(first), strings.ToLower(expected)) {
				t.Errorf("%s: the text does not say %q", name, expected)
			}
		}
	}
}

// TestSheetsAreReadByOthers has poppler draw the sheets and zbar read them.
func TestSheetsAreReadByOthers(t *testing.T) {
	for _, program := range []string{"pdftoppm", "zbarimg"} {
		testkit.Program(t, program)
	}
	folder := t.TempDir()
	var unread atomic.Int32
	for name, d := range variants(t) {
		if d.Sheet.Number() > 1 || (d.Paper == paper.Letter) != strings.HasPrefix(name, "two, long") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf := composed(t, d, &unread)
			if pdf == nil {
				return
			}
			file := filepath.Join(folder, strings.ReplaceAll(name, " ", "-"))
			if err := os.WriteFile(file+".pdf", pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			text, err := d.Sheet.Text()
			if err != nil {
				t.Fatal(err)
			}
			expected := string(text.Bytes())
			text.Close()
			for _, dpi := range []string{"150", "300"} {
				picture := draw(t, file, dpi)
				out, err := exec.Command("zbarimg", "--quiet", "--raw", picture).Output()
				if got := strings.Fields(string(out)); err != nil || len(got) != 2 || got[0] != expected || got[1] != expected {
					t.Errorf("%s, %s dpi: zbar reads %d codes, expected the share twice (%v)", name, dpi, len(got), err)
				}
			}
			emptyMargins(t, name, draw(t, file, "50"))
		})
	}
}

// composed makes the page of a sheet, or nil where its code is not read from the
// page at the first attempt. Whoever prints sheets splits again then; twice in
// one test it is no chance.
func composed(t *testing.T, d SheetData, unread *atomic.Int32) []byte {
	t.Helper()
	pdf, err := ComposeSheet(d)
	if errors.Is(err, paper.ErrUnreadable) && unread.Add(1) == 1 {
		t.Log("to be split again:", err)
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func draw(t *testing.T, file, dpi string) string {
	t.Helper()
	if out, err := exec.Command("pdftoppm", "-r", dpi, "-gray", "-singlefile", file+".pdf", file+dpi).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v: %s", err, out)
	}
	return file + dpi + ".pgm"
}

// emptyMargins looks for ink within 14 mm of the edge, at 50 dpi.
func emptyMargins(t *testing.T, name, picture string) {
	t.Helper()
	data, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	var width, height, white int
	if _, err := fmt.Fscanf(bytes.NewReader(data), "P5\n%d %d\n%d\n", &width, &height, &white); err != nil || len(data) < width*height {
		t.Fatalf("%s: %v", picture, err)
	}
	const margin = 14 * 50 / 25
	for i, shade := range data[len(data)-width*height:] {
		x, y := i%width, i/width
		if int(shade) < white-8 && (x < margin || x >= width-margin || y < margin || y >= height-margin) {
			t.Fatalf("%s: ink in the margin at %d, %d of %d, %d", name, x, y, width, height)
		}
	}
}

// exampleSheet is a sheet that never changes.
func exampleSheet(t testing.TB, size paper.Size) SheetData {
	t.Helper()
	sheet, err := shamir.Parse([]byte(exampleSheets[0]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sheet.Close)
	return sheetData(sheet, shamir.Single(2, 3), size)
}

func TestSameSheetSameBytes(t *testing.T) {
	first, err := ComposeSheet(exampleSheet(t, paper.A4))
	if err != nil {
		t.Fatal(err)
	}
	second, err := ComposeSheet(exampleSheet(t, paper.A4))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("another file from the same sheet: %v", err)
	}
	if !bytes.Contains(first, []byte("/CreationDate (D:20261120000000)")) {
		t.Error("the file tells the hour of its making")
	}
}

// TestSheetGolden shows every change of what a sheet says and where.
func TestSheetGolden(t *testing.T) {
	for _, size := range []paper.Size{paper.A4, paper.Letter} {
		pdf, err := ComposeSheet(exampleSheet(t, size))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "sheet-"+size.Name+".golden", layout(t, pdf))
		pdf, err = ComposeInstructions(sheetDay, size)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "instructions-"+size.Name+".golden", layout(t, pdf))
	}
	text, err := ComposeText(exampleSheet(t, paper.A4))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	golden(t, "sheet-text.golden", string(text.Bytes()))
}

// layout is one line a text: where it stands, its size and what it says.
func layout(t *testing.T, pdf []byte) string {
	t.Helper()
	pages, err := paper.Texts(pdf)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, page := range pages {
		for _, text := range page {
			fmt.Fprintf(&b, "%d %6.1f %6.1f %4.1f %s\n", i+1, text.X, text.Y, text.Font.Points, text.Text)
		}
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "sheets", name)
	if *updateSheets {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	expected, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(expected) {
		t.Errorf("%s: the page has changed; look at it, then run this test with -update-sheets", name)
	}
}

func BenchmarkFiveSheets(b *testing.B) {
	sheets := readableSheets(b, entropy(b), shamir.Single(3, 5), 0)
	for b.Loop() {
		for _, s := range sheets {
			if _, err := ComposeSheet(sheetData(s, shamir.Single(3, 5), paper.A4)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
