package main

import (
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// bothChinese stands, word for word, in both Chinese lists, and its checksum
// holds in both.
const bothChinese = "杜 悄 介 奏 旨 怒 炮 偏 系 同 吸 彭"

// A phrase that is valid in two languages is asked about, once it is whole;
// what is none of them is asked about again.
func TestAmbiguousLanguageIsAsked(t *testing.T) {
	p, _ := person(t, "existing-mnemonic", "--language", "english")
	onAlt(p, "your mnemonic phrase")
	p.Send(bothChinese + " ")
	finish(p)
	p.Expect("valid in several languages")
	p.SendLine("english")
	p.Expect("error: ")
	p.SendLine("chinese_traditional")
	p.Expect("12 words, chinese_traditional")
	p.Interrupt()
	p.ExpectExit(130)
	clean(t, p, "杜")
}

// Where nobody can be asked, the flag that answers it is named.
func TestAmbiguousLanguageUnattended(t *testing.T) {
	dir := testkit.TempDir(t)
	writeFile(t, dir, "phrase", bothChinese)
	writeFile(t, dir, "password", password)
	out, err := ethkey(t, dir, unattended...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "valid in chinese_simplified and chinese_traditional") {
		t.Errorf("%v\n%s", err, out)
	}
	// Behind the phrase on the command line: the order decides nothing.
	given := append(append([]string{}, unattended...), "--mnemonic_language", "chinese_traditional")
	out, err = ethkey(t, dir, given...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "12 words, chinese_traditional") {
		t.Errorf("with the language given: %v\n%s", err, out)
	}
}
