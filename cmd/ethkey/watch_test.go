package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// printedSheet is what go-qrcode keeps of a sheet whose code is made.
const printedSheet = "printed sheet"

// atTerminal starts cmd on a terminal. Whenever it waits there, its memory is
// searched for the secrets of the test.
func atTerminal(t *testing.T, cmd *exec.Cmd, allowed ...string) *testkit.PTY {
	t.Helper()
	p := testkit.StartPTY(t, cmd)
	if !secretMemory(t) {
		return p
	}
	p.Watch(secretsOf(t), append(append(allowed, printedSheet+" (raw)"), excepted...)...)
	return p
}

// known are the canaries of tests that run.
var known = map[testing.TB]*testkit.Canary{}

// secretsOf is the test's canary. From the start it knows the phrase, and all
// that commands make of it.
func secretsOf(t *testing.T) *testkit.Canary {
	t.Helper()
	if known[t] == nil {
		c := canary(t)
		addKeys(t, c, "")
		c.Add("passphrase", []byte(passphrase))
		c.Add("other password", []byte(otherPassword))
		c.Add("rolls", []byte(rolls99[:50]))
		sum := sha256.Sum256([]byte(rolls99))
		c.Add("entropy of the rolls", sum[:])
		c.AddText("first share", slipFirst)
		c.AddText("second share", slipSecond)
		c.Add("SeedQR", []byte(seedQRDigits))
		knowWords(c, strings.Fields(phrase))
		known[t] = c
		t.Cleanup(func() { delete(known, t) })
	}
	return known[t]
}

// knowWords has c know English words as a screen shows them, and as places in
// the list, which the program works with.
func knowWords(c *testkit.Canary, words []string) {
	const few = 4
	var places []byte
	for i, w := range words {
		c.Add(fmt.Sprintf("numbered word %d", i+1), fmt.Appendf(nil, "%d. %s", i+1, w))
		place, _ := mnemonic.English.Lookup([]byte(w))
		places = binary.LittleEndian.AppendUint16(places, uint16(place))
		if i+1 >= few {
			c.Add(fmt.Sprintf("places of words %d to %d", i+2-few, i+1), places[2*(i+1-few):])
		}
	}
}

// knowKeystore has the test's canary know what encrypts the key of index 0.
func knowKeystore(t *testing.T, name string) {
	t.Helper()
	c := secretsOf(t)
	dk, stream := opened(t, name, secretKeys(t)[0])
	c.Add("AES key", dk[:16])
	c.Add("checksum key", dk[16:])
	c.Add("key stream", stream)
}

// newPhrase has the test's canary know a phrase that was read from a page.
func newPhrase(t *testing.T, words []string) {
	t.Helper()
	c := secretsOf(t)
	text := strings.Join(words, " ")
	c.AddText("new phrase", text)
	knowWords(c, words)
	m, err := mnemonic.Parse([]byte(text), mnemonic.English)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for name, of := range map[string]func() (*secret.Buffer, error){
		"new entropy": m.Entropy,
		"new seed":    func() (*secret.Buffer, error) { return m.Seed(nil) },
	} {
		b, err := of()
		if err != nil {
			t.Fatal(err)
		}
		c.Add(name, b.Bytes())
		b.Close()
	}
}

// newSet has the test's canary know the phrase that sheets were made of.
func newSet(t *testing.T, sheets map[string]string) {
	t.Helper()
	var p shamir.Pile
	defer p.Close()
	var id shamir.SetID
	for _, text := range sheets {
		s, err := shamir.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Add(s); err != nil {
			t.Fatal(err)
		}
		id = s.ID()
	}
	found, err := p.Combine(id)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	m, err := mnemonic.FromEntropy(found.Data, found.Language)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var words []string
	for i := range m.Words() {
		words = append(words, m.Word(i))
	}
	newPhrase(t, words)
}

// knowSheet has the test's canary know a sheet, as a whole and as a screen shows
// it, except those that wait to be printed: of them a library keeps copies.
func knowSheet(t *testing.T, name, text string) {
	t.Helper()
	c, body := secretsOf(t), strings.TrimPrefix(text, "EK1")
	c.Add(name, []byte(body[12:len(body)-12]))
	if name == printedSheet {
		return
	}
	for i := 16; i+8 <= len(body)-16; i += 8 {
		c.Add(fmt.Sprintf("groups of %s", name), []byte(body[i:i+4]+" "+body[i+4:i+8]))
	}
}
