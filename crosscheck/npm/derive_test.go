package npm

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
)

// wordlists are the module names of @scure/bip39.
var wordlists = map[mnemonic.Language]string{
	mnemonic.ChineseSimplified: "simplified-chinese", mnemonic.ChineseTraditional: "traditional-chinese",
	mnemonic.Czech: "czech", mnemonic.English: "english", mnemonic.French: "french", mnemonic.Italian: "italian",
	mnemonic.Japanese: "japanese", mnemonic.Korean: "korean", mnemonic.Portuguese: "portuguese", mnemonic.Spanish: "spanish",
}

type deriveQuestion struct {
	Mnemonic   string   `json:"mnemonic"`
	Wordlist   string   `json:"wordlist"`
	Passphrase string   `json:"passphrase"`
	Indices    []uint32 `json:"indices"`
}

type keyPair struct {
	Signing       string `json:"signing"`
	SigningKey    string `json:"signing_pubkey"`
	Withdrawal    string `json:"withdrawal"`
	WithdrawalKey string `json:"withdrawal_pubkey"`
}

type deriveAnswer struct {
	Seed, Master, Error string
	Keys                []keyPair
}

// Every language, every length, with and without a passphrase.
func TestKeysAgree(t *testing.T) {
	rng := rand.New(rand.NewChaCha8([32]byte{1}))
	passphrases := []string{"", "TREZOR", "\u30e1\u30fc\u30c8\u30eb\u30ac\u30d0\u30f4\u30a1\u3071\u3070\u3050\u309e\u3061\u3062\u5341\u4eba\u5341\u8272", "caf\u00e9 \ufb01"}
	var questions []deriveQuestion
	for i, language := range mnemonic.Languages() {
		for j, words := range []int{12, 15, 18, 21, 24} {
			sentence := phrase(t, rng, words, language)
			indices := []uint32{uint32(i), rng.Uint32N(1 << 31)}
			questions = append(questions, deriveQuestion{sentence, wordlists[language], passphrases[(i+j)%len(passphrases)], indices})
		}
	}
	// Their path parser stops at 2^31 - 1, ours at EIP-2334's 2^32 - 1.
	questions = append(questions, deriveQuestion{phrase(t, rng, 24, mnemonic.English), "english", "", []uint32{0, 1, 2, 100, math.MaxInt32}})

	for i, got := range ask[deriveAnswer](t, "derive", questions) {
		want := ours(t, questions[i])
		if got.Error != "" || got.Seed != want.Seed || got.Master != want.Master || !slices.Equal(got.Keys, want.Keys) {
			t.Errorf("%s, %+q:\ntheirs %+v\nours   %+v", questions[i].Wordlist, questions[i].Passphrase, got, want)
		}
	}
}

// phrase returns a phrase of drawn entropy, as we print it.
func phrase(t *testing.T, rng *rand.Rand, words int, language mnemonic.Language) string {
	t.Helper()
	entropy := make([]byte, words/3*4)
	for i := range entropy {
		entropy[i] = byte(rng.Uint32())
	}
	m, err := mnemonic.FromEntropy(buffer(t, entropy), language)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	sentence, err := m.Sentence()
	if err != nil {
		t.Fatal(err)
	}
	defer sentence.Close()
	return fmt.Sprintf("%s", sentence.Bytes())
}

// ours answers as the counterpart does, from the phrase as text.
func ours(t *testing.T, q deriveQuestion) (a deriveAnswer) {
	t.Helper()
	language := mnemonic.English
	for l, name := range wordlists {
		if name == q.Wordlist {
			language = l
		}
	}
	m, err := mnemonic.Parse([]byte(q.Mnemonic), language)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	seed, err := m.Seed(buffer(t, []byte(q.Passphrase)))
	if err != nil {
		t.Fatal(err)
	}
	defer seed.Close()
	a.Seed = hexOf(seed)
	master, err := derive.MasterSK(seed)
	if err != nil {
		t.Fatal(err)
	}
	a.Master, _ = pair(t, master)
	tree, err := derive.NewTree(seed)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for _, index := range q.Indices {
		withdrawal, signing, err := tree.Both(index)
		if err != nil {
			t.Fatal(err)
		}
		var k keyPair
		k.Signing, k.SigningKey = pair(t, signing)
		k.Withdrawal, k.WithdrawalKey = pair(t, withdrawal)
		a.Keys = append(a.Keys, k)
	}
	return a
}

// pair returns both keys in hexadecimal, and closes the secret one.
func pair(t *testing.T, sk *bls.SecretKey) (secretKey, publicKey string) {
	t.Helper()
	defer sk.Close()
	b, err := sk.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return hex.EncodeToString(b.Bytes()), sk.PublicKey().Hex()
}
