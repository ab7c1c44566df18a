package dropin

import (
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/validator"
)

// maxFile bounds a file that a verification reads.
const maxFile = 256 << 20

// ReadFiles reads the files that a command is to look at.
func ReadFiles(s *Session, names []string) ([]validator.File, error) {
	var files []validator.File
	for _, name := range names {
		data, err := s.readFile(name, maxFile)
		if err != nil {
			return nil, err
		}
		files = append(files, validator.File{Name: name, Data: data})
	}
	return files, nil
}

// readFile reads a file of at most limit bytes that holds no secret.
func (s *Session) readFile(name string, limit int64) ([]byte, error) {
	return ReadFile(s.Open, name, limit)
}

// ReadFile reads a file of at most limit bytes that holds no secret.
func ReadFile(open func(name string) (fs.File, error), name string, limit int64) ([]byte, error) {
	f, err := open(name)
	if err != nil {
		return nil, fault.New(fault.Refused, "%w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	const neither = fs.ModeDevice | fs.ModeSocket | fs.ModeIrregular
	switch {
	case err != nil:
		return nil, fault.New(fault.Environment, "%w", err)
	case info.IsDir():
		return nil, fault.New(fault.Refused, "%s is a folder; expected a file", name)
	case info.Mode()&neither != 0:
		return nil, fault.New(fault.Refused, "%s is a device; expected a file", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.Environment, "%w", err)
	case len(data) == 0 && info.Mode()&fs.ModeNamedPipe != 0:
		return nil, fault.New(fault.Refused, "%s is a pipe that nobody writes to; expected a file", name)
	case int64(len(data)) > limit:
		return nil, fault.New(fault.Refused, "%s: larger than the %s that are read", name, sizeText(limit))
	}
	return data, nil
}

func sizeText(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}

// Network gathers the network alone, for commands that verify.
type Network struct{ chain }

// NewNetwork returns an empty request that asks through s.
func NewNetwork(s *Session) *Network { return &Network{chain{session: s}} }

// Options lists the options.
func (n *Network) Options() []Option { return n.chainOptions() }

// Chosen returns the network.
func (n *Network) Chosen() (network.Network, error) { return n.Network, n.onlyOneChain() }

// ParsePublicKeys reads a list of public keys, with commas or blanks between, or
// as JSON has it, which is how remote signers answer.
func ParsePublicKeys(text string) ([]bls.PublicKey, error) {
	var keys []bls.PublicKey
	for i, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; []\"\t\r\n", r) }) {
		// The word is not repeated: it may be a secret key by mistake.
		b, err := hex.DecodeString(strings.TrimPrefix(word, "0x"))
		if err != nil {
			return nil, fault.New(fault.Refused, "public key %d: expected %d hexadecimal digits", i+1, 2*bls.PublicKeySize)
		}
		key, err := bls.PublicKeyFromBytes(b)
		if err != nil {
			return nil, fault.New(fault.Refused, "public key %d: %w", i+1, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Owners reads a list of validators with their public keys.
func Owners(s *Session, name string) (map[beacon.ValidatorIndex]bls.PublicKey, error) {
	rows, keys, err := readOwners(s, name)
	owners := map[beacon.ValidatorIndex]bls.PublicKey{}
	for i, row := range rows {
		owners[row.Index] = keys[i]
	}
	return owners, err
}

func readOwners(s *Session, name string) ([]validator.Row, []bls.PublicKey, error) {
	text, err := s.readFile(name, maxFile)
	if err != nil {
		return nil, nil, err
	}
	rows, err := validator.ParseRows(text, bls.PublicKeySize, "public key")
	if err != nil {
		return nil, nil, fault.New(fault.KindOf(err), "%s: %w", name, err)
	}
	keys := make([]bls.PublicKey, len(rows))
	for i, row := range rows {
		if keys[i], err = bls.PublicKeyFromBytes(row.Value); err != nil {
			return nil, nil, fault.New(fault.Refused, "%s, validator %d: %w", name, row.Index, err)
		}
	}
	return rows, keys, nil
}
