package backup

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

// TestOneKey splits a secret key, which is no phrase when it comes back.
func TestOneKey(t *testing.T) {
	scalar, err := secret.From(append(make([]byte, 31), 7))
	if err != nil {
		t.Fatal(err)
	}
	defer scalar.Close()
	key, err := bls.SecretKeyFromBytes(scalar)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	s, err := KeySecret(key)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := newRoom(t)
	req := r.request()
	req.Secret, req.Text = s, true
	made := r.split(req)
	if made.Restores.PublicKey != key.PublicKey().String() || made.Restores.Network != "hoodi" {
		t.Errorf("%+v", made.Restores)
	}
	restored, err := r.restore(made.Record, r.texts()[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	text, err := restored.Text()
	if err != nil || string(text.Bytes()) != "0x"+strings.Repeat("0", 63)+"7" {
		t.Error("another key", err)
	}
	text.Close()
	for name, use := range map[string]func() error{
		"mnemonic": func() error { _, err := restored.Mnemonic(); return err },
		"use":      func() error { _, err := restored.PhraseFor(hoodi(t)); return err },
		"file":     func() error { _, err := restored.Unseal([]byte("x")); return err },
	} {
		if err := use(); fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "holds a secret-key") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestChangeOfCredentials uses the withdrawal keys of a restored mnemonic.
func TestChangeOfCredentials(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	restored, err := r.restore(made.Record, r.texts()[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	withdrawal, err := publicKey(made.Restores.Validators[0].WithdrawalPublicKey)
	if err != nil {
		t.Fatal(err)
	}
	address, err := beacon.ParseExecutionAddress("0x71C7656EC7ab88b098defB751B7401B5f6d8976F")
	if err != nil {
		t.Fatal(err)
	}
	phrase, err := restored.PhraseFor(hoodi(t))
	if err != nil {
		t.Fatal(err)
	}
	defer phrase.Close()
	plan, _, err := validator.PlanChange(context.Background(), r.m.Machine, validator.ChangeRequest{
		Mnemonic: phrase, Passphrase: restored.Passphrase(), Network: hoodi(t), ValidatorIndices: []beacon.ValidatorIndex{5}, OldCredentials: [][32]byte{message.BLSCredentials(withdrawal)},
		Address: address, Folder: r.records,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	if result, err := plan.Run(context.Background(), nil); err != nil || result.Signed != 1 {
		t.Error(err)
	}
}

// TestALostSheetWithAPassphrase: its share comes back, with another text.
func TestALostSheetWithAPassphrase(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	req.Protect = []SheetRef{{1, 1}}
	made := r.split(req)
	sheets := r.texts()
	plan, _, err := PlanReissue(r.m, ReissueRequest{Record: made.Record, Lost: SheetRef{1, 1}, Sheets: r.sheets})
	if err != nil || plan.Same {
		t.Fatal(err)
	}
	r.hand, r.paper = sheets[1:], map[string]string{}
	if _, err := plan.Run(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	restored, err := r.restore(made.Record, r.texts()[0], sheets[1])
	if err != nil || !slices.Equal(restored.Result.Used, []string{"sheet 1", "sheet 2"}) {
		t.Error(err)
	}
	r.hand, r.secrets[AskSheetPassphrase] = sheets[:1], r.shown
	if check, err := Check(context.Background(), r.m, CheckRequest{Record: made.Record, Passphrase: true}, r); err != nil || check.Err() != nil || !check.Opened {
		t.Errorf("%+v, %v", check, err)
	}
	r.hand, r.secrets[AskSheetPassphrase] = sheets[:1], nil
	if check, err := Check(context.Background(), r.m, CheckRequest{Passphrase: true}, r); err != nil || check.Opened || len(check.Unknown) != 3 {
		t.Errorf("%+v, %v", check, err)
	}
}

// TestAnyTOfNThroughTheDesk restores from every choice of sheets, in an order
// of its own, and from none that is smaller.
func TestAnyTOfNThroughTheDesk(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	req.Scheme, req.Text = shamir.Single(3, 5), true
	made := r.split(req)
	sheets := r.texts()
	for chosen := range 1 << len(sheets) {
		var given []string
		for i, text := range sheets {
			if chosen>>i&1 == 1 {
				given = append([]string{text}, given...)
			}
		}
		r.batch = len(given) > 3
		if _, err := r.restore(made.Record, given...); (err == nil) != (len(given) >= 3) {
			t.Errorf("%d sheets: %v", len(given), err)
		}
	}
}
