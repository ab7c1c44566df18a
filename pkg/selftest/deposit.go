package selftest

import (
	"math"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
)

// checkDeposit goes the whole way from a mnemonic to a signed deposit.
func checkDeposit(b *block) {
	withdrawal, signing, ok := b.derived()
	if !ok {
		return
	}
	defer withdrawal.Close()
	defer signing.Close()
	credentials, ok := b.credentials(withdrawal.PublicKey())
	fork := b.hex("fork_version")
	if !ok || len(fork) != len(beacon.Version{}) {
		b.fail("fork_version: expected 4 bytes")
		return
	}
	version := beacon.Version(fork)
	deposit := message.DepositMessage{
		PublicKey: signing.PublicKey(), WithdrawalCredentials: credentials, Amount: beacon.Gwei(b.number("amount")),
	}
	entry := message.NewDepositEntry(signing, deposit, version, "", "")
	messageRoot, signingRoot, dataRoot := deposit.HashTreeRoot(), deposit.SigningRoot(version), entry.Data().HashTreeRoot()
	b.same("pubkey", deposit.PublicKey.Bytes())
	b.same("withdrawal_credentials", credentials[:])
	b.same("deposit_message_root", messageRoot[:])
	b.same("signing_root", signingRoot[:])
	b.same("signature", entry.Signature.Bytes())
	b.same("deposit_data_root", dataRoot[:])
	b.noError("deposit", entry.Verify(version))
}

// derived returns the withdrawal and the signing key.
func (b *block) derived() (withdrawal, signing *bls.SecretKey, ok bool) {
	index := b.number("index")
	phrase, err := mnemonic.Parse([]byte(b.text("mnemonic")), mnemonic.Language(b.text("language")))
	if !b.noError("mnemonic", err) || index > math.MaxUint32 {
		b.fail("index: expected a number below 2^32")
		return nil, nil, false
	}
	defer phrase.Close()
	b.samePhrase("mnemonic", phrase)
	seed, err := phrase.Seed(nil)
	if !b.noError("seed", err) {
		return nil, nil, false
	}
	defer seed.Close()
	tree, err := derive.NewTree(seed)
	if !b.noError("tree", err) {
		return nil, nil, false
	}
	defer tree.Close()
	withdrawal, signing, err = tree.Both(uint32(index))
	return withdrawal, signing, b.noError("keys", err)
}

// credentials makes the type that the published ones have.
func (b *block) credentials(withdrawal bls.PublicKey) (c [32]byte, ok bool) {
	if !b.has("address") {
		return message.BLSCredentials(withdrawal), true
	}
	address, err := beacon.ParseExecutionAddress(b.text("address"))
	if !b.noError("address", err) {
		return c, false
	}
	if published := b.hex("withdrawal_credentials"); len(published) > 0 && published[0] == 2 {
		return message.CompoundingCredentials(address), true
	}
	return message.ExecutionCredentials(address), true
}
