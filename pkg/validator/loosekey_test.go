package validator_test

import (
	"encoding/hex"
	"path/filepath"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// A key that was in no keystore gets one, which holds it, says that it is of a
// rehearsal, and has a password.
func TestLooseKey(t *testing.T) {
	raw, err := hex.DecodeString("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f") // of EIP-2335
	if err != nil {
		t.Fatal(err)
	}
	const public = "0x9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07"
	key, err := secret.From(raw)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	req := validator.RewriteRequest{
		Loose: &validator.LooseKey{Secret: key, From: "paper", Rehearsal: true}, Folder: filepath.Join(inMemory(t), "new"),
	}
	if _, _, err := rewriteKeys(machine(), req); fault.KindOf(err) != fault.Usage {
		t.Errorf("without a password: %v", err)
	}
	req.NewPassword = hidden(t, newPassword)
	result, warnings, err := rewriteKeys(machine(), req)
	if err != nil || result.From != "paper" || len(warnings) != 1 {
		t.Fatalf("%+v, %v, %v", result, warnings, err)
	}
	if keys := proven(t, from(t, req.Folder, newPassword)); len(keys) != 1 || keys[0] != public {
		t.Errorf("keys %v", keys)
	}
	ks := readFolder(t, req.Folder, keyfolder.DepositCLI).Items[0].Keystore
	if ks.Description != "REHEARSAL" || ks.Path != "" {
		t.Errorf("%q, path %q", ks.Description, ks.Path)
	}
}
