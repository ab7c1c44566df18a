package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// stateVersion is that of the file.
const stateVersion = 1

// state is what the store says of itself.
type state struct {
	Version int
	ID      identity
	Chain   slashingdb.Chain
	Machine string // a hash of its id, see machineOf
	File    fileID // the file that was written
	Commits uint64
	Keys    int
	Digest  digest
	Seen    int64 // the latest clock, in Unix seconds
	Mark    *slashingdb.HighWatermark
}

// encode returns the state's text and its checksum.
func (s state) encode() ([]byte, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return append(text, stateCheck(text)...), nil
}

func stateCheck(text []byte) []byte {
	sum := sha256.Sum256(append([]byte("ethkey slashing store\x00"), text...))
	return sum[:]
}

// decodeState reads a state, and says what is wrong with it otherwise.
func decodeState(value []byte) (s state, problem string) {
	cut := len(value) - sha256.Size
	if cut < 0 || !bytes.Equal(stateCheck(value[:cut:cut]), value[cut:]) {
		return s, "what the store says of itself does not match its checksum"
	}
	if err := json.Unmarshal(value[:cut], &s); err != nil {
		return s, "what the store says of itself cannot be read"
	}
	return s, ""
}

// machineOf hides the machine's id, which is not for others to know, and makes
// it this store's own.
func machineOf(id identity, machine string) string {
	sum := sha256.Sum256(append(append([]byte("ethkey slashing machine\x00"), id[:]...), machine...))
	return hex.EncodeToString(sum[:16])
}

func slot(b []byte) beacon.Slot { return beacon.Slot(binary.BigEndian.Uint64(b)) }

func epoch(b []byte) beacon.Epoch { return beacon.Epoch(binary.BigEndian.Uint64(b)) }
