package slashingdb_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

var ctx = context.Background()

var keyCache sync.Map

// testKey returns the public key of the secret key i+1.
func testKey(tb testing.TB, i int) slashingdb.PublicKey {
	tb.Helper()
	if key, ok := keyCache.Load(i); ok {
		return key.(slashingdb.PublicKey)
	}
	scalar := make([]byte, 32)
	binary.BigEndian.PutUint64(scalar[24:], uint64(i)+1)
	b, err := secret.From(scalar)
	if err != nil {
		tb.Fatal(err)
	}
	defer b.Close()
	sk, err := bls.SecretKeyFromBytes(b)
	if err != nil {
		tb.Fatal(err)
	}
	defer sk.Close()
	keyCache.Store(i, sk.PublicKey())
	return sk.PublicKey()
}

// drawHistory draws a few messages out of so narrow a range that they often
// contradict each other.
func drawHistory(r *rand.Rand) slashingdb.History {
	var h slashingdb.History
	root := func() (beacon.Root, bool) {
		n := r.IntN(3)
		if n == 0 {
			return beacon.Root{}, false
		}
		return beacon.Root{byte(n)}, true
	}
	for range r.IntN(5) {
		b := slashingdb.Block{Slot: beacon.Slot(r.IntN(6))}
		b.Root, b.HasRoot = root()
		h.Blocks = append(h.Blocks, b)
	}
	for range r.IntN(6) {
		a := slashingdb.Attestation{Source: beacon.Epoch(r.IntN(6)), Target: beacon.Epoch(r.IntN(6))}
		a.Root, a.HasRoot = root()
		h.Attestations = append(h.Attestations, a)
	}
	return h
}

// drawFile draws a file of a few keys, some with several entries.
func drawFile(tb testing.TB, r *rand.Rand) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := slashingdb.NewWriter(&out, mainnetRoot)
	for range 1 + r.IntN(5) {
		if err := w.History(testKey(tb, r.IntN(3)), drawHistory(r)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func table(tb testing.TB, file []byte) *slashingdb.Table {
	tb.Helper()
	t, _, err := slashingdb.ReadTable(ctx, bytes.NewReader(file), slashingdb.ReadOptions{Version4: true})
	if err != nil {
		tb.Fatalf("%v in\n%s", err, file)
	}
	return t
}

// metadata5 is the metadata of a good file.
var metadata5 = `{"interchange_format_version":"5","genesis_validators_root":"` + mainnetRoot.String() + `"}`

// fileWith makes a file of entries.
func fileWith(entries ...string) string {
	return `{"metadata":` + metadata5 + `,"data":[` + strings.Join(entries, ",") + `]}`
}

// entryWith makes an entry of key 0 with those messages.
func entryWith(tb testing.TB, blocks, attestations string) string {
	tb.Helper()
	return fmt.Sprintf(`{"pubkey":%q,"signed_blocks":[%s],"signed_attestations":[%s]}`, testKey(tb, 0), blocks, attestations)
}
