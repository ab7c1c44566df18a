package sshsig

import (
	"testing"
)

// FuzzCheck: only the signature that was made holds.
func FuzzCheck(f *testing.F) {
	for _, signer := range signers(f) {
		sig, err := Sign(signer, namespace, message)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sig)
	}
	f.Add([]byte(begin + "\nU1NIU0lH\n" + end))
	f.Fuzz(func(t *testing.T, text []byte) {
		sig, err := Check(message, text, namespace)
		if err == nil && checkKey(sig.Key) != nil {
			t.Error("a signature holds by a key that does not count")
		}
		if _, err := Check(append([]byte("x"), message...), text, namespace); err == nil {
			t.Error("a signature holds for another message")
		}
	})
}

// FuzzAllowedSigners: what is read names keys that count, and a signature by
// none of them is never allowed.
func FuzzAllowedSigners(f *testing.F) {
	key := line(newToken(1).PublicKey())
	f.Add([]byte("ann " + key))
	f.Add([]byte("# x\n\n\"a b\",c valid-after=\"20260101Z\",namespaces=\"a,!b*\" " + key + " comment\r\n"))
	f.Add([]byte("ann cert-authority " + key))
	f.Fuzz(func(t *testing.T, data []byte) {
		allowed, err := ParseAllowedSigners(data)
		if err != nil {
			return
		}
		for _, e := range allowed.entries {
			if e.principals == "" || checkKey(e.key) != nil {
				t.Fatal("an entry without principals, or with a key that does not count")
			}
			if _, err := allowed.find(e.key, namespace, noon); err != nil && e.namespaces == nil && !e.after.set && !e.before.set {
				t.Fatal("an entry without limits does not allow its key:", err)
			}
		}
	})
}
