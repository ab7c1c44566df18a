package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/backup"
)

// splitting starts a split of the phrase of these tests into text files in a
// folder of its own, and goes on until they are there to be printed.
func splitting(t *testing.T, args ...string) (p *testkit.PTY, dir string) {
	t.Helper()
	dir = withSecrets(t)
	openFolders(t, dir, "sheets", "records")
	args = append([]string{
		"backup", "split", "--chain", "hoodi", "--folder", "sheets", "--records", "records", "--on-disk", "--format", "txt", "--mnemonic-file", "phrase",
	}, args...)
	return atTerminal(t, ethkey(t, dir, args...)), dir
}

// openFolders makes folders that every user may write to.
func openFolders(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
}

// sheetLine is a line of groups on a sheet.
var sheetLine = regexp.MustCompile(`(?m)^ *\d+\. +([02-9AC-HJ-NP-Z]{1,4}(?: +[02-9AC-HJ-NP-Z]{1,4}){0,3})$`)

// printed reads the sheets that wait to be printed, by name.
func printed(t *testing.T, dir string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "sheets", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	sheets := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, m := range sheetLine.FindAllStringSubmatch(string(text), -1) {
			lines = append(lines, m[1])
		}
		if len(lines) < 6 {
			t.Fatalf("%s has %d lines of groups:\n%s", name, len(lines), text)
		}
		sheets[filepath.Base(name)] = strings.ReplaceAll(strings.Join(lines, ""), " ", "")
		knowSheet(t, printedSheet, sheets[filepath.Base(name)])
	}
	return sheets
}

// printedName is the name of one sheet that waits to be printed.
func printedName(t *testing.T, dir string) string {
	t.Helper()
	for name := range printed(t, dir) {
		return name
	}
	t.Fatal("no sheet waits")
	return ""
}

// records are the files beside the record.
func recordsIn(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "records", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// What is wrong with the sheets is said before a phrase is typed: a program that
// asked for one would not end.
func TestSplitRefusesBeforeAPhraseIsTyped(t *testing.T) {
	dir := testkit.TempDir(t)
	openFolders(t, dir, "sheets")
	twoOfThree := []string{"--threshold", "2", "--sheets", "3"}
	for says, args := range map[string][]string{
		"label: it does not fit": append(twoOfThree, "--label", strings.Repeat("W", 60)),
		"does not exist":         append(twoOfThree, "--records", "nowhere"),
		"there is no such sheet": append(twoOfThree, "--protect", "5"),
		"--paper: ":              append(twoOfThree, "--paper", "a5"),
		"backup-nosuch.json":     append(twoOfThree, "--replaces", "backup-nosuch.json"),
		"3 of 2 groups":          {"--groups", "2of2,2of2", "--group-threshold", "3"},
	} {
		p := testkit.StartPTY(t, ethkey(t, dir, append([]string{"backup", "split", "--chain", "hoodi", "--folder", "sheets", "--on-disk"}, args...)...))
		p.Expect(says)
		if p.Wait() == 0 {
			t.Errorf("%v is taken", args)
		}
	}
}

// A person splits a phrase, prints, and gives every sheet back by typing it;
// only then there is a record, and nothing is left of the sheets. The record
// serves the restore, the check and the drill.
func TestSplitTyped(t *testing.T) {
	p, dir := splitting(t)
	p.Expect("how many sheets")
	p.SendLine("1")
	p.Expect("error: ")
	p.SendLine("3")
	p.Expect("how many of them restore [2]")
	p.SendLine("4") // said before a phrase is typed
	p.Expect("4 of 3 sheets: more are needed than there are")
	p.Expect("how many of them restore [2]")
	p.SendLine("")
	p.Expect("any 2 of 3 sheets")
	p.Expect("write these files?")
	p.SendLine("yes")
	p.Expect("is every sheet printed?")
	p.SendLine("no") // paper jams
	p.Expect("the files stay until you say yes")
	p.Expect("is every sheet printed?")
	sheets := printed(t, dir)
	if len(sheets) != 3 || len(recordsIn(t, dir)) != 0 {
		t.Fatalf("%d sheets to print, and already %v", len(sheets), recordsIn(t, dir))
	}
	p.SendLine("yes")
	var texts []string
	for _, text := range sheets {
		texts = append(texts, text)
		if len(texts) == 2 {
			typeSheet(p, texts[0]) // the same again
			p.Expect("was read back already")
			onAlt(p, "was read back already") // where the person looks
		}
		typeSheet(p, text)
		p.Expect("its file is removed\r\n")
		if left := len(printed(t, dir)); left != 3-len(texts) {
			t.Errorf("%d files left after %d sheets", left, len(texts))
		}
	}
	p.ExpectExit(0)
	p.Expect("each read back from paper")
	clean(t, p)
	notShown(t, p, strings.Fields(phrase))
	neverShown(t, p, prefixed(texts))
	record := theRecord(t, dir)
	restoreWith(t, dir, record, texts)
	drillWith(t, dir, record, texts)
}

// prefixed puts the prefix before texts as they are typed.
func prefixed(texts []string) (out []string) {
	for _, text := range texts {
		out = append(out, "EK1"+text)
	}
	return out
}

// theRecord is the path of the one record, relative to dir.
func theRecord(t *testing.T, dir string) string {
	t.Helper()
	for _, name := range recordsIn(t, dir) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var record backup.Record
		if strings.HasSuffix(name, ".json") && json.Unmarshal(data, &record) == nil && record.Set != "" {
			return filepath.Join("records", filepath.Base(name))
		}
	}
	t.Fatalf("no record among %v", recordsIn(t, dir))
	return ""
}

