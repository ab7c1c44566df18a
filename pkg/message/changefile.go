package message

import (
	"strconv"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// maxChangeFile bounds what is read: room for some 100 000 changes.
const maxChangeFile = 96 << 20

// MarshalChanges returns the bytes of a bls_to_execution_change file as
// deposit-cli 1.3.0 writes it, which beacon nodes take as it is.
func MarshalChanges(entries []ChangeEntry) []byte {
	b := []byte{'['}
	for i, e := range entries {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = e.append(b)
	}
	return append(b, ']')
}

func (e ChangeEntry) append(b []byte) []byte {
	b = append(appendKey(append(b, '{'), keyMessage), '{')
	b = appendQuotedUint(b, keyValidatorIndex, uint64(e.Message.ValidatorIndex))
	b = append0x(append(b, ", "...), keyFromPublicKey, e.Message.FromBLSPublicKey[:])
	b = append0x(append(b, ", "...), keyToAddress, e.Message.ToExecutionAddress[:])
	b = append0x(append(b, "}, "...), keySignature, e.Signature[:])
	if e.NoMetadata {
		return append(b, '}')
	}
	b = append(appendKey(append(b, ", "...), keyMetadata), '{')
	b = jsontext.AppendQuoted(appendKey(b, keyNetwork), e.NetworkName)
	b = append0x(append(b, ", "...), keyGenesisRoot, e.GenesisValidatorsRoot[:])
	b = jsontext.AppendQuoted(appendKey(append(b, ", "...), keyVersion), e.DepositCLIVersion)
	return append(b, "}}"...)
}

// ParseChanges reads a bls_to_execution_change file. Every member must be
// there, once, with its exact length, and the points must be valid; only the
// metadata may be missing as a whole, as other programs write it. What is
// unknown or missing is reported in the warnings. Signatures are not checked:
// that is Verify's.
func ParseChanges(data []byte) ([]ChangeEntry, []string, error) {
	objects, err := jsontext.ParseList(data, maxChangeFile, "change")
	if err != nil {
		return nil, nil, fault.New(fault.Refused, "credentials change: %w", err)
	}
	if len(objects) == 0 {
		return nil, nil, fault.New(fault.Refused, "credentials change: want at least one change, found none")
	}
	entries := make([]ChangeEntry, len(objects))
	var warnings []string
	for i, o := range objects {
		if entries[i], warnings, err = parseChange(o, warnings); err != nil {
			return nil, nil, fault.New(fault.Refused, "credentials change: %w", err)
		}
	}
	return entries, warnings, nil
}

func parseChange(o *jsontext.Object, warnings []string) (ChangeEntry, []string, error) {
	const kind = "credentials change"
	var r objectReader
	var e ChangeEntry
	m := r.object(o, keyMessage)
	e.Message.ValidatorIndex = r.index(m)
	e.Message.FromBLSPublicKey = r.publicKey(m, keyFromPublicKey)
	r.bytes(m, keyToAddress, e.Message.ToExecutionAddress[:])
	e.Signature = r.signature(o)
	if e.NoMetadata = !o.Has(keyMetadata); !e.NoMetadata {
		meta := r.object(o, keyMetadata)
		e.NetworkName = r.text(meta, keyNetwork)
		r.bytes(meta, keyGenesisRoot, e.GenesisValidatorsRoot[:])
		e.DepositCLIVersion = r.text(meta, keyVersion)
		if r.err == nil {
			warnings = unknown(warnings, kind+" metadata", meta, keyNetwork, keyGenesisRoot, keyVersion)
		}
	}
	if r.err != nil {
		return ChangeEntry{}, nil, r.err
	}
	warnings = unknown(warnings, kind, o, keyMessage, keySignature, keyMetadata)
	return e, unknown(warnings, kind+" message", m, keyValidatorIndex, keyFromPublicKey, keyToAddress), nil
}

// MarshalKeystoreChange returns the bytes of a
// bls_to_execution_change_keystore_signature file as deposit-cli 1.3.0 writes
// it: here the index is a number.
func MarshalKeystoreChange(s SignedKeystoreChange) []byte {
	b := append(appendKey([]byte{'{'}, keyMessage), '{')
	b = append0x(b, keyToAddress, s.Message.ToExecutionAddress[:])
	b = appendKey(append(b, ", "...), keyValidatorIndex)
	b = strconv.AppendUint(b, uint64(s.Message.ValidatorIndex), 10)
	b = append0x(append(b, "}, "...), keySignature, s.Signature[:])
	return append(b, '}')
}

// ParseKeystoreChange reads what MarshalKeystoreChange writes, as strictly as
// ParseExit.
func ParseKeystoreChange(data []byte) (SignedKeystoreChange, []string, error) {
	top, err := jsontext.Parse(data, maxSignedFile)
	if err != nil {
		return SignedKeystoreChange{}, nil, fault.New(fault.Refused, "keystore change: %w", err)
	}
	var r objectReader
	var s SignedKeystoreChange
	m := r.object(top, keyMessage)
	r.bytes(m, keyToAddress, s.Message.ToExecutionAddress[:])
	if r.err == nil {
		var n uint64
		n, r.err = m.Uint(keyValidatorIndex)
		s.Message.ValidatorIndex = beacon.ValidatorIndex(n)
	}
	s.Signature = r.signature(top)
	if r.err != nil {
		return SignedKeystoreChange{}, nil, fault.New(fault.Refused, "keystore change: %w", r.err)
	}
	warnings := unknown(nil, "keystore change", top, keyMessage, keySignature)
	return s, unknown(warnings, "keystore change message", m, keyToAddress, keyValidatorIndex), nil
}
