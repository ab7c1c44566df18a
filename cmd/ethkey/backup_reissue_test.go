package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// madeSet splits the phrase of these tests, 2 of 3, and returns the folder, the
// record and the texts of the sheets, in order.
func madeSet(t *testing.T, args ...string) (dir, record string, texts []string) {
	t.Helper()
	p, dir := splitting(t, append([]string{"--sheets", "3", "--threshold", "2", "--yes"}, args...)...)
	p.Expect("is every sheet printed?")
	sheets := printed(t, dir)
	p.SendLine("yes")
	for n := 1; n <= 3; n++ {
		for name, text := range sheets {
			if strings.HasSuffix(name, fmt.Sprintf("-%d.txt", n)) {
				texts = append(texts, text)
			}
		}
		if len(texts) != n {
			t.Fatalf("no sheet %d among %d", n, len(sheets))
		}
		typeSheet(p, texts[n-1])
		p.Expect("its file is removed\r\n")
	}
	p.ExpectExit(0)
	return dir, theRecord(t, dir), texts
}

// A lost sheet is made again from two others, to the last character, printed
// and read back; and the set is replaced by one for other people.
func TestReissueAndReplace(t *testing.T) {
	dir, record, texts := madeSet(t)
	p := atTerminal(t, ethkey(t, dir, "backup", "reissue", "--record", record, "--sheet", "2", "--folder", "sheets", "--on-disk", "--format", "txt"))
	p.Expect("to the last character")
	p.Expect("write these files?")
	p.SendLine("yes")
	typeSheet(p, texts[2])
	p.Expect("1 of 2 sheets")
	typeSheet(p, texts[0])
	p.Expect("printed?")
	for name, text := range printed(t, dir) {
		if text != texts[1] {
			t.Errorf("%s is not the lost sheet", name)
		}
	}
	p.SendLine("yes")
	typeSheet(p, texts[0]) // a sheet of the set, and not the one that was printed
	p.Expect("not one that was just made")
	typeSheet(p, texts[1])
	p.ExpectExit(0)
	p.Expect("character for character")
	neverShown(t, p, prefixed(texts))

	writeFile(t, dir, "other", phrase24)
	replace := func(phrase string) *testkit.PTY {
		return atTerminal(t, ethkey(t, dir, "backup", "split", "--mnemonic-file", phrase, "--chain", "hoodi", "--sheets", "2", "--threshold", "2",
			"--folder", "sheets", "--records", "records", "--on-disk", "--format", "txt", "--yes", "--replaces", record))
	}
	p = replace("other")
	p.Expect("does not restore what set")
	p.ExpectExit(int(fault.Refused))
	p = replace("phrase")
	p.Expect("is every sheet printed?")
	sheets := printed(t, dir)
	p.SendLine("yes")
	for _, text := range sheets {
		typeSheet(p, text)
		p.Expect("its file is removed\r\n")
	}
	p.ExpectExit(0)
	p.Expect("is marked as to be destroyed")
	p = atTerminal(t, ethkey(t, dir, "backup", "check", "--record", record))
	typeSheet(p, texts[0])
	p.Expect("TO BE DESTROYED")
	out, err := ethkey(t, dir, "backup", "drill", "--due", "records").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "to be destroyed") {
		t.Errorf("%v: %s", err, out)
	}
}

// A forged or foreign sheet is named when the record is at hand, and the loop
// goes on.
func TestRestoreWithRecordNamesStrangers(t *testing.T) {
	dir, record, texts := madeSet(t)
	_, _, others := madeSet(t)
	p := atTerminal(t, ethkey(t, dir, "backup", "restore", "--record", record))
	typeSheet(p, others[0])
	p.Expect("put it aside")
	typeSheet(p, texts[1])
	p.Expect("1 of 2 sheets")
	swapped := texts[0][:20] + texts[0][24:28] + texts[0][20:24] + texts[0][28:]
	typeSheet(p, swapped) // two groups exchanged
	onAlt(p, "error: ")
	p.Interrupt()
	p.ExpectExit(int(fault.Interrupted))
	neverShown(t, p, prefixed(append(texts, others...)))
}

