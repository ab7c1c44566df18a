package selftest

import (
	"math"
	"math/big"

	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// hold puts a figure into a secret buffer, where the code under test wants it.
func (b *block) hold(figure []byte) (*secret.Buffer, bool) {
	held, err := secret.From(figure)
	return held, b.noError("secret memory", err)
}

// checkMnemonic goes from entropy to words, from words to entropy, and from
// words and passphrase to the seed.
func checkMnemonic(b *block) {
	language, err := mnemonic.ParseLanguage(b.text("language"))
	entropy, ok := b.hold(b.hex("entropy"))
	if !b.noError("language", err) || !ok {
		return
	}
	defer entropy.Close()
	made, err := mnemonic.FromEntropy(entropy, language)
	if !b.noError("entropy", err) {
		return
	}
	defer made.Close()
	b.samePhrase("mnemonic", made)
	b.checkSeed(language, entropy)
}

// samePhrase compares word for word: reading a phrase is more lenient.
func (b *block) samePhrase(key string, phrase *mnemonic.Mnemonic) {
	sentence, err := phrase.Sentence()
	if !b.noError(key, err) {
		return
	}
	defer sentence.Close()
	if string(sentence.Bytes()) != b.text(key) {
		b.fail("%s is not the published one", key)
	}
}

func (b *block) checkSeed(language mnemonic.Language, entropy *secret.Buffer) {
	read, err := mnemonic.Parse([]byte(b.text("mnemonic")), language)
	if !b.noError("mnemonic", err) {
		return
	}
	defer read.Close()
	back, err := read.Entropy()
	if !b.noError("entropy", err) {
		return
	}
	defer back.Close()
	if !back.Equal(entropy) {
		b.fail("entropy is not the published one")
	}
	passphrase, ok := b.hold([]byte(b.text("passphrase")))
	if !ok {
		return
	}
	defer passphrase.Close()
	seed, err := read.Seed(passphrase)
	if b.noError("seed", err) {
		b.same("seed", seed.Bytes())
		seed.Close()
	}
}

// checkTree derives the master key of a seed and one child.
func checkTree(b *block) {
	index := b.number("child_index")
	if index > math.MaxUint32 {
		b.fail("child_index: expected a number below 2^32")
		return
	}
	seed, ok := b.hold(b.hex("seed"))
	if !ok {
		return
	}
	defer seed.Close()
	master, err := derive.MasterSK(seed)
	if !b.noError("master_sk", err) {
		return
	}
	defer master.Close()
	b.sameKey("master_sk", master)
	child, err := derive.ChildSK(master, uint32(index))
	if b.noError("child_sk", err) {
		b.sameKey("child_sk", child)
		child.Close()
	}
}

// sameKey compares a key with the decimal number that the EIP gives.
func (b *block) sameKey(key string, sk *bls.SecretKey) {
	got, err := sk.Bytes()
	if !b.noError(key, err) {
		return
	}
	defer got.Close()
	if new(big.Int).SetBytes(got.Bytes()).String() != b.text(key) {
		b.fail("%s is not the published one", key)
	}
}

// checkKeystore opens a published keystore with its password.
func checkKeystore(b *block) {
	password, err := keystore.ProcessPassword([]byte(b.text("password")))
	if !b.noError("password", err) {
		return
	}
	defer password.Close()
	b.same("encoded_password", password.Bytes())
	ks, _, err := keystore.Parse([]byte(b.text("keystore")))
	if !b.noError("keystore", err) {
		return
	}
	b.same("pubkey", ks.PublicKey)
	opened, err := ks.Decrypt(password)
	if !b.noError("keystore", err) {
		return
	}
	defer opened.Close()
	b.same("secret", opened.Bytes())
	sk, err := bls.SecretKeyFromBytes(opened)
	if b.noError("secret", err) {
		b.same("pubkey", sk.PublicKey().Bytes())
		sk.Close()
	}
}
