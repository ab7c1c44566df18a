package validator_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/validator"
)

// A keystore is good when its password opens it and the key inside is the one
// that it names; what it leaves out is a warning.
func TestTestKeystore(t *testing.T) {
	dir := t.TempDir()
	result, _, err := create(machine(), request(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	first, second := read(t, dir, result.Keystores[0]), read(t, dir, result.Keystores[1])
	good, _, err := keystore.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := keystore.Parse(second)
	if err != nil {
		t.Fatal(err)
	}
	own, others := hex.EncodeToString(good.PublicKey), hex.EncodeToString(other.PublicKey)

	opened, err := validator.TestKeystore(first, hidden(t, password))
	if err != nil || opened.PublicKey != "0x"+own || opened.Path != "m/12381/3600/0/0/0" {
		t.Errorf("%+v, %v", opened, err)
	}
	if _, err := validator.TestKeystore(first, hidden(t, password+"x")); !errors.Is(err, keystore.ErrWrongPassword) {
		t.Errorf("a wrong password: %v", err)
	}
	swapped := bytes.Replace(first, []byte(own), []byte(others), 1)
	if _, err := validator.TestKeystore(swapped, hidden(t, password)); fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "0x"+own) {
		t.Errorf("another public key: %v", err)
	}
	nameless := bytes.Replace(first, []byte(`"pubkey": "`+own+`", `), nil, 1)
	if opened, err := validator.TestKeystore(nameless, hidden(t, password)); err != nil || !strings.Contains(strings.Join(opened.Warnings, "\n"), "no public key") {
		t.Errorf("no public key: %+v, %v", opened, err)
	}
}