func restoreWith(t *testing.T, dir, record string, texts []string) {
	t.Helper()
	p := atTerminal(t, ethkey(t, dir, "backup", "restore", "--record", record))
	typeSheet(p, texts[2])
	p.Expect("1 of 2 sheets")
	typeSheet(p, changed("EK1"+texts[0], 70)[3:])
	onAlt(p, "press y")
	p.Send("y")
	p.Expect("compared")
	p.Expect("show the secret on a page that is wiped?")
	p.SendLine("no")
	p.ExpectExit(0)
}

func drillWith(t *testing.T, dir, record string, texts []string) {
	t.Helper()
	p := atTerminal(t, ethkey(t, dir, "backup", "drill", "--record", record, "--present", "Ada,Grace"))
	typeSheet(p, texts[1])
	p.Expect("1 of 2 sheets")
	typeSheet(p, texts[0])
	p.ExpectExit(0)
	p.Expect("UNSIGNED")
	notShown(t, p, strings.Fields(phrase))
	neverShown(t, p, prefixed(texts))
	p = atTerminal(t, ethkey(t, dir, "backup", "drill", "--verify", "--record", record))
	p.ExpectExit(int(fault.Refused))
	p.Expect("unsigned")
}

// Whoever stops in the middle has neither sheets nor a record.
func TestSplitInterrupted(t *testing.T) {
	for _, at := range []string{"printed", "typing"} {
		p, dir := splitting(t, "--sheets", "3", "--threshold", "2", "--yes")
		p.Expect("is every sheet printed?")
		sheets := printed(t, dir)
		if at == "typing" {
			p.SendLine("yes")
			onAlt(p, "0 characters")
			for _, text := range sheets {
				p.Send(text[:40])
				break
			}
		}
		p.Interrupt()
		p.ExpectExit(int(fault.Interrupted))
		p.Expect("what was printed does not count")
		if left := printed(t, dir); len(left) != 0 || len(recordsIn(t, dir)) != 0 {
			t.Errorf("%s: left %d sheets, %v", at, len(left), recordsIn(t, dir))
		}
		clean(t, p)
	}
}

