package keystore

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"sync"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/internal/kdf"
	"github.com/ethkey/ethkey/pkg/secret"
)

// KeySize is how many bytes of locked memory a Key takes.
const KeySize = dkLength

// maxSecret is how many bytes a keystore may hold. A validator's key has 32.
const maxSecret = 64

// ErrWrongPassword is returned when the checksum does not fit: the password is
// another one, or checksum or cipher message are damaged.
var ErrWrongPassword error = fault.New(fault.Refused, "the password does not open this keystore").
	WithHint("check the keyboard layout, Caps Lock, a space or line end too many, and whether the password belongs to another keystore")

// Key is a decryption key with the parameters it came from. It is safe for
// use by several goroutines.
type Key struct {
	dk     *secret.Buffer
	params Params

	mu  sync.Mutex
	ivs map[[16]byte]struct{} // those that Encrypt has used
}

// Derive runs the KDF ("Decryption key") on a processed password. It refuses
// absurd parameters before it takes memory.
func Derive(password *secret.Buffer, p Params) (*Key, error) {
	return DeriveContext(context.Background(), password, p)
}

// DeriveContext is Derive, and ends early when ctx does.
func DeriveContext(ctx context.Context, password *secret.Buffer, p Params) (*Key, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	dk, err := p.run(ctx, password.Bytes())
	if err != nil {
		return nil, err
	}
	return &Key{dk: dk, params: p, ivs: map[[16]byte]struct{}{}}, nil
}

func (p Params) run(ctx context.Context, password []byte) (*secret.Buffer, error) {
	if p.Function == Scrypt {
		return kdf.Scrypt(ctx, password, p.Salt, p.N, p.R, p.P, dkLength)
	}
	return kdf.PBKDF2(ctx, kdf.SHA256, password, p.Salt, p.C, dkLength)
}

// Params returns what the key was derived with.
func (k *Key) Params() Params { return k.params }

// Close wipes the key.
func (k *Key) Close() { k.dk.Close() }

// checksum is SHA-256(decryption key[16:32] || cipher message).
func (k *Key) checksum(message []byte) (sum [32]byte, err error) {
	err = hmac.SHA256.Digest(sum[:], k.dk.Bytes()[16:32], message)
	return sum, err
}

// stream is AES-128-CTR under decryption key[:16].
func (k *Key) stream(iv [16]byte) (cipher.Stream, error) {
	block, err := aes.NewCipher(k.dk.Bytes()[:16])
	if err != nil {
		return nil, err
	}
	return cipher.NewCTR(block, iv[:]), nil
}

// Encrypt makes a keystore of secretKey. publicKey has 48 bytes. An iv is
// taken once only: two secrets under one key and iv give away their difference.
func Encrypt(k *Key, secretKey []byte, iv [16]byte, publicKey []byte, path, description string, uuid [16]byte) (*Keystore, error) {
	if len(secretKey) == 0 || len(secretKey) > maxSecret {
		return nil, refuse("a keystore cannot hold a secret of this size")
	}
	if len(publicKey) != publicKeyLength {
		return nil, refuse("pubkey: want %d bytes, found %d", publicKeyLength, len(publicKey))
	}
	message, checksum, err := k.encrypt(secretKey, iv)
	if err != nil {
		return nil, err
	}
	return &Keystore{
		KDF: k.params, IV: iv, Ciphertext: message, Checksum: checksum, Description: description,
		PublicKey: append([]byte(nil), publicKey...), Path: path, UUID: FormatUUID(uuid),
	}, nil
}

// encrypt returns the cipher message of plain and its checksum.
func (k *Key) encrypt(plain []byte, iv [16]byte) (message []byte, checksum [32]byte, err error) {
	if !k.takeIV(iv) {
		return nil, checksum, fault.New(fault.Integrity, "the iv of a keystore came up twice under one salt").
			WithHint("the source of randomness repeats itself; do not use this machine for keys")
	}
	stream, err := k.stream(iv)
	if err != nil {
		return nil, checksum, err
	}
	message = make([]byte, len(plain))
	stream.XORKeyStream(message, plain)
	checksum, err = k.checksum(message)
	return message, checksum, err
}

func (k *Key) takeIV(iv [16]byte) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, used := k.ivs[iv]
	k.ivs[iv] = struct{}{}
	return !used
}

// Open returns the secret, or ErrWrongPassword. The key must have been derived
// with the keystore's own parameters.
func (ks *Keystore) Open(k *Key) (*secret.Buffer, error) {
	if len(ks.Ciphertext) == 0 || len(ks.Ciphertext) > maxSecret {
		return nil, refuse("crypto.cipher.message: want 1 to %d bytes, found %d", maxSecret, len(ks.Ciphertext))
	}
	if !ks.KDF.Equal(k.params) {
		return nil, refuse("crypto.kdf: the key was derived with other parameters than this keystore's")
	}
	return k.open(ks.Ciphertext, ks.Checksum, ks.IV)
}

// open decrypts a message that the checksum holds for.
func (k *Key) open(message []byte, checksum [32]byte, iv [16]byte) (*secret.Buffer, error) {
	sum, err := k.checksum(message)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(sum[:], checksum[:]) != 1 {
		return nil, ErrWrongPassword
	}
	stream, err := k.stream(iv)
	if err != nil {
		return nil, err
	}
	out, err := secret.New(len(message))
	if err != nil {
		return nil, err
	}
	stream.XORKeyStream(out.Bytes(), message)
	return out, nil
}

// Decrypt is Derive, then Open.
func (ks *Keystore) Decrypt(password *secret.Buffer) (*secret.Buffer, error) {
	k, err := Derive(password, ks.KDF)
	if err != nil {
		return nil, err
	}
	defer k.Close()
	return ks.Open(k)
}
