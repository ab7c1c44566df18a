package keystore

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

// cheapFile is what Marshal writes, at a cost for tests.
func cheapFile(t testing.TB) string {
	k := cheapKey(t, Params{Function: Scrypt, N: 2, R: 8, P: 1, Salt: make([]byte, 32)})
	ks, err := Encrypt(k, counting(32), [16]byte{1}, counting(48), "m/12381/3600/0/0/0", "", [16]byte{6: 0x40, 8: 0x80})
	if err != nil {
		t.Fatal(err)
	}
	return string(ks.Marshal())
}

func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func cheapKey(t testing.TB, p Params) *Key {
	t.Helper()
	k, err := Derive(process(t, "a cheap password"), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

const weakWarning = "crypto.kdf.params: scrypt n=2, r=8, p=1 is a weak cost (usual: n=262144, r=8, p=1); whoever has the file can guess passwords quickly"

// What other programs leave out, add, or write in another way.
func TestReadsLeniently(t *testing.T) {
	file := cheapFile(t)
	swap := func(old, new string) string {
		if !strings.Contains(file, old) {
			t.Fatalf("%s is not in %s", old, file)
		}
		return strings.Replace(file, old, new, 1)
	}
	upper := swap(hex.EncodeToString(counting(48)), strings.ToUpper(hex.EncodeToString(counting(48))))
	const noKey = "pubkey: missing; which validator this is shows only after decryption"
	const noUUID = "uuid: missing or not of the usual form"
	for name, c := range map[string]struct {
		file     string
		warnings []string
	}{
		"as written":          {file, nil},
		"indented":            {strings.ReplaceAll(file, ", ", ",\r\n\t"), nil},
		"byte order mark":     {"\ufeff" + file, nil},
		"no description":      {swap(`"description": "", `, ""), nil},
		"description null":    {swap(`"description": ""`, `"description": null`), nil},
		"ethdo's name":        {swap(`"description": ""`, `"name": "validator 1"`), nil},
		"other additions":     {swap(`"version": 4`, `"version": 4, "x": [1, {"y": null}], "encryptor": "keystorev4"`), nil},
		"no pubkey":           {swap(`"pubkey": "`+hex.EncodeToString(counting(48))+`", `, ""), []string{noKey}},
		"empty pubkey":        {swap(hex.EncodeToString(counting(48)), ""), []string{noKey}},
		"upper-case pubkey":   {upper, nil},
		"0x pubkey":           {swap(`"pubkey": "`, `"pubkey": "0x`), nil},
		"empty path":          {swap(`m/12381/3600/0/0/0`, ""), nil},
		"no path":             {swap(`"path": "m/12381/3600/0/0/0", `, ""), nil},
		"no uuid":             {swap(`"uuid": "00000000-0000-4000-8000-000000000000", `, ""), []string{noUUID}},
		"odd uuid":            {swap(`00000000-0000-4000-8000-000000000000`, "validator-1"), []string{noUUID}},
		"0x salt":             {swap(`"salt": "`, `"salt": "0x`), nil},
		"0X iv":               {swap(`"iv": "`, `"iv": "0X`), nil},
		"order of parameters": {swap(`"dklen": 32, "n": 2, "r": 8, "p": 1`, `"p": 1, "r": 8, "n": 2, "dklen": 32`), nil},
		"no checksum params":  {swap(`"params": {}, `, ""), nil},
		"checksum params":     {swap(`"params": {}`, `"params": null`), nil},
		"no kdf message":      {swap(`, "message": ""`, ""), nil},
		"long dklen":          {swap(`"dklen": 32`, `"dklen": 64`), []string{"crypto.kdf.params.dklen: found 64, of which the standard uses the first 32"}},
	} {
		t.Run(name, func(t *testing.T) {
			ks, warnings, err := Parse([]byte(c.file))
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(warnings)
			want := append([]string{weakWarning}, c.warnings...)
			slices.Sort(want)
			if !slices.Equal(warnings, want) {
				t.Errorf("warnings %q, want %q", warnings, want)
			}
			opened, err := ks.Decrypt(process(t, "a cheap password"))
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			if !slices.Equal(opened.Bytes(), counting(32)) {
				t.Error("another secret")
			}
		})
	}
}

func TestShortSaltIsReadWithAWarning(t *testing.T) {
	k := cheapKey(t, Params{Function: PBKDF2, C: 1, Salt: []byte{7}})
	ks, err := Encrypt(k, counting(1), [16]byte{}, counting(48), "", "", [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	back, warnings, err := Parse(ks.Marshal())
	if err != nil || !slices.Contains(warnings, "crypto.kdf.params.salt: 1 bytes, usual are 32") {
		t.Fatal(warnings, err)
	}
	if !slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, "pbkdf2 c=1 is a weak cost") }) {
		t.Errorf("%q", warnings)
	}
	opened, err := back.Open(k)
	if err != nil {
		t.Fatal(err)
	}
	opened.Close()
}

func TestRefusedByItsPath(t *testing.T) {
	file := cheapFile(t)
	pbkdf2 := strings.Replace(file, `"function": "scrypt", "params": {"dklen": 32, "n": 2, "r": 8, "p": 1`,
		`"function": "pbkdf2", "params": {"c": 1, "dklen": 32, "prf": "hmac-sha256"`, 1)
	for name, c := range map[string]struct{ file, old, new, want string }{
		"not JSON":             {"abandon ability able", "", "", "not a keystore: not JSON: line 1, column 1"},
		"empty":                {"", "", "", "not a keystore: not JSON"},
		"deposit data":         {"[{}]", "", "", "not a keystore: want a JSON object, found an array"},
		"trailing":             {file + "{}", "", "", "not a keystore: not JSON: line 1, column"},
		"too large":            {file + strings.Repeat(" ", MaxFile), "", "", "larger than 1048576 bytes"},
		"cut off":              {file[:len(file)/2], "", "", "not a keystore: not JSON"},
		"no version":           {file, `, "version": 4`, ``, "version: missing, want a whole number"},
		"version 3":            {file, `"version": 4`, `"version": 3`, "version: want 4, found 3"},
		"version text":         {file, `"version": 4`, `"version": "4"`, "version: want a whole number, found a string"},
		"no crypto":            {file, `"crypto"`, `"Crypto"`, "crypto: missing, want an object"},
		"no kdf":               {file, `"kdf"`, `"kdf2"`, "crypto.kdf: missing, want an object"},
		"no checksum":          {file, `"checksum"`, `"sum"`, "crypto.checksum: missing, want an object"},
		"no cipher":            {file, `"cipher"`, `"c"`, "crypto.cipher: missing, want an object"},
		"twice":                {file, `"r": 8`, `"r": 8, "r": 8`, "crypto.kdf.params.r: stands twice"},
		"other kdf":            {file, `"scrypt"`, `"argon2id"`, `crypto.kdf.function: want "scrypt" or "pbkdf2", found "argon2id"`},
		"kdf in upper case":    {file, `"scrypt"`, `"Scrypt"`, `found "Scrypt"`},
		"other checksum":       {file, `"sha256"`, `"sha512"`, `crypto.checksum.function: want "sha256", found "sha512"`},
		"other cipher":         {file, `"aes-128-ctr"`, `"aes-256-gcm"`, `crypto.cipher.function: want "aes-128-ctr", found "aes-256-gcm"`},
		"long name":            {file, `"aes-128-ctr"`, `"` + strings.Repeat("x", 5000) + `"`, `found "` + strings.Repeat("x", 40) + `..."`},
		"other prf":            {pbkdf2, `hmac-sha256`, `hmac-sha512`, `crypto.kdf.params.prf: want "hmac-sha256", found "hmac-sha512"`},
		"no prf":               {pbkdf2, `, "prf": "hmac-sha256"`, ``, "crypto.kdf.params.prf: missing"},
		"no c":                 {pbkdf2, `"c": 1, `, ``, "crypto.kdf.params.c: missing, want a whole number"},
		"no n":                 {file, `"n": 2, `, ``, "crypto.kdf.params.n: missing, want a whole number"},
		"n a text":             {file, `"n": 2`, `"n": "2"`, "crypto.kdf.params.n: want a whole number, found a string"},
		"n not whole":          {file, `"n": 2`, `"n": 2.5`, "crypto.kdf.params.n: want a whole number of at most 64 bits, found 2.5"},
		"n negative":           {file, `"n": 2`, `"n": -2`, "crypto.kdf.params.n: want a whole number"},
		"no dklen":             {file, `"dklen": 32, `, ``, "crypto.kdf.params.dklen: missing"},
		"short dklen":          {file, `"dklen": 32`, `"dklen": 16`, "crypto.kdf.params.dklen: want 32, found 16"},
		"no salt":              {file, `"salt"`, `"pepper"`, "crypto.kdf.params.salt: missing, want a string"},
		"empty salt":           {file, strings.Repeat("00", 32), ``, "crypto.kdf.params.salt: empty, want at least one byte"},
		"odd salt":             {file, strings.Repeat("00", 32), `abc`, `crypto.kdf.params.salt: want hexadecimal digits, found "abc"`},
		"short iv":             {file, `"iv": "01`, `"iv": "`, "crypto.cipher.params.iv: want 16 bytes in hexadecimal, found 15"},
		"iv not hexadecimal":   {file, `"iv": "01`, `"iv": "0g`, "crypto.cipher.params.iv: want hexadecimal digits"},
		"no iv":                {file, `"iv"`, `"nonce"`, "crypto.cipher.params.iv: missing"},
		"short checksum":       {file, `"params": {}, "message": "`, `"params": {}, "message": "ab`, "crypto.checksum.message: want 32 bytes in hexadecimal, found 33"},
		"checksum not hex":     {file, `"params": {}, "message": "`, `"params": {}, "message": "zz`, "crypto.checksum.message: want hexadecimal digits"},
		"empty cipher message": {cipherMessage(t, file, ""), "", "", "crypto.cipher.message: want 1 to 64 bytes, found 0"},
		"long cipher message":  {cipherMessage(t, file, strings.Repeat("00", 65)), "", "", "crypto.cipher.message: want 1 to 64 bytes, found 65"},
		"short pubkey":         {file, `"pubkey": "00`, `"pubkey": "`, "pubkey: want 48 bytes in hexadecimal, found 47"},
		"pubkey not hex":       {file, `"pubkey": "00`, `"pubkey": "xx`, "pubkey: want hexadecimal digits"},
		"pubkey a number":      {file, `"pubkey": "`, `"pubkey": 7, "p": "`, "pubkey: want a string, found a number"},
		"path a number":        {file, `"path": "`, `"path": 7, "p": "`, "path: want a string, found a number"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(c.file, c.old) {
				t.Fatalf("%s is not in %s", c.old, c.file)
			}
			_, _, err := Parse([]byte(strings.Replace(c.file, c.old, c.new, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Refused {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// cipherMessage replaces the file's encrypted secret.
func cipherMessage(t *testing.T, file, digits string) string {
	t.Helper()
	ks, _, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(file, hex.EncodeToString(ks.Ciphertext), digits, 1)
}

func TestVersion3HasItsOwnHint(t *testing.T) {
	_, _, err := Parse([]byte(`{"version": 3, "crypto": {}}`))
	if !strings.Contains(fault.HintOf(err), "execution layer") {
		t.Error(fault.HintOf(err))
	}
}

// What Parse takes can be written and read again to the same. No key is
// derived here.
func FuzzParse(f *testing.F) {
	file := cheapFile(f)
	f.Add([]byte(file))
	f.Add([]byte("\ufeff" + strings.ReplaceAll(file, `"pubkey": "`, `"pubkey": "0X`)))
	f.Add([]byte(strings.Replace(file, `"n": 2`, `"n": 9223372036854775808`, 1)))
	f.Add([]byte(strings.Replace(file, `"description": ""`, `"name": "\ud83d\udd11\u0007"`, 1)))
	f.Add([]byte(`{"version":4,"crypto":{"kdf":{"function":"pbkdf2","params":{"c":1,"dklen":33,"prf":"hmac-sha256","salt":"00"}},` +
		`"checksum":{"function":"sha256","message":"` + strings.Repeat("ab", 32) + `"},` +
		`"cipher":{"function":"aes-128-ctr","params":{"iv":"` + strings.Repeat("cd", 16) + `"},"message":"ef"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ks, _, err := Parse(data)
		if err != nil {
			return
		}
		if err := ks.KDF.Check(); err != nil || ks.KDF.Memory() > MaxMemory+maxBlocks || len(ks.Ciphertext) == 0 || len(ks.Ciphertext) > maxSecret {
			t.Fatalf("%+v was taken: %v", ks, err)
		}
		text := ks.Marshal()
		again, _, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if string(again.Marshal()) != string(text) {
			t.Errorf("%s is read and written as %s", text, again.Marshal())
		}
	})
}