// A sheet that is not given back does not count.
func TestSplitNotReadBack(t *testing.T) {
	p, dir := splitting(t, "--sheets", "2", "--threshold", "2", "--yes")
	p.Expect("is every sheet printed?")
	p.SendLine("yes")
	onAlt(p, "0 characters")
	p.Send("\x04") // pressed by mistake
	p.Expect("give up? what was printed then does not count")
	p.SendLine("")
	typeSheet(p, printed(t, dir)[printedName(t, dir)])
	p.Expect("its file is removed\r\n")
	onAlt(p, "0 characters")
	p.Send("\x04")
	p.Expect("give up?")
	p.SendLine("yes")
	p.ExpectExit(int(fault.Refused))
	p.Expect("begin again")
	if left := printed(t, dir); len(left) != 0 || len(recordsIn(t, dir)) != 0 {
		t.Errorf("left %d sheets, %v", len(left), recordsIn(t, dir))
	}
}

// Not reading back is an act of its own, and stands in the report.
func TestSplitUnchecked(t *testing.T) {
	p, dir := splitting(t, "--sheets", "2", "--threshold", "2", "--no-check")
	p.Expect("UNCHECKED")
	p.Expect("before anything depends on them")
	p.Expect("write these files?")
	p.SendLine("yes")
	p.Expect("each file is removed once the sheets count as made")
	p.Expect("is every sheet printed?")
	p.SendLine("yes")
	p.Expect("count the sheets as made although none is read back?")
	p.SendLine("yes")
	p.ExpectExit(0)
	p.Expect("UNCHECKED")
	if len(printed(t, dir)) != 0 || len(recordsIn(t, dir)) == 0 {
		t.Error("the files were not dealt with")
	}
}

// The passphrase of a sheet is shown on a page that is wiped, and nowhere else.
func TestSplitProtected(t *testing.T) {
	p, dir := splitting(t, "--sheets", "2", "--threshold", "2", "--yes", "--protect", "2")
	p.Expect("is every sheet printed?")
	names, err := filepath.Glob(filepath.Join(dir, "sheets", "*.txt"))
	if err != nil || len(names) != 2 {
		t.Fatalf("%v, %v", names, err)
	}
	p.SendLine("yes")
	onAlt(p, "Write it on the sheet by hand")
	onAlt(p, "press any key to wipe this page") // the end of the page
	words := regexp.MustCompile(`[02-9AC-HJ-NP-Z]{4}(?:-[02-9AC-HJ-NP-Z]{4}){4}`).FindString(p.Screen().Alt())
	if words == "" {
		t.Fatalf("no passphrase on %q", p.Screen().Alt())
	}
	secretsOf(t).Add("passphrase of a sheet", []byte(words))
	onAlt(p, "press any key to wipe this page")
	p.Send(" ")
	onAlt(p, "0 characters")
	p.Interrupt()
	p.ExpectExit(int(fault.Interrupted))
	clean(t, p, words, words[:4]+" ")
	for _, name := range names {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s is left", name)
		}
	}
}

// A new phrase is split in the act that makes it, and is never shown.
func TestSplitNew(t *testing.T) {
	dir := testkit.TempDir(t)
	openFolders(t, dir, "sheets", "records")
	p := atTerminal(t, ethkey(t, dir, "backup", "split", "--new", "--chain", "rehearsal", "--sheets", "2", "--threshold", "2",
		"--folder", "sheets", "--records", "records", "--format", "txt"))
	p.Expect("is not in memory only")
	p.Expect("put the sheets there all the same?")
	p.SendLine("yes")
	p.Expect("REHEARSAL")
	p.Expect("write these files?")
	p.SendLine("yes")
	p.Expect("is every sheet printed?")
	sheets := printed(t, dir)
	newSet(t, sheets)
	p.SendLine("yes")
	for _, text := range sheets {
		typeSheet(p, text)
		p.Expect("its file is removed\r\n")
	}
	p.ExpectExit(0)
	p.Expect("each read back from paper")
	clean(t, p)
}