// A phrase on sheets signs exits and changes without being seen.
func TestRestoreSigns(t *testing.T) {
	dir, record, texts := madeSet(t)
	writeFile(t, dir, "texts", strings.Join(prefixed(texts), "\n"))
	listFile(t, dir, "5 "+credentials0+"\n")
	for name, args := range map[string][]string{
		"exit_transactions":        {"exit", "--validator-indices", "7"},
		"bls_to_execution_changes": {"credentials", "--validators", "list", "--withdrawal-address", address},
	} {
		args = append([]string{"backup", "restore", args[0], "--record", record, "--sheet-file", "texts", "--chain", "hoodi", "--non_interactive", "--yes"}, args[1:]...)
		out, err := ethkey(t, dir, args...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if made, _ := os.ReadDir(filepath.Join(dir, name)); len(made) != 1 {
			t.Errorf("%s: made %v", name, made)
		}
	}
	out, err := ethkey(t, dir, "backup", "restore", "exit", "--record", record, "--sheet-file", "texts", "--chain", "mainnet", "--validator-indices", "7",
		"--non_interactive").CombinedOutput()
	if !strings.Contains(string(out), "the record is of keys on hoodi") {
		t.Errorf("another network than the record's: %v\n%s", err, out)
	}
	if out, err := ethkey(t, dir, "backup", "restore", "keystores", "--record", "elsewhere").CombinedOutput(); err == nil || strings.Contains(string(out), "index of the first key") {
		t.Errorf("a record that is not there is found after questions: %s", out)
	}
}

// Who does not sign, or cannot, has the set all the same, unsigned, and is told
// so; what is replaced already is refused before anything is printed.
func TestSplitThatIsNotSigned(t *testing.T) {
	dir, old, _ := madeSet(t)
	openFolders(t, dir, "sign")
	split := []string{
		"backup", "split", "--chain", "hoodi", "--mnemonic-file", "phrase", "--sheets", "2", "--threshold", "2", "--folder", "sheets",
		"--records", "records", "--on-disk", "--format", "txt", "--yes", "--replaces", old, "--sign-in",
	}
	p := atTerminal(t, ethkey(t, dir, append(split, "nowhere")...))
	p.Expect("nowhere")
	p.ExpectExit(int(fault.Environment))
	p = atTerminal(t, ethkey(t, dir, append(split, "sign")...))
	p.Expect("is every sheet printed?")
	sheets := printed(t, dir)
	p.SendLine("yes")
	for _, text := range sheets {
		typeSheet(p, text)
		p.Expect("its file is removed\r\n")
	}
	p.Expect("q stops")
	toSign, err := filepath.Glob(filepath.Join(dir, "sign", "to-sign-*"))
	if err != nil || len(toSign) != 1 {
		t.Fatal(toSign, err)
	}
	writeFile(t, filepath.Join(dir, "sign"), filepath.Base(toSign[0])+".sig", "no signature")
	p.Send(" ")
	p.Expect("error: ")
	p.Expect("q stops")
	p.Send("q")
	p.ExpectExit(int(fault.Environment)) // 1 would say that nothing was written
	p.Expect("each read back from paper")
	p.Expect("is marked as to be destroyed")
	p.Expect("its history says so UNSIGNED: no signature was given")
	if records, err := filepath.Glob(filepath.Join(dir, "records", "backup-*.history.jsonl")); err != nil || len(records) != 2 {
		t.Errorf("%v, %v", records, err)
	}
	p = atTerminal(t, ethkey(t, dir, append(split, "sign")...))
	p.ExpectExit(int(fault.Refused))
	p.Expect("is replaced already")
	if made := printed(t, dir); len(made) != 0 {
		t.Error("sheets were made for a set that cannot be replaced")
	}
}

// The words of a phrase whose BIP-39 passphrase is lost are offered to a person,
// and to nobody and nothing else.
func TestRestoreWordsAlone(t *testing.T) {
	dir := withSecrets(t)
	writeFile(t, dir, "bip39", "TREZOR")
	writeFile(t, dir, "wrong", "trezor")
	openFolders(t, dir, "sheets", "records")
	p := atTerminal(t, ethkey(t, dir, "backup", "split", "--chain", "hoodi", "--mnemonic-file", "phrase", "--mnemonic-password-file", "bip39",
		"--sheets", "2", "--threshold", "2", "--folder", "sheets", "--records", "records", "--on-disk", "--format", "txt", "--yes"))
	p.Expect("is every sheet printed?")
	var texts []string
	sheets := printed(t, dir)
	p.SendLine("yes")
	for _, text := range sheets {
		typeSheet(p, text)
		p.Expect("its file is removed\r\n")
		texts = append(texts, text)
	}
	p.ExpectExit(0)
	writeFile(t, dir, "texts", strings.Join(prefixed(texts), "\n"))
	args := []string{"backup", "restore", "--record", theRecord(t, dir), "--sheet-file", "texts", "--mnemonic-password-file", "wrong"}
	for _, more := range [][]string{{"--non_interactive", "--to-file", "out", "--yes"}, {"--to-file", "out", "--yes"}} {
		cmd := ethkey(t, dir, append(args, more...)...)
		cmd.Stdin = strings.NewReader("yes\nyes\n")
		out, err := cmd.CombinedOutput()
		if _, there := os.Stat(filepath.Join(dir, "out")); err == nil || there == nil || !strings.Contains(string(out), "offers the words alone, on a terminal") {
			t.Errorf("%v: %v\n%s", more, err, out)
		}
	}
	p = atTerminal(t, ethkey(t, dir, "backup", "restore", "exit", "--record", theRecord(t, dir), "--sheet-file", "texts",
		"--mnemonic-password-file", "wrong", "--chain", "hoodi", "--validator-indices", "7"))
	p.Expect("offers the words alone")
	p.ExpectExit(int(fault.Integrity))
	p = atTerminal(t, ethkey(t, dir, append(args, "--to-file", "out", "--yes")...))
	p.Expect("go on with the words alone")
	p.SendLine("yes")
	p.ExpectExit(0)
	p.Expect("THE WORDS ALONE")
	if out, err := os.ReadFile(filepath.Join(dir, "out")); err != nil || strings.TrimSpace(string(out)) != phrase {
		t.Errorf("the file does not hold the words: %v", err)
	}
	clean(t, p)
	notShown(t, p, strings.Fields(phrase))
}
