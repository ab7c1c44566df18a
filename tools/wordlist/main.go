// Wordlist writes a BIP-39 word list as the standard publishes it: a word a
// line. It reads the JSON array that the npm package bip39 carries.
//
//	npm pack bip39@3.1.2 && tar xzf bip39-3.1.2.tgz
//	cd tools && go run ./wordlist ../package/src/wordlists/portuguese.json ../pkg/mnemonic/portuguese.txt
package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "wordlist: error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: wordlist list.json list.txt")
	}
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var words []string
	if err := json.Unmarshal(data, &words); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if len(words) != 2048 {
		return fmt.Errorf("%s: %d words; expected 2048", args[0], len(words))
	}
	list := []byte(strings.Join(words, "\n") + "\n")
	fmt.Printf("read  %x  %s\nwrote %x  %s\n", sha256.Sum256(data), args[0], sha256.Sum256(list), args[1])
	return os.WriteFile(args[1], list, 0o644)
}
