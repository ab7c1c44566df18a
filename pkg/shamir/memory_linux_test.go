package shamir

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"os"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// holderMode is the environment variable that makes the test the process that
// is looked into.
const holderMode = "SHAMIR_HOLDER"

// A process that has read sheets, repaired one, combined, split again, made one
// again and used a passphrase, and closed everything, holds no copy of a secret
// or a share, as bytes or as text. The second run keeps one on purpose, to show
// that it would be found.
func TestMemoryAfterwards(t *testing.T) {
	if mode := os.Getenv(holderMode); mode != "" {
		hold(t, mode)
		return
	}
	made := entropy(t)
	canary := testkit.NewCanary()
	canary.Add("the secret", bytes.Clone(made.Data.Bytes()))
	var input []byte
	for _, s := range split(t, made, Single(2, 3), 0)[:2] {
		text := textOf(t, s)
		canary.Add("the text of "+s.Name(), []byte(text[15:]))
		canary.Add("the share of "+s.Name(), bytes.Clone(s.body.Bytes()))
		input = append(input, text...)
	}
	passphrase, err := NewPassphrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer passphrase.Close()
	canary.Add("a passphrase", bytes.Clone(passphrase.Bytes()))
	input = append(input, passphrase.Bytes()...)
	if found := testkit.ScanHeld(t, canary, holderMode+"=clean", input); len(found) != 0 {
		t.Errorf("copies are left: %v", found)
	}
	if found := testkit.ScanHeld(t, canary, holderMode+"=leaking", input); len(found) == 0 {
		t.Error("the copy that was left on purpose is not found")
	}
}

// hold reads two texts and a passphrase from standard input, works with them,
// closes everything and waits.
func hold(t *testing.T, mode string) {
	raw := make([]byte, 99+99+24)
	if _, err := io.ReadFull(os.Stdin, raw); err != nil {
		t.Fatal(err)
	}
	var kept []byte
	if mode == "leaking" {
		kept = bytes.Clone(raw)
	}
	passphrase, err := secret.From(raw[198:])
	if err != nil {
		t.Fatal(err)
	}
	if err := workWith(raw[:99], raw[99:198], passphrase); err != nil {
		t.Fatal(err)
	}
	passphrase.Close()
	secret.Wipe(raw)
	testkit.Hold()
	_ = len(kept)
}

// workWith does with two sheets all that this package does.
func workWith(first, second []byte, passphrase *secret.Buffer) error {
	one, err := Parse(first)
	if err != nil {
		return err
	}
	second[20] = '?'
	_, err = Parse(second)
	d := damage(err)
	if d == nil || d.Proposal == nil {
		return err
	}
	two, err := Parse(d.Proposal.Text.Bytes())
	d.Close()
	if err != nil {
		return err
	}
	locked, err := Protect(context.Background(), one, passphrase)
	if err != nil {
		return err
	}
	plain, err := Unprotect(context.Background(), locked, passphrase)
	if err != nil {
		return err
	}
	again, err := Reissue([]*Sheet{one, two}, 1, 9, unused([]*Sheet{one, two}))
	if err != nil {
		return err
	}
	defer closeSheets([]*Sheet{locked, plain, again})
	if _, err := again.Fingerprint(); err != nil {
		return err
	}
	return combineAndSplit(one, two)
}

func combineAndSplit(one, two *Sheet) error {
	var p Pile
	defer p.Close()
	for _, s := range []*Sheet{one, two} {
		if _, err := p.Add(s); err != nil {
			return err
		}
	}
	found, err := p.Combine(one.ID())
	if err != nil {
		return err
	}
	defer found.Close()
	sheets, err := Split(rand.Reader, *found, Single(2, 3), 0)
	closeSheets(sheets)
	return err
}
