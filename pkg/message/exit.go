package message

import (
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/internal/ssz"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// maxSignedFile bounds the file of one signed message.
const maxSignedFile = 64 << 10

// VoluntaryExit asks the chain to end a validator, from Epoch on
// (phase0/beacon-chain.md, "VoluntaryExit").
type VoluntaryExit struct {
	Epoch          beacon.Epoch
	ValidatorIndex beacon.ValidatorIndex
}

// HashTreeRoot is hash_tree_root(VoluntaryExit).
func (e VoluntaryExit) HashTreeRoot() beacon.Root {
	return ssz.Container(ssz.Uint64(uint64(e.Epoch)), ssz.Uint64(uint64(e.ValidatorIndex)))
}

// SigningRoot is what the validator key signs under d, an ExitDomain.
func (e VoluntaryExit) SigningRoot(d beacon.Domain) beacon.Root {
	return ComputeSigningRoot(e.HashTreeRoot(), d)
}

// ExitDomain is the domain of an exit. It has Capella's fork version for ever
// (EIP-7044), so that an exit signed today stays valid in every later fork.
func ExitDomain(capellaForkVersion beacon.Version, genesisValidatorsRoot beacon.Root) beacon.Domain {
	return ComputeDomain(DomainVoluntaryExit, capellaForkVersion, genesisValidatorsRoot)
}

// SignedVoluntaryExit is phase0's container of the same name.
type SignedVoluntaryExit struct {
	Message   VoluntaryExit
	Signature bls.Signature
}

// SignExit signs e with the validator key, under d, an ExitDomain.
func SignExit(sk *bls.SecretKey, e VoluntaryExit, d beacon.Domain) SignedVoluntaryExit {
	root := e.SigningRoot(d)
	return SignedVoluntaryExit{Message: e, Signature: sk.Sign(root[:])}
}

// MarshalExit returns the bytes of a signed_exit_transaction file as
// deposit-cli 1.3.0 writes it, which beacon nodes take as it is.
func MarshalExit(s SignedVoluntaryExit) []byte {
	b := append(appendKey([]byte{'{'}, keyMessage), '{')
	b = appendQuotedUint(b, keyEpoch, uint64(s.Message.Epoch))
	b = appendQuotedUint(append(b, ", "...), keyValidatorIndex, uint64(s.Message.ValidatorIndex))
	b = append0x(append(b, "}, "...), keySignature, s.Signature[:])
	return append(b, '}')
}

// ParseExit reads an exit file. Every member must be there, once, with its
// exact length, and the signature must be a valid point; members that are
// unknown are reported in the warnings. Whose signature it is, Verify says.
func ParseExit(data []byte) (SignedVoluntaryExit, []string, error) {
	top, err := jsontext.Parse(data, maxSignedFile)
	if err != nil {
		return SignedVoluntaryExit{}, nil, fault.New(fault.Refused, "exit: %w", err)
	}
	var r objectReader
	var s SignedVoluntaryExit
	m := r.object(top, keyMessage)
	s.Message.Epoch = beacon.Epoch(r.quotedUint(m, keyEpoch))
	s.Message.ValidatorIndex = r.index(m)
	s.Signature = r.signature(top)
	if r.err != nil {
		return SignedVoluntaryExit{}, nil, fault.New(fault.Refused, "exit: %w", r.err)
	}
	warnings := unknown(nil, "exit", top, keyMessage, keySignature)
	return s, unknown(warnings, "exit message", m, keyEpoch, keyValidatorIndex), nil
}
