// Package npm compares ethkey with the npm packages @chainsafe/bls-keystore
// and @chainsafe/bls-keygen: what one writes, the other opens, and both derive
// the same keys. Install them first: npm ci --prefix crosscheck/npm
package npm

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/ethkey/ethkey/pkg/secret"
)

// ask runs a command of counterpart.mjs on the questions, and decodes one
// answer for each.
func ask[Answer, Question any](t *testing.T, command string, questions []Question) []Answer {
	t.Helper()
	for _, name := range []string{"counterpart.mjs", "package-lock.json", "node_modules/@chainsafe/bls-keystore/package.json"} {
		// Looking at each also makes the go command forget a cached result.
		if _, err := os.Stat(name); err != nil {
			t.Fatal("the npm packages are not installed: npm ci --prefix crosscheck/npm")
		}
	}
	var in bytes.Buffer
	for _, q := range questions {
		if err := json.NewEncoder(&in).Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	node := exec.Command("node", "counterpart.mjs", command)
	node.Stdin, node.Stderr = &in, os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node counterpart.mjs %s: %v", command, err)
	}
	answers := make([]Answer, len(questions))
	lines := json.NewDecoder(bytes.NewReader(out))
	for i := range answers {
		if err := lines.Decode(&answers[i]); err != nil {
			t.Fatalf("answer %d of %s: %v", i, command, err)
		}
	}
	return answers
}

func buffer(t *testing.T, b []byte) *secret.Buffer {
	t.Helper()
	buf, err := secret.From(bytes.Clone(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(buf.Close)
	return buf
}

func hexOf(b *secret.Buffer) string { return hex.EncodeToString(b.Bytes()) }
