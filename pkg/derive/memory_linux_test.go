package derive

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"

	blst "github.com/supranational/blst/bindings/go"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
)

// holderMode tells this test binary, started again, to derive and hold still.
const holderMode = "ETHKEY_TEST_DERIVE"

// A process that has derived keys, signed and closed everything holds no copy
// of the seed or of any key on the way: not on its heap, not on a stack. The
// second run keeps one copy on purpose, to show that it would be found.
func TestMemoryAfterwards(t *testing.T) {
	if mode := os.Getenv(holderMode); mode != "" {
		hold(t, mode)
		return
	}
	seed := make([]byte, 64)
	for i := range seed {
		seed[i] = byte(i*i*7 + i + 3)
	}
	canary := testkit.NewCanary()
	canary.Add("seed", seed)
	key := blst.DeriveMasterEip2333(seed)
	canary.Add("the key at m", key.Serialize())
	path := SigningPath(3)
	for i, index := range path {
		key = key.DeriveChildEip2333(index)
		canary.Add("the key at "+path[:i+1].String(), key.Serialize())
	}
	if found := testkit.ScanHeld(t, canary, holderMode+"=clean", seed); len(found) != 0 {
		t.Errorf("copies are left: %v", found)
	}
	if found := testkit.ScanHeld(t, canary, holderMode+"=leaking", seed); len(found) == 0 {
		t.Error("the copy that was left on purpose is not found")
	}
}

// hold reads a seed from standard input, works with it, closes everything and
// waits.
func hold(t *testing.T, mode string) {
	raw := make([]byte, 64)
	if _, err := io.ReadFull(os.Stdin, raw); err != nil {
		t.Fatal(err)
	}
	var kept []byte
	if mode == "leaking" {
		kept = bytes.Clone(raw)
	}
	seed, err := secret.From(raw)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := NewTree(seed)
	if err != nil {
		t.Fatal(err)
	}
	withdrawal, signing, err := tree.Both(3)
	if err != nil {
		t.Fatal(err)
	}
	sig := signing.Sign([]byte("a signing root"))
	if !bls.Verify(signing.PublicKey(), []byte("a signing root"), sig) {
		t.Fatal("the key does not sign")
	}
	fmt.Fprintln(io.Discard, withdrawal.PublicKey())
	for _, c := range []interface{ Close() }{withdrawal, signing, tree, seed} {
		c.Close()
	}
	testkit.Hold()
	if mode == "leaking" && len(kept) == 0 {
		t.Fatal("nothing was kept")
	}
}
