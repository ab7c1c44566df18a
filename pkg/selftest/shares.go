package selftest

import (
	"context"
	"errors"
	"strings"

	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// sheet reads a text, which must come out again as it is.
func (b *block) sheet(key, text string) (*shamir.Sheet, bool) {
	s, err := shamir.Parse([]byte(text))
	if !b.noError(key, err) {
		return nil, false
	}
	b.sameText(key, s, text)
	return s, true
}

func (b *block) sameText(key string, s *shamir.Sheet, expected string) {
	text, err := s.Text()
	if !b.noError(key, err) {
		return
	}
	defer text.Close()
	if string(text.Bytes()) != expected {
		b.fail("%s: another text came out", key)
	}
}

// checkSet combines the sheets of a set.
func checkSet(b *block) {
	var pile shamir.Pile
	defer pile.Close()
	fingerprints := b.list("fingerprints")
	texts := strings.Split(b.text("sheets"), " ")
	if len(texts) != len(fingerprints) {
		b.fail("fingerprints: expected one a sheet")
		return
	}
	for i, text := range texts {
		s, ok := b.sheet("sheets", text)
		if !ok {
			return
		}
		fingerprint, err := s.Fingerprint()
		if !b.noError("fingerprints", err) || string(fingerprint[:]) != string(fingerprints[i]) {
			b.fail("fingerprints: another one came out of sheet %d", i+1)
		}
		if _, err := pile.Add(s); !b.noError("sheets", err) {
			s.Close()
			return
		}
	}
	id, err := shamir.ParseSetID(b.text("set"))
	if !b.noError("set", err) {
		return
	}
	found, err := pile.Combine(id)
	if !b.noError("sheets", err) {
		return
	}
	defer found.Close()
	b.sameShared(found)
}

// sameShared compares what came out with what was split.
func (b *block) sameShared(found *shamir.Secret) {
	b.same("secret", found.Data.Bytes())
	var language mnemonic.Language
	if b.has("language") {
		language = mnemonic.Language(b.text("language"))
	}
	if found.Kind.String() != b.text("type") || found.Language != language || found.Passphrase != b.truth("passphrase") {
		b.fail("type: another kind of secret came out")
	}
}

// checkProtected undoes the passphrase of a sheet, and does it again.
func checkProtected(b *block) {
	text, protected := b.text("sheet"), b.text("protected")
	passphrase, ok := b.hold([]byte(b.text("passphrase")))
	if !ok {
		return
	}
	defer passphrase.Close()
	locked, ok := b.sheet("protected", protected)
	if !ok {
		return
	}
	defer locked.Close()
	plain, err := shamir.Unprotect(context.Background(), locked, passphrase)
	if !b.noError("passphrase", err) {
		return
	}
	defer plain.Close()
	b.sameText("sheet", plain, text)
	again, err := shamir.Protect(context.Background(), plain, passphrase)
	if !b.noError("passphrase", err) {
		return
	}
	defer again.Close()
	b.sameText("protected", again, protected)
}

// checkDamaged expects the sheet to be proposed, with as many changes, or
// nothing; never to be read.
func checkDamaged(b *block) {
	s, err := shamir.Parse([]byte(b.text("typed")))
	var damage *shamir.DamageError
	if !errors.As(err, &damage) {
		s.Close()
		b.fail("typed: the damage was not noticed")
		damage = new(shamir.DamageError)
	}
	defer damage.Close()
	b.answers(damage.Proposal != nil)
	if damage.Proposal == nil {
		return
	}
	if string(damage.Proposal.Text.Bytes()) != b.text("proposed") || uint64(len(damage.Proposal.Places)) != b.number("places") {
		b.fail("proposed: something else came out")
	}
}
